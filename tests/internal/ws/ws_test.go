package ws

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func reader(wire string) *bufio.Reader { return bufio.NewReader(strings.NewReader(wire)) }

func TestFramesOnTheWire(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, kind, payload string
		key                 [4]byte
		wire                string // without the payload when that is long
	}{
		{name: "unmasked text of RFC 6455", kind: "text,unmasked", payload: "Hello", wire: "\x81\x05Hello"},
		{name: "masked text of RFC 6455", kind: "text", key: [4]byte{0x37, 0xfa, 0x21, 0x3d}, payload: "Hello", wire: "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		{name: "first fragment", kind: "text,nofin,unmasked", payload: "Hel", wire: "\x01\x03Hel"},
		{name: "last fragment", kind: "continuation,unmasked", payload: "lo", wire: "\x80\x02lo"},
		{name: "ping", kind: "ping,unmasked", wire: "\x89\x00"},
		{name: "all bits", kind: "opcode15,rsv1,rsv2,rsv3,unmasked", wire: "\xff\x00"},
		{name: "longest short length", kind: "binary,unmasked", payload: strings.Repeat("a", 125), wire: "\x82\x7d"},
		{name: "shortest middle length", kind: "binary,unmasked", payload: strings.Repeat("a", 126), wire: "\x82\x7e\x00\x7e"},
		{name: "longest middle length", kind: "binary,unmasked", payload: strings.Repeat("a", 65535), wire: "\x82\x7e\xff\xff"},
		{name: "shortest long length", kind: "binary,unmasked", payload: strings.Repeat("a", 65536), wire: "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, others, err := ParseFrame(test.kind)
			if err != nil || others != nil {
				t.Fatal(others, err)
			}
			f.Key, f.Payload = test.key, []byte(test.payload)
			wire := string(f.Append(nil))
			if len(test.payload) >= 100 {
				test.wire += test.payload
			}
			if wire != test.wire {
				t.Errorf("got %x, want %x", wire, test.wire)
			}
			again, err := ReadFrame(reader(wire))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(f, again); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLongerLengthsThanNeededCanBeSentButNotRead(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{
		"text,unmasked,len16": "\x81\x7e\x00\x01a",
		"text,unmasked,len64": "\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x01a",
	} {
		f, _, err := ParseFrame(kind)
		if err != nil {
			t.Fatal(err)
		}
		f.Payload = []byte("a")
		wire := string(f.Append(nil))
		if wire != want {
			t.Errorf("%s: got %x, want %x", kind, wire, want)
		}
		if f, err := ReadFrame(reader(wire)); err == nil || !strings.Contains(err.Error(), "the length 1 is written in") {
			t.Errorf("%s: read %v, %v", kind, f, err)
		}
	}
}

func TestFrameThatIsCutOffIsNoGoodEnd(t *testing.T) {
	t.Parallel()
	const wire = "\x82\xfe\x00\x7e\x01\x02\x03\x04abc"
	for n := range len(wire) {
		_, err := ReadFrame(reader(wire[:n]))
		if err == nil || errors.Is(err, io.EOF) != (n == 0) || errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("after %d bytes: error %v", n, err)
		}
	}
}

func TestUnknownKindsOfFrames(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"", "blob", "opcode16", "opcode", ",nofin"} {
		if f, _, err := ParseFrame(kind); err == nil {
			t.Errorf("%q is %v", kind, f)
		}
	}
	_, others, err := ParseFrame("text,deflate,nofin,size=3")
	if diff := cmp.Diff([]string{"deflate", "size=3"}, others); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestDeflateAndBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a", "Hello", strings.Repeat("over and over ", 10000)} {
		packed := Deflate([]byte(text))
		got, err := Inflate(packed)
		if err != nil || string(got) != text {
			t.Errorf("%.20q became %.20q, %v", text, got, err)
		}
	}
	// The example of RFC 7692, section 7.2.3.1.
	if got, err := Inflate([]byte("\xf2\x48\xcd\xc9\xc9\x07\x00")); err != nil || string(got) != "Hello" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := Inflate([]byte("\xff\xff")); err == nil {
		t.Errorf("damage became %q", got)
	}
}

