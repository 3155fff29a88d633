package handshake

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// crlf writes a head with the line ends that HTTP has.
func crlf(lines ...string) string {
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// heads are request heads, whole or cut or wrong, and what becomes of them. They
// are the seeds of the fuzz targets as well.
var heads = []struct {
	name, head string
	rest       string // what stands behind the head
	want       Request
	err        error
}{
	{
		name: "handshake", rest: "\x82\x80frame",
		head: crlf("GET /chat?room=1 HTTP/1.1", "Host: server.example.com", "Upgrade: websocket", "Connection: Upgrade",
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: http://example.com", "Sec-WebSocket-Version: 13"),
		want: Request{
			Method: "GET", Target: "/chat?room=1", Path: "/chat", Query: "room=1", Host: "server.example.com", Minor: 1, KeepAlive: true,
			Fields: []Field{
				{"Host", "server.example.com"}, {"Upgrade", "websocket"}, {"Connection", "Upgrade"},
				{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}, {"Origin", "http://example.com"}, {"Sec-WebSocket-Version", "13"},
			},
		},
	},
	{
		name: "HTTP/1.0 without fields", head: "GET / HTTP/1.0\r\n\r\n", rest: "\r\n",
		want: Request{Method: "GET", Target: "/", Path: "/"},
	},
	{
		name: "HTTP/1.0 kept open", head: crlf("GET / HTTP/1.0", "Connection: Keep-Alive"),
		want: Request{Method: "GET", Target: "/", Path: "/", KeepAlive: true, Fields: []Field{{"Connection", "Keep-Alive"}}},
	},
	{
		name: "HTTP/1.0 has no chunks", head: crlf("GET / HTTP/1.0", "Transfer-Encoding: gzip"),
		want: Request{Method: "GET", Target: "/", Path: "/", Fields: []Field{{"Transfer-Encoding", "gzip"}}},
	},
	{
		name: "bare line feeds", head: "GET / HTTP/1.1\nHost: a\n\n",
		want: Request{Method: "GET", Target: "/", Path: "/", Host: "a", Minor: 1, KeepAlive: true, Fields: []Field{{"Host", "a"}}},
	},
	{
		name: "white space around values", head: crlf("GET / HTTP/1.1", "Host:\t a \t", "A:", "B: \t"),
		want: Request{
			Method: "GET", Target: "/", Path: "/", Host: "a", Minor: 1, KeepAlive: true,
			Fields: []Field{{"Host", "a"}, {"A", ""}, {"B", ""}},
		},
	},
	{
		name: "close", head: crlf("GET / HTTP/1.1", "host: a", "connection: foo, CLOSE"),
		want: Request{Method: "GET", Target: "/", Path: "/", Host: "a", Minor: 1, Fields: []Field{{"host", "a"}, {"connection", "foo, CLOSE"}}},
	},
	{
		name: "body with a length", head: crlf("POST / HTTP/1.1", "Host: a", "Content-Length: 5", "content-length: 5"), rest: "hello",
		want: Request{
			Method: "POST", Target: "/", Path: "/", Host: "a", Minor: 1, KeepAlive: true, Body: true,
			Fields: []Field{{"Host", "a"}, {"Content-Length", "5"}, {"content-length", "5"}},
		},
	},
	{
		name: "body of no length", head: crlf("GET / HTTP/1.1", "Host: a", "Content-Length: 0"),
		want: Request{
			Method: "GET", Target: "/", Path: "/", Host: "a", Minor: 1, KeepAlive: true,
			Fields: []Field{{"Host", "a"}, {"Content-Length", "0"}},
		},
	},
	{
		name: "body in chunks", head: crlf("GET / HTTP/1.1", "Host: a", "Transfer-Encoding: Chunked"),
		want: Request{
			Method: "GET", Target: "/", Path: "/", Host: "a", Minor: 1, KeepAlive: true, Body: true,
			Fields: []Field{{"Host", "a"}, {"Transfer-Encoding", "Chunked"}},
		},
	},
	{
		name: "absolute target goes before Host", head: crlf("GET http://b:81/p%20q?r HTTP/1.1", "Host: a"),
		want: Request{
			Method: "GET", Target: "http://b:81/p%20q?r", Path: "/p%20q", Query: "r", Host: "b:81", Minor: 1, KeepAlive: true,
			Fields: []Field{{"Host", "a"}},
		},
	},
	{
		name: "asterisk", head: crlf("OPTIONS * HTTP/1.1", "Host: a"),
		want: Request{Method: "OPTIONS", Target: "*", Path: "*", Host: "a", Minor: 1, KeepAlive: true, Fields: []Field{{"Host", "a"}}},
	},
	{
		name: "CONNECT", head: crlf("CONNECT a:1 HTTP/1.1"),
		want: Request{Method: "CONNECT", Target: "a:1", Host: "a:1", Minor: 1, KeepAlive: true},
	},
	{
		name: "path that is not clean", head: crlf("GET //a/../b%2f HTTP/1.1", "Host: a"),
		want: Request{
			Method: "GET", Target: "//a/../b%2f", Path: "//a/../b%2f", Host: "a", Minor: 1, KeepAlive: true,
			Fields: []Field{{"Host", "a"}},
		},
	},
	{
		name: "bytes beyond ASCII in values", head: crlf("GET / HTTP/1.1", "Host: a", "X: \xff\u00e4"),
		want: Request{
			Method: "GET", Target: "/", Path: "/", Host: "a", Minor: 1, KeepAlive: true,
			Fields: []Field{{"Host", "a"}, {"X", "\xff\u00e4"}},
		},
	},

	{name: "nothing", head: ""},
	{name: "half a method", head: "GE"},
	{name: "half a line end", head: "GET / HTTP/1.1\r"},
	{name: "one line", head: "GET / HTTP/1.1\r\n"},
	{name: "half an empty line", head: "GET / HTTP/1.1\r\nHost: a\r\n\r"},

	{name: "TLS", head: "\x16\x03\x01\x02\x00\x01", err: errMethodToken},
	{name: "leading empty line", head: "\r\n" + crlf("GET / HTTP/1.1", "Host: a"), err: errMethodToken},
	{name: "method with a bad character", head: crlf("G(T / HTTP/1.1", "Host: a"), err: errMethodToken},
	{name: "NATS", head: "CONNECT {\"verbose\":false}\r\n", err: errRequestLine},
	{name: "one word", head: "PING\r\n", err: errRequestLine},
	{name: "two words", head: "GET /\r\n", err: errRequestLine},
	{name: "two spaces", head: "GET  / HTTP/1.1\r\n", err: errRequestLine},
	{name: "trailing space", head: "GET / HTTP/1.1 \r\n", err: errRequestLine},
	{name: "long version", head: "GET / HTTP/1.10\r\n", err: errRequestLine},
	{name: "lower-case version", head: "GET / http/1.1\r\n", err: errRequestLine},
	{name: "HTTP/2.0", head: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", err: ErrHTTPVersion},
	{name: "HTTP/0.9", head: crlf("GET / HTTP/0.9"), err: ErrHTTPVersion},
	{name: "relative target", head: crlf("GET a HTTP/1.1", "Host: a"), err: errTarget},
	{name: "bad escape", head: crlf("GET /%2 HTTP/1.1", "Host: a"), err: errTarget},
	{name: "NUL in the path", head: crlf("GET /\x00 HTTP/1.1", "Host: a"), err: errTarget},
	{name: "NUL in the query", head: crlf("GET /?\x00 HTTP/1.1", "Host: a"), err: errTarget},
	{name: "bad authority", head: crlf("GET http://[::1/ HTTP/1.1", "Host: a"), err: errTarget},
	{name: "no Host", head: crlf("GET / HTTP/1.1", "Hos: a"), err: ErrHostHeader},
	{name: "two Hosts", head: crlf("GET / HTTP/1.1", "Host: a", "Host: a"), err: errManyHosts},
	{name: "malformed Host", head: crlf("GET / HTTP/1.1", "Host: a\"b"), err: errHostValue},
	{name: "Host with a space", head: crlf("GET / HTTP/1.1", "Host: a b"), err: errHostValue},
	{name: "no colon", head: crlf("GET / HTTP/1.1", "Host"), err: errHeaderLine},
	{name: "empty name", head: crlf("GET / HTTP/1.1", ": a"), err: errHeaderLine},
	{name: "bad name", head: crlf("GET / HTTP/1.1", "Ho(st: a"), err: errHeaderLine},
	{name: "space before the colon", head: crlf("GET / HTTP/1.1", "Host : a"), err: errHeaderName},
	{name: "folded line", head: crlf("GET / HTTP/1.1", "Host: a", "B: c", " d"), err: errHeaderFolded},
	{name: "folded first line", head: crlf("GET / HTTP/1.1", "\tHost: a"), err: errHeaderFolded},
	{name: "line of white space", head: crlf("GET / HTTP/1.1", "Host: a", " "), err: errHeaderFolded},
	{name: "NUL in a value", head: crlf("GET / HTTP/1.1", "Host: a", "B: \x00"), err: errHeaderValue},
	{name: "CR in a value", head: crlf("GET / HTTP/1.1", "Host: a", "B: c\rd: e"), err: errHeaderValue},
	{name: "CR before the line end", head: crlf("GET / HTTP/1.1", "Host: a", "B: c\r"), err: errHeaderValue},
	{name: "DEL in a value", head: crlf("GET / HTTP/1.1", "Host: a", "B: \x7f"), err: errHeaderValue},
	{name: "lengths that differ", head: crlf("GET / HTTP/1.1", "Host: a", "Content-Length: 1", "Content-Length: 2"), err: errContentLength},
	{name: "length that is no number", head: crlf("GET / HTTP/1.1", "Host: a", "Content-Length: +1"), err: errContentLength},
	{name: "empty length", head: crlf("GET / HTTP/1.1", "Host: a", "Content-Length:"), err: errContentLength},
	{name: "length beyond 63 bits", head: crlf("GET / HTTP/1.1", "Host: a", "Content-Length: 9223372036854775808"), err: errContentLength},
	{name: "other coding", head: crlf("GET / HTTP/1.1", "Host: a", "Transfer-Encoding: gzip"), err: ErrTransferEncoding},
	{name: "two codings", head: crlf("GET / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), err: ErrTransferEncoding},
	{name: "large", head: crlf("GET / HTTP/1.1", "Host: a", "B: "+strings.Repeat("c", DefaultMaxHead)), err: ErrTooLarge},
	{name: "large and cut", head: "GET /" + strings.Repeat("c", DefaultMaxHead), err: ErrTooLarge},
	{name: "many fields", head: "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("a: b\r\n", DefaultMaxFields) + "\r\n", err: ErrTooLarge},
	{name: "many fields and cut", head: "GET / HTTP/1.1\r\n" + strings.Repeat("a: b\r\n", DefaultMaxFields+1), err: ErrTooLarge},
}

func TestParseRequest(t *testing.T) {
	t.Parallel()
	for _, tt := range heads {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := []byte(tt.head + tt.rest)
			got, n, err := ParseRequest(b)
			clear(b) // the request must not refer to it
			if !errors.Is(err, tt.err) || tt.err == nil && err != nil {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
			wantN := 0
			if tt.want.Method != "" {
				wantN = len(tt.head)
			}
			if n != wantN {
				t.Errorf("head of %d bytes, want %d", n, wantN)
			}
		})
	}
}

func TestParseRequestHoldsToItsLimits(t *testing.T) {
	t.Parallel()
	head := crlf("GET / HTTP/1.1", "Host: a", "B: c")
	tests := []struct {
		name   string
		limits Limits
		err    error
	}{
		{"exactly so large", Limits{Head: len(head)}, nil},
		{"one byte less", Limits{Head: len(head) - 1}, ErrTooLarge},
		{"exactly so many fields", Limits{Fields: 2}, nil},
		{"one field less", Limits{Fields: 1}, ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := tt.limits.ParseRequest([]byte(head + "more")); !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			checkSplits(t, tt.limits, []byte(head+"more"))
		})
	}
}

func TestParseRequestAfterEverySplit(t *testing.T) {
	t.Parallel()
	for _, tt := range heads {
		if len(tt.head) < 1000 {
			checkSplits(t, Limits{}, []byte(tt.head+tt.rest))
		}
	}
}

// checkSplits feeds b byte by byte: until the parser decides it must say that the
// head is incomplete, and then decide what it decides for all of b.
func checkSplits(t *testing.T, limits Limits, b []byte) {
	t.Helper()
	want, wantN, wantErr := limits.ParseRequest(b)
	for i := range len(b) + 1 {
		got, n, err := limits.ParseRequest(b[:i])
		if n == 0 && err == nil {
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" || n != wantN || err != wantErr {
			t.Errorf("%q after %d bytes: %d, %v, want %d, %v\n%s", b, i, n, err, wantN, wantErr, diff)
		}
		return
	}
	if wantN != 0 || wantErr != nil {
		t.Errorf("%q: incomplete byte by byte, but %d, %v at once", b, wantN, wantErr)
	}
}

// Whatever comes, the result does not depend on how it is cut, what is accepted
// has no control characters, and net/http would have accepted it too.
func FuzzParseRequest(f *testing.F) {
	for _, tt := range heads {
		f.Add([]byte(tt.head + tt.rest))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		limits := Limits{Head: 1 << 10, Fields: 20}
		if len(b) > 2<<10 {
			return
		}
		checkSplits(t, limits, b)
		r, n, err := limits.ParseRequest(b)
		if err != nil {
			if e := AsError(err); !e.Fatal || e.Status < 400 || n != 0 {
				t.Fatalf("error %+v after %d bytes", e, n)
			}
			return
		}
		if n == 0 {
			return
		}
		for _, s := range append([]Field{{r.Method, r.Target}, {r.Path, r.Query}, {"", r.Host}}, r.Fields...) {
			if strings.ContainsAny(s.Name+s.Value, "\r\n\x00") {
				t.Fatalf("control character in %q", s)
			}
		}
		compareWithStandard(t, b[:n], &r)
	})
}

// compareWithStandard holds what was accepted against net/http. The Trailer
// header is not compared: it speaks of a body, and bodies are refused.
func compareWithStandard(t *testing.T, head []byte, r *Request) {
	t.Helper()
	std, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
	if err != nil {
		if r.Body && r.Header("Trailer") != "" {
			return
		}
		t.Fatalf("net/http refuses %q: %v", head, err)
	}
	want := FromHTTP(std)
	if len(want.Fields) > len(r.Fields) {
		t.Fatalf("net/http has the fields %q, not %q", want.Fields, r.Fields)
	}
	for _, f := range r.Fields {
		if !slices.Contains(std.Header.Values(f.Name), f.Value) && !removedByStandard(f) {
			t.Fatalf("net/http does not have %q", f)
		}
	}
	got := *r
	got.Fields, want.Fields = nil, nil
	if u := std.URL; strings.HasPrefix(got.Target, "/") && u.RawPath == "" && u.Path != got.Path {
		// net/url writes what clients should have escaped with escapes.
		want.Path = got.Path
	}
	if u := std.URL; u.RawPath != "" && strings.HasPrefix(got.Target, "/") {
		want.Path = u.RawPath
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%q (-net/http +ours):\n%s", head, diff)
	}
}

// removedByStandard lists what net/http takes out of the headers because it has
// it elsewhere.
func removedByStandard(f Field) bool {
	switch http.CanonicalHeaderKey(f.Name) {
	case "Host", "Transfer-Encoding", "Trailer", "Content-Length", "Connection":
		return true
	}
	return false
}
