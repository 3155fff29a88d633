package handshake

import (
	"bufio"
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// ofChrome is the handshake that Chrome sends.
var ofChrome = []byte(crlf("GET / HTTP/1.1",
	"Host: demo.example.com:8443",
	"Connection: Upgrade",
	"Pragma: no-cache",
	"Cache-Control: no-cache",
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
	"Upgrade: websocket",
	"Origin: https://demo.example.com:8443",
	"Sec-WebSocket-Version: 13",
	"Accept-Encoding: gzip, deflate, br, zstd",
	"Accept-Language: en-GB,en-US;q=0.9,en;q=0.8",
	"Cookie: session=0123456789abcdef; theme=dark",
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
	"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"))

// serveBytes is what a server does for one handshake.
func serveBytes(dst, b []byte, o *Options) ([]byte, error) {
	r, _, err := ParseRequest(b)
	if err != nil {
		return nil, err
	}
	answer, err := Accept(&r, true, o)
	if err != nil {
		return nil, err
	}
	return AppendResponse(dst, &answer), nil
}

func BenchmarkHandshake(b *testing.B) {
	o := &Options{Deflate: &deflate.Policy{}}
	restricted := &Options{Deflate: o.Deflate, Origins: mustOrigins(b, true, "https://demo.example.com:8443")}
	b.Run("any origin", func(b *testing.B) { benchmarkHandshake(b, o) })
	b.Run("origin checked", func(b *testing.B) { benchmarkHandshake(b, restricted) })
	// What a server that uses net/http pays for the same, at least: its
	// response writer, its background read and the Hijack are not in here.
	b.Run("parsed by net/http", func(b *testing.B) {
		b.ReportAllocs()
		in := bytes.NewReader(nil)
		buf := bufio.NewReader(in)
		dst := make([]byte, 0, 512)
		for b.Loop() {
			in.Reset(ofChrome)
			buf.Reset(in)
			std, err := http.ReadRequest(buf)
			if err != nil {
				b.Fatal(err)
			}
			r := FromHTTP(std)
			answer, err := Accept(&r, true, o)
			if err != nil {
				b.Fatal(err)
			}
			dst = AppendResponse(dst[:0], &answer)
		}
	})
}

func benchmarkHandshake(b *testing.B, o *Options) {
	b.ReportAllocs()
	dst := make([]byte, 0, 512)
	for b.Loop() {
		if _, err := serveBytes(dst, ofChrome, o); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseRequest(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(ofChrome)))
	for b.Loop() {
		if _, n, err := ParseRequest(ofChrome); n == 0 || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkAppendError(b *testing.B) {
	b.ReportAllocs()
	r := good()
	date := time.Unix(1e9, 0)
	dst := make([]byte, 0, 512)
	for b.Loop() {
		dst = AppendError(dst[:0], ErrKey, r, date)
	}
}

// The head is copied once and its lines are counted before they are kept.
func TestHandshakeAllocatesTwice(t *testing.T) {
	o := &Options{Deflate: &deflate.Policy{}, Protocols: []string{"mqtt"}}
	dst := make([]byte, 0, 512)
	var err error
	n := testing.AllocsPerRun(100, func() { _, err = serveBytes(dst, ofChrome, o) })
	if n > 2 || err != nil {
		t.Errorf("%v allocations, %v, want 2", n, err)
	}
}

func TestIncompleteHeadOfHeadersAllocatesNothingButItsFirstLine(t *testing.T) {
	cut := ofChrome[:len(ofChrome)-2]
	n := testing.AllocsPerRun(100, func() {
		if _, got, err := ParseRequest(cut); got != 0 || err != nil {
			t.Error(got, err)
		}
	})
	if n > 1 {
		t.Errorf("%v allocations, want at most 1", n)
	}
}
