package hostile

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
	"github.com/dunlin-mq/dunlin/tests/internal/ws"
)

// The tests in this file are about dunlin alone: the reference server mostly
// drops the close frame that would tell what was wrong.

// openWeb starts a server with a websocket listener.
func openWeb(t *testing.T, compressed bool, config string) *proc.Server {
	t.Helper()
	return proc.Start(t, proc.Dunlin, proc.Options{Config: config, Way: proc.Way{WebSocket: true, Compressed: compressed}})
}

// visitor is a raw connection to the websocket listener.
type visitor struct {
	t *testing.T
	*net.TCPConn
	in *bufio.Reader
}

func visit(t *testing.T, s *proc.Server) *visitor {
	t.Helper()
	conn, err := net.DialTimeout("tcp", s.WebSocketAddr(), proc.Patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(proc.Patience))
	return &visitor{t: t, TCPConn: conn.(*net.TCPConn), in: bufio.NewReader(conn)}
}

// upgrade does the handshake and reads the greeting.
func (v *visitor) upgrade(compressed bool) *ws.Stream {
	v.t.Helper()
	r := ws.NewRequest("x")
	if compressed {
		r.Set("Sec-WebSocket-Extensions", "permessage-deflate; server_no_context_takeover; client_no_context_takeover")
	}
	io.WriteString(v, r.String())
	resp, err := ws.ReadResponse(v.in)
	if err != nil || resp.Status != 101 || compressed != (resp.Get("Sec-WebSocket-Extensions") != "") {
		v.t.Fatalf("%+v, %v", resp, err)
	}
	return v.greeting(compressed)
}

// greeting reads the first frame.
func (v *visitor) greeting(compressed bool) *ws.Stream {
	v.t.Helper()
	s := ws.NewStream(v.in, compressed)
	line, err := bufio.NewReader(s).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "INFO {") {
		v.t.Fatalf("greeted with %q, %v", line, err)
	}
	return s
}

// goodbye reads up to the close frame, behind which the connection ends. It
// returns what was said before.
func (v *visitor) goodbye(s *ws.Stream) (said string, code uint16, reason string) {
	v.t.Helper()
	for {
		f, err := s.Next()
		if err != nil {
			v.t.Fatalf("%v instead of a close frame, after %q", err, said)
		}
		if f.Opcode != ws.Close {
			said += string(f.Payload)
			continue
		}
		if rest := cutOff(v.t, v.in); rest != "" {
			v.t.Errorf("%q behind the close frame", rest)
		}
		if len(f.Payload) < 2 {
			return said, 0, ""
		}
		return said, binary.BigEndian.Uint16(f.Payload), string(f.Payload[2:])
	}
}

// masked is a frame of a client.
func masked(f ws.Frame) []byte {
	f.Masked, f.Key = true, [4]byte{1, 2, 3, 4}
	return f.Append(nil)
}

// violation is something that no client may send.
type violation struct {
	name       string
	compressed bool
	bytes      []byte
	code       uint16
	reason     string
}

