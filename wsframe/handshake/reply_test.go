package handshake

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// replies are answers of servers, whole or cut or wrong, and what becomes of
// them. They are the seeds of the fuzz target as well.
var replies = []struct {
	name, head string
	rest       string // what stands behind the head
	want       Reply
	err        error
}{
	{
		name: "switching", head: crlf("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "X:"), rest: "\x89\x00",
		want: Reply{Status: 101, Text: "Switching Protocols", Fields: []Field{{"Upgrade", "websocket"}, {"X", ""}}},
	},
	{name: "no text", head: crlf("HTTP/1.1 404 "), rest: "x", want: Reply{Status: 404}},
	{name: "no text and no space", head: crlf("HTTP/1.0 404"), want: Reply{Status: 404}},
	{name: "line feeds", head: "HTTP/1.1 200 OK\nA: b\n\n", want: Reply{Status: 200, Text: "OK", Fields: []Field{{"A", "b"}}}},

	{name: "nothing", head: ""},
	{name: "cut", head: "HTT"},
	{name: "one line", head: "HTTP/1.1 101 Switching Protocols\r\n"},

	{name: "NATS", head: "INFO {}\r\n", err: ErrMalformedReply},
	{name: "frame", head: "\x82\x7e", err: ErrMalformedReply},
	{name: "HTTP/2", head: crlf("HTTP/2.0 101 x"), err: ErrMalformedReply},
	{name: "no version", head: crlf("HTTP/1. 101 x"), err: ErrMalformedReply},
	{name: "no status", head: crlf("HTTP/1.1"), err: ErrMalformedReply},
	{name: "short status", head: crlf("HTTP/1.1 10 x"), err: ErrMalformedReply},
	{name: "long status", head: crlf("HTTP/1.1 1010 x"), err: ErrMalformedReply},
	{name: "signed status", head: crlf("HTTP/1.1 +10 x"), err: ErrMalformedReply},
	{name: "status of no class", head: crlf("HTTP/1.1 099 x"), err: ErrMalformedReply},
	{name: "NUL in the text", head: crlf("HTTP/1.1 200 \x00"), err: ErrMalformedReply},
	{name: "folded", head: crlf("HTTP/1.1 200 OK", "A: b", " c"), err: ErrMalformedReply},
	{name: "no colon", head: crlf("HTTP/1.1 200 OK", "A"), err: ErrMalformedReply},
	{name: "CR in a value", head: crlf("HTTP/1.1 200 OK", "A: b\rc"), err: ErrMalformedReply},
	{name: "large", head: crlf("HTTP/1.1 200 OK", strings.Repeat("a", DefaultMaxHead)), err: ErrReplyTooLarge},
	{name: "many fields", head: crlf("HTTP/1.1 200 OK", strings.Repeat("a: b\r\n", DefaultMaxFields)+"c: d"), err: ErrReplyTooLarge},
}

func TestParseReply(t *testing.T) {
	t.Parallel()
	for _, tt := range replies {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := []byte(tt.head + tt.rest)
			got, n, err := ParseReply(b)
			clear(b) // the reply must not refer to it
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			wantN := 0
			if tt.want.Status != 0 {
				wantN = len(tt.head)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || n != wantN {
				t.Errorf("head of %d bytes, want %d; reply (-want +got):\n%s", n, wantN, diff)
			}
		})
	}
}

func TestReadReply(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	const hints = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
	tests := []struct {
		name   string
		in     io.Reader
		status int
		rest   string
		err    error
	}{
		{"at once", strings.NewReader("HTTP/1.1 101 x\r\n\r\nmore"), 101, "more", nil},
		{"byte by byte", iotest.OneByteReader(strings.NewReader("HTTP/1.1 101 x\r\n\r\nmore")), 101, "", nil},
		{"behind others", strings.NewReader(hints + hints + "HTTP/1.1 101 x\r\n\r\nmore"), 101, "more", nil},
		{"larger than the buffer", strings.NewReader("HTTP/1.1 200 x\r\nA: " + strings.Repeat("b", 8000) + "\r\n\r\n"), 200, "", nil},
		{"behind too many others", strings.NewReader(strings.Repeat(hints, 6) + "HTTP/1.1 101 x\r\n\r\n"), 0, "", ErrReplyTooLarge},
		{"too large", strings.NewReader("HTTP/1.1 200 " + strings.Repeat("x", 1<<20)), 0, "", ErrReplyTooLarge},
		{"cut", strings.NewReader("HTTP/1.1 101 x\r\n"), 0, "", io.ErrUnexpectedEOF},
		{"nothing", strings.NewReader(""), 0, "", io.ErrUnexpectedEOF},
		{"broken", iotest.ErrReader(broken), 0, "", broken},
		{"never anything", readerFunc(func([]byte) (int, error) { return 0, nil }), 0, "", io.ErrNoProgress},
		{"no HTTP", strings.NewReader("INFO {"), 0, "", ErrMalformedReply},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			reply, rest, err := Limits{}.readReply(tt.in)
			if !errors.Is(err, tt.err) || reply.Status != tt.status || string(rest) != tt.rest {
				t.Errorf("%d, %q, %v, want %d, %q, %v", reply.Status, rest, err, tt.status, tt.rest, tt.err)
			}
		})
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// The result does not depend on how the answer is cut, and what is accepted has
// no control characters.
func FuzzParseReply(f *testing.F) {
	for _, tt := range replies {
		f.Add([]byte(tt.head + tt.rest))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		limits := Limits{Head: 1 << 10, Fields: 20}
		if len(b) > 2<<10 {
			return
		}
		want, wantN, wantErr := limits.ParseReply(b)
		for i := range len(b) + 1 {
			got, n, err := limits.ParseReply(b[:i])
			if n == 0 && err == nil {
				continue
			}
			if diff := cmp.Diff(want, got); diff != "" || n != wantN || (err == nil) != (wantErr == nil) {
				t.Fatalf("after %d bytes: %d, %v, want %d, %v\n%s", i, n, err, wantN, wantErr, diff)
			}
			break
		}
		if wantErr != nil && (wantN != 0 || want.Status != 0) {
			t.Fatalf("%+v and %v", want, wantErr)
		}
		for _, field := range append([]Field{{"", want.Text}}, want.Fields...) {
			if strings.ContainsAny(field.Name+field.Value, "\r\n\x00") {
				t.Fatalf("control character in %q", field)
			}
		}
		offer := Offer{Key: "dGhlIHNhbXBsZSBub25jZQ=="}
		if _, err := offer.Check(&want); err == nil && want.Header("Sec-WebSocket-Accept") != AcceptKey(offer.Key) {
			t.Fatalf("%+v passes", want)
		}
	})
}
