package handshake

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// Agreement is what the two sides settled in the handshake.
type Agreement struct {
	// Protocol is the sub-protocol, or "".
	Protocol string
	// Deflate is set if messages may be compressed, under Params.
	Deflate bool
	Params  deflate.Params
}

// Response is a server's answer 101.
type Response struct {
	// Key is the client's Sec-WebSocket-Key.
	Key string
	// Agreement answers what the client offered, and nothing else.
	Agreement
	// Agreed are complete header lines about further things that were
	// negotiated, written after the extensions. Headers are lines of the
	// server's own, written last. [AppendField] makes them.
	Agreed, Headers []byte
}

// AppendResponse appends the answer that completes the handshake. Frames may
// follow it at once.
func AppendResponse(dst []byte, r *Response) []byte {
	dst = append(dst, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	dst = appendAcceptKey(dst, r.Key)
	dst = append(dst, "\r\n"...)
	if r.Deflate {
		dst = append(dst, "Sec-WebSocket-Extensions: "...)
		dst = r.Params.AppendResponse(dst)
		dst = append(dst, "\r\n"...)
	}
	dst = append(dst, r.Agreed...)
	if r.Protocol != "" {
		dst = append(dst, "Sec-Websocket-Protocol: "...)
		dst = append(dst, r.Protocol...)
		dst = append(dst, "\r\n"...)
	}
	dst = append(dst, r.Headers...)
	return append(dst, "\r\n"...)
}

// AppendField appends a header line to a block of them. It refuses what would
// break out of the line.
func AppendField(dst []byte, name, value string) ([]byte, error) {
	if !isToken(name) {
		return dst, fmt.Errorf("handshake: %q is no header name", name)
	}
	if !validValue(value) {
		return dst, fmt.Errorf("handshake: header %s has a value with control characters", name)
	}
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	dst = append(dst, value...)
	return append(dst, "\r\n"...), nil
}

// AppendError appends the answer that refuses r with err, which says no more
// than the status: details are for the server's log. R is nil if the request did
// not parse. Whether the connection goes on afterwards is up to the caller, who
// asks [KeepsOpen]; the answer tells the client the same.
func AppendError(dst []byte, err error, r *Request, date time.Time) []byte {
	e := AsError(err)
	if e.Fatal || r == nil {
		return appendFatal(dst, e)
	}
	text := http.StatusText(e.Status)
	dst = append(dst, "HTTP/1."...)
	dst = append(dst, '0'+byte(min(r.Minor, 1)), ' ')
	dst = appendStatus(dst, e.Status, text)
	dst = append(dst, "\r\nContent-Type: text/plain; charset=utf-8\r\n"+
		"Sec-Websocket-Version: 13\r\nX-Content-Type-Options: nosniff\r\nDate: "...)
	dst = date.UTC().AppendFormat(dst, http.TimeFormat)
	dst = append(dst, "\r\nContent-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(text)+1), 10)
	switch open := KeepsOpen(err, r); {
	case !open && r.Minor > 0:
		dst = append(dst, "\r\nConnection: close"...)
	case open && r.Minor == 0:
		dst = append(dst, "\r\nConnection: keep-alive"...)
	}
	dst = append(dst, "\r\n\r\n"...)
	if r.Method != "HEAD" {
		dst = append(dst, text...)
		dst = append(dst, '\n')
	}
	return dst
}

// appendFatal answers bytes that are no request, in the form that net/http has
// for them.
func appendFatal(dst []byte, e *Error) []byte {
	var buf [80]byte
	status := appendStatus(buf[:0], e.Status, http.StatusText(e.Status))
	if e.Public != "" {
		status = append(status, ": "...)
		status = append(status, e.Public...)
	}
	dst = append(dst, "HTTP/1.1 "...)
	dst = append(dst, status...)
	dst = append(dst, "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"...)
	return append(dst, status...)
}

func appendStatus(dst []byte, status int, text string) []byte {
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(dst, ' ')
	return append(dst, text...)
}