func violations() []violation {
	huge := append([]byte{0x82, 0xff}, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4)
	long := string(make([]byte, 126))
	begun := masked(ws.Frame{Opcode: ws.Binary})
	return []violation{
		{"a frame of 16 EiB", false, huge, 1002, "invalid 64-bit payload length"},
		{"no mask", false, ws.Frame{Fin: true, Opcode: ws.Binary, Payload: []byte("PING\r\n")}.Append(nil), 1002, "mask bit missing"},
		{"RSV1 without compression", false, masked(ws.Frame{Fin: true, RSV1: true, Opcode: ws.Binary}), 1002,
			"compressed frame received without negotiated permessage-deflate"},
		{"RSV2", false, masked(ws.Frame{Fin: true, RSV2: true, Opcode: ws.Binary}), 1002, "RSV2 and RSV3 must be clear"},
		{"RSV3", true, masked(ws.Frame{Fin: true, RSV3: true, Opcode: ws.Binary}), 1002, "RSV2 and RSV3 must be clear"},
		{"a long ping", false, masked(ws.Frame{Fin: true, Opcode: ws.Ping, Payload: []byte(long)}), 1002,
			"control frame length bigger than maximum allowed of 125 bytes"},
		{"a long close", false, masked(ws.Frame{Fin: true, Opcode: ws.Close, Payload: []byte(long)}), 1002,
			"control frame length bigger than maximum allowed of 125 bytes"},
		{"half a ping", false, masked(ws.Frame{Opcode: ws.Ping}), 1002, "control frame does not have final bit set"},
		{"a compressed ping", true, masked(ws.Frame{Fin: true, RSV1: true, Opcode: ws.Ping}), 1002, "control frame must not be compressed"},
		{"two messages in one", false, append(begun, masked(ws.Frame{Fin: true, Opcode: ws.Text})...), 1002,
			"new message started before final frame for previous message was received"},
		{"nothing to continue", false, masked(ws.Frame{Fin: true, Opcode: ws.Continuation}), 1002, "invalid continuation frame"},
		{"an opcode for data", false, masked(ws.Frame{Fin: true, Opcode: 3}), 1002, "unknown opcode 3"},
		{"an opcode for control", false, masked(ws.Frame{Fin: true, Opcode: 11}), 1002, "unknown opcode 11"},
		{"half a close code", false, masked(ws.Frame{Fin: true, Opcode: ws.Close, Payload: []byte{3}}), 1002,
			"close frame payload cannot be 1 byte"},
		{"a close code that is none", false, masked(ws.CloseFrame(1005, "")), 1002, "invalid close status code 1005"},
		{"a reason that is no text", false, masked(ws.CloseFrame(1000, "\xff\xfe")), 1007, "invalid utf8 body in close frame"},
		{"no compressed data", true, masked(ws.Frame{Fin: true, RSV1: true, Opcode: ws.Binary, Payload: []byte{0xff, 0xff, 0xff}}), 1007, ""},
	}
}

func TestFramesThatBreakTheRules(t *testing.T) {
	t.Parallel()
	servers := map[bool]*proc.Server{}
	for _, compressed := range []bool{false, true} {
		servers[compressed] = openWeb(t, compressed, "")
	}
	for _, tt := range violations() {
		s := servers[tt.compressed]
		v := visit(t, s)
		stream := v.upgrade(tt.compressed)
		if _, err := v.Write(tt.bytes); err != nil {
			t.Fatal(err)
		}
		_, code, reason := v.goodbye(stream)
		if code != tt.code || tt.reason != "" && reason != tt.reason {
			t.Errorf("%s: closed with %d %q, want %d %q", tt.name, code, reason, tt.code, tt.reason)
		}
		if line := s.WaitLog(t, v.LocalAddr().String()); !strings.Contains(line, reason) {
			t.Errorf("%s: logged %q", tt.name, line)
		}
		v.Close()
	}
	healthy(t, servers[false])
	healthy(t, servers[true])
}

// TestWhatIsWrongIsAlwaysTold: the close frame comes behind what was answered
// before, every time, also to who has more to say.
func TestWhatIsWrongIsAlwaysTold(t *testing.T) {
	t.Parallel()
	s := openWeb(t, false, "")
	good := masked(ws.Frame{Fin: true, Opcode: ws.Binary, Payload: []byte("CONNECT {\"verbose\":false}\r\nPING\r\n")})
	bad := ws.Frame{Fin: true, Opcode: ws.Binary, Payload: []byte("PING\r\n")}.Append(nil)
	more := masked(ws.Frame{Fin: true, Opcode: ws.Binary, Payload: make([]byte, 100_000)})
	for i := range 30 {
		v := visit(t, s)
		stream := v.upgrade(false)
		sent := append(append([]byte{}, good...), bad...)
		if i%2 == 1 {
			sent = append(sent, more...)
		}
		v.Write(sent)
		said, code, reason := v.goodbye(stream)
		if said != "PONG\r\n" || code != 1002 || reason != "mask bit missing" {
			t.Errorf("%d: said %q, closed with %d %q", i, said, code, reason)
		}
		v.Close()
	}
	healthy(t, s)
}

