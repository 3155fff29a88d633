package diff

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/tests/internal/script"
	"github.com/dunlin-mq/dunlin/tests/internal/ws"
)

// connectWebSocket opens a connection to the websocket listener. The first
// argument tells whether it also shakes hands.
func (p *player) connectWebSocket(step script.Step) error {
	c, err := dial(p.server.WebSocketAddr())
	if err != nil {
		return err
	}
	p.clients[step.Client] = c
	args := step.Args[1:]
	if len(args) > 0 && args[0] == "tls" {
		args = args[1:]
		cert := len(args) > 0 && args[0] == "cert"
		if cert {
			args = args[1:]
		}
		if err := c.handshakeTLS(cert); err != nil {
			return err
		}
	}
	c.greeted = true // HTTP servers wait to be asked
	if step.Args[0] == "http" {
		return nil
	}
	if err := c.upgrade(args); err != nil || step.Text == "" {
		return err
	}
	return c.handshake(step.Text)
}

// upgrade asks for a WebSocket and must get it.
func (c *client) upgrade(args []string) error {
	r, err := c.request(args)
	if err != nil {
		return err
	}
	if err := c.write([]byte(r.String())); err != nil {
		return err
	}
	return c.expectHTTP([]string{"101", `fields.Upgrade="websocket"`, `fields.Connection="Upgrade"`,
		"fields.Sec-WebSocket-Accept=" + strconv.Quote(ws.Accept)})
}

// request makes a request of the arguments of a step.
func (c *client) request(args []string) (*ws.Request, error) {
	r := ws.NewRequest(c.tcp.RemoteAddr().String())
	for _, arg := range args {
		name, value, field := strings.Cut(arg, "=")
		switch {
		case strings.HasPrefix(arg, "/"):
			r.Target = arg
		case strings.HasPrefix(arg, "HTTP/"):
			r.Version = arg
		case !field:
			r.Method = arg
		case value == "-":
			r.Drop(name)
		default:
			if strings.HasPrefix(value, `"`) {
				var err error
				if value, err = strconv.Unquote(value); err != nil {
					return nil, fmt.Errorf("%s: %w", arg, err)
				}
			}
			r.Set(name, value)
		}
	}
	return r, nil
}

// expectHTTP reads a response and checks it. After status 101 the client
// speaks frames.
func (c *client) expectHTTP(args []string) error {
	c.conn.SetReadDeadline(time.Now().Add(patience))
	r, err := ws.ReadResponse(c.in)
	if err != nil {
		return fmt.Errorf("got %w, want a response", err)
	}
	fields := map[string]string{}
	for _, f := range r.Fields {
		fields[f.Name] = r.Get(f.Name)
	}
	document, err := json.Marshal(map[string]any{
		"status": r.Status, "version": r.Version, "reason": r.Reason, "names": r.Names(), "fields": fields, "body": r.Body,
	})
	if err != nil {
		return err
	}
	if err := script.CheckFields(document, append([]string{"status=" + args[0]}, args[1:]...)); err != nil {
		return fmt.Errorf("%w in %s", err, document)
	}
	if r.Status == 101 {
		c.overWebSocket(strings.HasPrefix(r.Get("Sec-WebSocket-Extensions"), "permessage-deflate"))
	}
	return nil
}

// overWebSocket puts frames under what the client hears and says.
func (c *client) overWebSocket(compressed bool) {
	c.ws = ws.NewStream(c.in, compressed)
	c.in = bufio.NewReaderSize(c.ws, 128<<10)
	c.greeted = false
}

// pack is how a text goes out.
func (c *client) pack(text string) []byte {
	if c.ws == nil {
		return []byte(text)
	}
	return c.ws.Message([]byte(text)).Append(nil)
}

// sendAll sends what neighbouring steps say in one write. Texts that follow
// each other share a frame.
func (c *client) sendAll(steps []script.Step) error {
	var wire []byte
	for i := 0; i < len(steps); i++ {
		step, n := steps[i], 1
		switch step.Op {
		case script.Send:
			for i+n < len(steps) && steps[i+n].Op == script.Send {
				n++
			}
			wire = append(wire, c.pack(strings.Join(texts(steps[i:i+n]), ""))...)
			i += n - 1
		case script.SendHTTP:
			r, err := c.request(step.Args)
			if err != nil {
				return err
			}
			wire = append(wire, r.String()...)
		case script.SendRaw:
			wire = append(wire, step.Text...)
		case script.SendClose:
			wire = closing(step).Append(wire)
		case script.SendFrame:
			f, err := frame(step)
			if err != nil {
				return err
			}
			wire = f.Append(wire)
		}
	}
	return c.write(wire)
}

