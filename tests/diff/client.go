package diff

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/script"
	"github.com/dunlin-mq/dunlin/tests/internal/ws"
)

// patience is how long a client waits for bytes that must come.
const patience = 10 * time.Second

// client is one scripted connection. It does nothing by itself, except that
// it drops a greeting nobody asked for.
type client struct {
	tcp     *net.TCPConn
	conn    net.Conn // tcp, or TLS over it
	in      *bufio.Reader
	greeted bool // the first INFO has been read
	id      int  // client_id of the last INFO that had one

	ws    *ws.Stream // what in reads from, after a WebSocket handshake
	piece int        // most bytes to send in one write, 0 for all
}

func dial(addr string) (*client, error) {
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	c := &client{tcp: conn.(*net.TCPConn)}
	c.over(conn)
	return c, nil
}

// over makes conn what the client talks through.
func (c *client) over(conn net.Conn) {
	c.conn, c.in = conn, bufio.NewReaderSize(conn, 128<<10)
}

func (c *client) close() { c.tcp.Close() }

func (c *client) halfClose() error { return c.tcp.CloseWrite() }

// send sends a text, in a frame if the client speaks frames.
func (c *client) send(text string) error { return c.write(c.pack(text)) }

// write puts bytes on the wire as they are.
func (c *client) write(wire []byte) error {
	c.conn.SetWriteDeadline(time.Now().Add(patience))
	for c.piece > 0 && len(wire) > c.piece {
		if _, err := c.conn.Write(wire[:c.piece]); err != nil {
			return err
		}
		wire = wire[c.piece:]
	}
	_, err := c.conn.Write(wire)
	return err
}

// greet reads the first INFO unless that has happened.
func (c *client) greet() error {
	if c.greeted {
		return nil
	}
	return c.expectInfo(nil)
}

// startTLS follows the usual order: INFO in clear, then the handshake.
func (c *client) startTLS(cert bool) error {
	if err := c.greet(); err != nil {
		return err
	}
	return c.handshakeTLS(cert)
}

// startTLSFirst shakes hands before the server has said anything.
func (c *client) startTLSFirst(cert bool) error { return c.handshakeTLS(cert) }

func (c *client) handshakeTLS(cert bool) error {
	if c.in.Buffered() > 0 {
		return errors.New("server talks before the TLS handshake")
	}
	conn := tls.Client(c.tcp, certs.Default().Config(cert))
	c.tcp.SetDeadline(time.Now().Add(patience))
	if err := conn.Handshake(); err != nil {
		return fmt.Errorf("TLS handshake: %w", err)
	}
	c.tcp.SetDeadline(time.Time{})
	c.over(conn)
	return nil
}

// handshake says CONNECT and PING and reads what answers them.
func (c *client) handshake(object string) error {
	var options struct {
		Verbose  *bool
		Protocol int
	}
	if err := json.Unmarshal([]byte(object), &options); err != nil {
		return fmt.Errorf("CONNECT object: %w", err)
	}
	if err := c.send("CONNECT " + object + "\r\nPING\r\n"); err != nil {
		return err
	}
	if options.Verbose == nil || *options.Verbose {
		if err := c.expect("+OK\r\n"); err != nil {
			return err
		}
	}
	if err := c.expect("PONG\r\n"); err != nil || options.Protocol == 0 {
		return err
	}
	return c.expectInfo([]string{"connect_info=true"})
}

// expect reads exactly as many bytes as want has and compares them. On a
// difference it reads on to the end of the line, for the message.
func (c *client) expect(want string) error {
	if err := c.greet(); err != nil {
		return err
	}
	got := make([]byte, len(want))
	c.conn.SetReadDeadline(time.Now().Add(patience))
	for i := range got {
		b, err := c.in.ReadByte()
		if err != nil {
			return fmt.Errorf("got %q then %v, want %q", short(string(got[:i])), err, short(want))
		}
		if got[i] = b; b != want[i] {
			return fmt.Errorf("got %q, want %q", short(string(got[:i+1])+c.restOfLine(b)), short(want))
		}
	}
	return nil
}