// TestLongestFrameCostsNothing announces the longest frame that there can be.
// It is read as it comes.
func TestLongestFrameCostsNothing(t *testing.T) {
	t.Parallel()
	s := openWeb(t, false, "")
	v := visit(t, s)
	stream := v.upgrade(false)
	head := append([]byte{0x82, 0xff}, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)
	v.Write(append(head, "CONNECT {\"verbose\":false}\r\nPING\r\nNONSENSE\r\n"...))
	said, code, _ := v.goodbye(stream)
	if said != "PONG\r\n-ERR 'Unknown Protocol Operation'\r\n" || code != 1002 {
		t.Errorf("said %q, closed with %d", said, code)
	}
	healthy(t, s)
}

// TestEndlessFragments sends messages of more and more frames with nothing, or
// next to nothing, in them. Only compressed ones, which are collected, must have
// an end.
func TestEndlessFragments(t *testing.T) {
	t.Parallel()
	const count = 100_000
	for compressed, payload := range map[bool]string{false: "", true: "x"} {
		fragments := strings.Repeat(string(masked(ws.Frame{Opcode: ws.Continuation, Payload: []byte(payload)})), count)
		s := openWeb(t, compressed, "")
		v := visit(t, s)
		stream := v.upgrade(compressed)
		v.Write(masked(ws.Frame{Opcode: ws.Binary, RSV1: compressed}))
		flood(v, []byte(fragments), len(fragments))
		if compressed {
			if _, code, reason := v.goodbye(stream); code != 1009 || reason != "maximum payload exceeded" {
				t.Errorf("closed with %d %q", code, reason)
			}
			if line := s.WaitLog(t, v.LocalAddr().String()); !strings.Contains(line, "maximum payload exceeded") {
				t.Errorf("logged %q", line)
			}
		} else {
			v.Write(masked(ws.Frame{Fin: true, Opcode: ws.Continuation, Payload: []byte("CONNECT {\"verbose\":false}\r\nPING\r\n")}))
			if f, err := stream.Next(); err != nil || string(f.Payload) != "PONG\r\n" {
				t.Errorf("%v, %v", f, err)
			}
		}
		healthy(t, s)
	}
}

// bomb is some 20 KiB that become 4 MiB without any meaning: four times what is
// allowed.
func bomb() []byte {
	return masked(ws.Frame{
		Fin: true, RSV1: true, Opcode: ws.Binary, Payload: ws.Deflate([]byte(strings.Repeat("+OK\r\n", 4*mib/5))),
	})
}

const smallPayload = "max_payload: 4096\n"

func TestDeflateBombIsRefused(t *testing.T) {
	t.Parallel()
	s := openWeb(t, true, smallPayload)
	b := bomb()
	if len(b) > 32<<10 {
		t.Fatalf("a bomb of %d bytes", len(b))
	}
	v := visit(t, s)
	stream := v.upgrade(true)
	v.Write(b)
	if _, code, reason := v.goodbye(stream); code != 1009 || reason != "maximum payload exceeded" {
		t.Errorf("closed with %d %q", code, reason)
	}
	if line := s.WaitLog(t, v.LocalAddr().String()); !strings.Contains(line, "maximum payload exceeded") {
		t.Errorf("logged %q", line)
	}
	healthy(t, s)
}

func TestDeflateBombsCostLittleMemory(t *testing.T) {
	t.Parallel()
	s := openWeb(t, true, smallPayload)
	before := rss(t, s)
	b := bomb()
	for range 50 {
		v := visit(t, s)
		stream := v.upgrade(true)
		v.Write(b)
		v.goodbye(stream)
		v.Close()
	}
	if grown := rss(t, s) - before; grown > 24*mib {
		t.Errorf("memory grew by %d MiB", grown/mib)
	}
	healthy(t, s)
}