// closing is the close frame that a step is about.
func closing(step script.Step) ws.Frame {
	if len(step.Args) == 0 {
		return ws.CloseFrame(0, "")
	}
	code, _ := strconv.ParseUint(step.Args[0], 10, 16) // the script's parser has looked
	return ws.CloseFrame(uint16(code), step.Text)
}

// frame is the frame that a step sends.
func frame(step script.Step) (ws.Frame, error) {
	f, others, err := ws.ParseFrame(step.Args[0])
	f.Payload = []byte(step.Text)
	for _, other := range others {
		if other != "deflate" {
			return f, fmt.Errorf("unknown flag %q", other)
		}
		f.RSV1, f.Payload = true, ws.Deflate(f.Payload)
	}
	return f, err
}

// webSocketStep runs a step that only clients with a WebSocket know.
func (c *client) webSocketStep(step script.Step) error {
	switch step.Op {
	case script.ExpectHTTP:
		return c.expectHTTP(step.Args)
	case script.Drain:
		return c.drain()
	case script.Chop:
		var err error
		c.piece, err = strconv.Atoi(step.Args[0])
		return err
	}
	if c.ws == nil {
		return fmt.Errorf("%s: client %s does not speak frames", step.Op, step.Client)
	}
	switch step.Op {
	case script.ExpectFrame, script.MatchFrame:
		return c.expectFrame(step)
	case script.ExpectClose, script.MatchClose, script.MaybeClose:
		return c.expectClose(step)
	case script.Frames:
		if seen := c.ws.Seen(); !regexp.MustCompile("^(?:" + step.Text + ")$").MatchString(seen) {
			return fmt.Errorf("the frames were %q, want a match of %s", short(seen), step.Text)
		}
		return nil
	}
	return fmt.Errorf("cannot do %s", step.Op)
}

// nextFrame reads one frame, after the greeting unless that is what is
// expected.
func (c *client) nextFrame(step script.Step) (ws.Frame, error) {
	if strings.HasPrefix(step.Text, "INFO ") {
		c.greeted = true
	}
	if err := c.greet(); err != nil {
		return ws.Frame{}, err
	}
	if n := c.in.Buffered(); n > 0 {
		rest, _ := c.in.Peek(n)
		return ws.Frame{}, fmt.Errorf("%q is left of the last frame", short(string(rest)))
	}
	c.conn.SetReadDeadline(time.Now().Add(patience))
	return c.ws.Next()
}

func (c *client) expectFrame(step script.Step) error {
	want, others, err := ws.ParseFrame(step.Args[0])
	if err != nil {
		return err
	}
	f, err := c.nextFrame(step)
	if err != nil {
		return fmt.Errorf("got %w, want %s %s", err, step.Args[0], short(step.Text))
	}
	got := string(f.Payload)
	for _, other := range others {
		size, isSize := strings.CutPrefix(other, "size=")
		switch {
		case other == "deflate":
			want.RSV1 = true
			text, err := ws.Inflate(f.Payload)
			if err != nil {
				return err
			}
			got = string(text)
		case isSize && size == strconv.Itoa(len(f.Payload)):
			got = step.Text
		default:
			return fmt.Errorf("got %s, want %s", f, other)
		}
	}
	holds := got == step.Text
	if step.Op == script.MatchFrame {
		holds = regexp.MustCompile("^(?:" + step.Text + ")$").MatchString(got)
	}
	if f.First() != want.First() || !holds {
		return fmt.Errorf("got %s, want %s %s", f, step.Args[0], short(step.Text))
	}
	return nil
}

func (c *client) expectClose(step script.Step) error {
	want := closing(step)
	f, err := c.nextFrame(step)
	switch {
	case err == nil && f.Opcode == ws.Close && closesAs(f, want, step.Op):
		return nil
	case err == nil:
		return fmt.Errorf("got %s, want %s", f, want)
	case step.Op == script.MaybeClose && isEnd(err):
		return nil
	}
	return fmt.Errorf("got %w, want %s", err, want)
}

// closesAs compares two close frames. The reason that is wanted may be a
// pattern.
func closesAs(f, want ws.Frame, op script.Op) bool {
	if op != script.MatchClose || len(f.Payload) < 2 || len(want.Payload) < 2 {
		return string(f.Payload) == string(want.Payload)
	}
	pattern := regexp.MustCompile("^(?:" + string(want.Payload[2:]) + ")$")
	return string(f.Payload[:2]) == string(want.Payload[:2]) && pattern.Match(f.Payload[2:])
}

// drain reads up to the end.
func (c *client) drain() error {
	c.conn.SetReadDeadline(time.Now().Add(patience))
	wire := io.Reader(c.in)
	if c.ws != nil {
		wire = c.conn
	}
	if _, err := io.Copy(io.Discard, wire); err != nil && !isEnd(err) {
		return err
	}
	return nil
}