func (c *client) restOfLine(last byte) string {
	if last == '\n' {
		return ""
	}
	c.conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	rest, _ := c.in.ReadString('\n')
	return rest
}

func (c *client) line() (string, error) {
	c.conn.SetReadDeadline(time.Now().Add(patience))
	line, err := c.in.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("got %q then %w", short(line), err)
	}
	text, ok := strings.CutSuffix(line, "\r\n")
	if !ok {
		return "", fmt.Errorf("line %q does not end in CR LF", short(line))
	}
	return text, nil
}

func (c *client) match(pattern string) error {
	if err := c.greet(); err != nil {
		return err
	}
	line, err := c.line()
	if err != nil {
		return fmt.Errorf("%w, want a match of %s", err, pattern)
	}
	if !regexp.MustCompile("^(?:" + pattern + ")$").MatchString(line) {
		return fmt.Errorf("got %q, want a match of %s", short(line), pattern)
	}
	return nil
}

// anyOrder reads as many bytes as all texts have together and takes them
// apart.
func (c *client) anyOrder(texts []string) error {
	if err := c.greet(); err != nil {
		return err
	}
	all := make([]byte, len(strings.Join(texts, "")))
	c.conn.SetReadDeadline(time.Now().Add(patience))
	n, err := io.ReadFull(c.in, all)
	if err != nil {
		return fmt.Errorf("got %q then %w, want %q", all[:n], err, texts)
	}
	rest := string(all)
next:
	for rest != "" {
		for i, text := range texts {
			if after, ok := strings.CutPrefix(rest, text); ok && text != "" {
				rest, texts[i] = after, ""
				continue next
			}
		}
		return fmt.Errorf("got %q, in which %q is not expected", all, rest)
	}
	return nil
}

// expectInfo reads an INFO line and checks it.
func (c *client) expectInfo(conditions []string) error {
	c.greeted = true
	line, err := c.line()
	if err != nil {
		return fmt.Errorf("%w, want INFO", err)
	}
	object, ok := strings.CutPrefix(line, "INFO ")
	if !ok {
		return fmt.Errorf("got %q, want INFO", short(line))
	}
	if !strings.HasSuffix(object, "} ") {
		return fmt.Errorf("INFO line %q does not end in a blank", line)
	}
	var known struct {
		ClientID int `json:"client_id"`
	}
	if err := json.Unmarshal([]byte(object), &known); err != nil {
		return fmt.Errorf("INFO: %w", err)
	}
	if known.ClientID != 0 {
		c.id = known.ClientID
	}
	return script.CheckFields([]byte(object), conditions)
}

// expectJSON reads a payload that is one line of JSON and checks it.
func (c *client) expectJSON(conditions []string) error {
	line, err := c.line()
	if err != nil {
		return fmt.Errorf("%w, want JSON", err)
	}
	return script.CheckFields([]byte(line), conditions)
}

// sync proves that nothing has come: whatever was on its way stands before
// the PONG.
func (c *client) sync() error {
	if err := c.send("PING\r\n"); err != nil {
		return err
	}
	return c.expect("PONG\r\n")
}

func (c *client) expectEOF() error {
	c.conn.SetReadDeadline(time.Now().Add(patience))
	if begin, _ := c.in.Peek(len("INFO ")); !c.greeted && string(begin) == "INFO " {
		if err := c.expectInfo(nil); err != nil {
			return err
		}
	}
	rest, err := c.in.ReadString('\n')
	switch {
	case rest != "":
		return fmt.Errorf("got %q, want the end", short(rest))
	case isEnd(err):
		return nil
	}
	return fmt.Errorf("got %w, want the end", err)
}

// isEnd reports whether the server closed: in order, with unread input left,
// or with a TLS alert.
func isEnd(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.As(err, &op) && op.Op == "remote error"
}

// short keeps messages about long lines readable.
func short(text string) string {
	const most = 300
	if len(text) <= most {
		return text
	}
	return text[:most] + fmt.Sprintf("... (%d bytes)", len(text))
}
