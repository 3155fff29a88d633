package libs

import (
	"bufio"
	"net"
	"net/http"
)

// request is what a browser sends to open a WebSocket.
func request(deflate bool) *http.Request {
	r, err := http.NewRequest(http.MethodGet, "http://localhost/", nil)
	if err != nil {
		panic(err) // the text above
	}
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", "websocket")
	r.Header.Set("Sec-WebSocket-Version", "13")
	r.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	if deflate {
		r.Header.Set("Sec-WebSocket-Extensions",
			"permessage-deflate; server_no_context_takeover; client_no_context_takeover")
	}
	return r
}

// hijacked is the response writer of net/http reduced to what an upgrade
// needs: it gives its connection away. What is written to it before goes nowhere.
type hijacked struct {
	conn   net.Conn
	header http.Header
}

func hijack(c net.Conn) *hijacked { return &hijacked{conn: c, header: http.Header{}} }

func (h *hijacked) Header() http.Header         { return h.header }
func (h *hijacked) Write(p []byte) (int, error) { return len(p), nil }
func (h *hijacked) WriteHeader(int)             {}

// Hijack implements http.Hijacker. The buffers have the sizes that the libraries
// are compared with: reading, ReadBuffer; writing, that of net/http.
func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReaderSize(h.conn, ReadBuffer), bufio.NewWriterSize(h.conn, 4<<10)), nil
}