func TestStreamIsReadAsBytesAndAsFrames(t *testing.T) {
	t.Parallel()
	packed := Deflate([]byte("packed"))
	half := len(packed) / 2
	var wire []byte
	for _, f := range []Frame{
		{Fin: true, Opcode: Binary, Payload: []byte("one\n")},
		{Opcode: Text, Payload: []byte("two")},
		{Fin: true, Opcode: Continuation, Payload: []byte("\n")},
		{Opcode: Binary, RSV1: true, Payload: packed[:half]},
		{Fin: true, Opcode: Continuation, Payload: packed[half:]},
		{Fin: true, Opcode: Pong, Payload: []byte("p")},
		{Fin: true, Opcode: Close},
	} {
		wire = f.Append(wire)
	}
	s := NewStream(reader(string(wire)), true)
	text := make([]byte, len("one\ntwo\npac"))
	if _, err := io.ReadFull(s, text); err != nil || string(text) != "one\ntwo\npac" {
		t.Fatalf("read %q, %v", text, err)
	}
	if f, err := s.Next(); err == nil || !strings.Contains(err.Error(), `"ked" is left`) {
		t.Fatalf("got %v, %v while text is left", f, err)
	}
	rest, err := io.ReadAll(s)
	if !errors.Is(err, ErrFrame) || string(rest) != "ked" {
		t.Fatalf("read %q, %v", rest, err)
	}
	if f, err := s.Next(); err != nil || f.Opcode != Pong || string(f.Payload) != "p" {
		t.Errorf("got %v, %v, want the pong", f, err)
	}
	if f, err := s.Next(); err != nil || f.Opcode != Close {
		t.Errorf("got %v, %v, want the close", f, err)
	}
	want := fmt.Sprintf("82:4 01:3 80:1 42:%d 80:%d 8a:1 88:0", half, len(packed)-half)
	if got := s.Seen(); got != want {
		t.Errorf("seen %q, want %q", got, want)
	}
	if got := s.Seen(); got != "" {
		t.Errorf("then seen %q", got)
	}
	if f, err := s.Next(); err != io.EOF {
		t.Errorf("got %v, %v, want the end", f, err)
	}
}

func TestStreamRefusesWhatNoServerMaySend(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ wire, want string }{
		{"\x82\x80\x00\x00\x00\x00", "a masked frame"},
		{"\xa2\x00", "a reserved bit"},
		{"\xc2\x00", "not agreed"},
		{"\x80\x00", "in the wrong place"},
		{"\x02\x00\x82\x00", "in the wrong place"},
		{"\x09\x00", "not final"},
		{"\x89\x7e\x00\x7e" + strings.Repeat("a", 126), "too long"},
		{"\x88\x00\x82\x00", "behind the close frame"},
	} {
		s := NewStream(reader(test.wire), false)
		var err error
		for err == nil {
			_, err = s.Next()
		}
		if !strings.Contains(err.Error(), test.want) {
			t.Errorf("%x: error %v, want %q", test.wire, err, test.want)
		}
	}
	if _, err := NewStream(reader("\x42\x00\xc0\x00"), true).message(Frame{RSV1: true}); err == nil {
		t.Error("a continuation with RSV1 is taken")
	}
}

func TestRequestReplacesAddsAndDropsFields(t *testing.T) {
	t.Parallel()
	r := NewRequest("h")
	r.Target = "/x"
	r.Set("upgrade", "a")
	r.Set("upgrade", "b")
	r.Set("Origin", "o")
	r.Drop("Sec-WebSocket-Key")
	want := "GET /x HTTP/1.1\r\nHost: h\r\nupgrade: a\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nupgrade: b\r\nOrigin: o\r\n\r\n"
	if diff := cmp.Diff(want, r.String()); diff != "" {
		t.Error(diff)
	}
}

func TestReadResponse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, wire string
		want       *Response
		problem    string
	}{
		{
			name: "upgrade", wire: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x82\x00",
			want: &Response{Version: "HTTP/1.1", Status: 101, Reason: "Switching Protocols", Fields: []Field{{"Upgrade", "websocket"}}},
		},
		{
			name: "body", wire: "HTTP/1.1 400 Bad Request\r\nA: 1\r\nContent-Length: 2\r\nA: 2\r\n\r\nhi and more",
			want: &Response{Version: "HTTP/1.1", Status: 400, Reason: "Bad Request", Fields: []Field{{"A", "1"}, {"Content-Length", "2"}, {"A", "2"}}, Body: "hi"},
		},
		{
			name: "body up to the end", wire: "HTTP/1.0 400 Bad\r\n\r\nhi",
			want: &Response{Version: "HTTP/1.0", Status: 400, Reason: "Bad", Body: "hi"},
		},
		{name: "nothing", problem: "EOF"},
		{name: "no HTTP", wire: "INFO {}\r\n", problem: "status line"},
		{name: "bare line feed", wire: "HTTP/1.1 200 OK\n", problem: "does not end in CR LF"},
		{name: "no field", wire: "HTTP/1.1 200 OK\r\nx\r\n", problem: "header line"},
		{name: "cut head", wire: "HTTP/1.1 200 OK\r\n", problem: "in the middle"},
		{name: "cut body", wire: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", problem: "in the middle"},
		{name: "bad length", wire: "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhi", problem: "content length"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadResponse(reader(test.wire))
			if test.problem != "" {
				if err == nil || !strings.Contains(err.Error(), test.problem) {
					t.Errorf("error %v, want %q", err, test.problem)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
	r := &Response{Fields: []Field{{"A", "1"}, {"B", ""}, {"a", "2"}}}
	if got := r.Get("A") + "|" + r.Names(); got != "1, 2|A, B, a" {
		t.Errorf("got %q", got)
	}
}