// TestCollectedMessagesAreBounded sends a compressed message that never ends.
func TestCollectedMessagesAreBounded(t *testing.T) {
	t.Parallel()
	s := openWeb(t, true, smallPayload)
	v := visit(t, s)
	stream := v.upgrade(true)
	v.Write(masked(ws.Frame{Opcode: ws.Binary, RSV1: true}))
	flood(v, masked(ws.Frame{Opcode: ws.Continuation, Payload: make([]byte, 4000)}), mib)
	if _, code, _ := v.goodbye(stream); code != 1009 {
		t.Errorf("closed with %d", code)
	}
	healthy(t, s)
}

// TestTruncatedHandshakes hangs up after each byte of a good request.
func TestTruncatedHandshakes(t *testing.T) {
	t.Parallel()
	s := openWeb(t, false, "")
	whole := ws.NewRequest("x").String()
	for n := range len(whole) {
		v := visit(t, s)
		io.WriteString(v, whole[:n])
		v.CloseWrite()
		if said := cutOff(t, v.in); strings.Contains(said, " 101 ") {
			t.Errorf("after %q: said %q", whole[:n], said)
		}
		v.Close()
	}
	healthy(t, s)
}

// TestBodyAndEarlyData: a body is no WebSocket's, while frames may come in one
// piece with the request.
func TestBodyAndEarlyData(t *testing.T) {
	t.Parallel()
	s := openWeb(t, false, "")
	for name, value := range map[string]string{"Content-Length": "5", "Transfer-Encoding": "chunked"} {
		v := visit(t, s)
		r := ws.NewRequest("x")
		r.Set(name, value)
		io.WriteString(v, r.String()+"hello")
		resp, err := ws.ReadResponse(v.in)
		if err != nil || resp.Status != 400 || resp.Body != "Bad Request\n" {
			t.Errorf("%s: %+v, %v", name, resp, err)
		}
		if rest := cutOff(t, v.in); rest != "" {
			t.Errorf("%s: %q behind the answer", name, rest)
		}
		const want = "websocket handshake error: client sent data before handshake is complete"
		if line := s.WaitLog(t, v.LocalAddr().String()); !strings.Contains(line, want) {
			t.Errorf("%s: logged %q", name, line)
		}
	}
	v := visit(t, s)
	hello := masked(ws.Frame{Fin: true, Opcode: ws.Binary, Payload: []byte("CONNECT {\"verbose\":false}\r\nPING\r\n")})
	io.WriteString(v, ws.NewRequest("x").String()+string(hello))
	if resp, err := ws.ReadResponse(v.in); err != nil || resp.Status != 101 {
		t.Fatalf("%+v, %v", resp, err)
	}
	stream := v.greeting(false)
	if f, err := stream.Next(); err != nil || string(f.Payload) != "PONG\r\n" {
		t.Errorf("%v, %v", f, err)
	}
	healthy(t, s)
}

// TestRandomBytes throws dice, at the handshake and behind it.
func TestRandomBytes(t *testing.T) {
	t.Parallel()
	servers := map[bool]*proc.Server{}
	for _, compressed := range []bool{false, true} {
		servers[compressed] = openWeb(t, compressed, "")
	}
	for seed := range uint64(100) {
		dice := rand.New(rand.NewPCG(seed, 1))
		noise := make([]byte, 1+dice.IntN(2000))
		for i := range noise {
			noise[i] = byte(dice.Uint32())
		}
		compressed := seed%2 == 1
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s := servers[compressed]
			v := visit(t, s)
			v.Write(noise)
			v.CloseWrite()
			if said := cutOff(t, v.in); strings.Contains(said, " 101 ") {
				t.Errorf("said %q", said)
			}
			v = visit(t, s)
			v.upgrade(compressed)
			v.Write(noise)
			v.CloseWrite()
			cutOff(t, v.in)
		})
	}
	healthy(t, servers[false])
	healthy(t, servers[true])
}
