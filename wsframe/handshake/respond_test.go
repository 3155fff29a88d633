package handshake

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

func TestAppendResponse(t *testing.T) {
	t.Parallel()
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	const start = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
	tests := []struct {
		name     string
		response Response
		want     string
	}{
		{"plain", Response{Key: key}, start + "\r\n"},
		{
			"everything in its order",
			Response{
				Key:       key,
				Agreement: Agreement{Protocol: "mqtt", Deflate: true, Params: deflate.NoTakeover},
				Agreed:    []byte("Nats-No-Masking: true\r\n"),
				Headers:   []byte("x-one: 1\r\nX-Two: 2\r\n"),
			},
			start + "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n" +
				"Nats-No-Masking: true\r\nSec-Websocket-Protocol: mqtt\r\nx-one: 1\r\nX-Two: 2\r\n\r\n",
		},
		{"parameters that were not agreed", Response{Key: key, Agreement: Agreement{Params: deflate.NoTakeover}}, start + "\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff("before"+tt.want, string(AppendResponse([]byte("before"), &tt.response))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAppendError(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 11, 25, 5, 54, 18, 0, time.FixedZone("", 3600))
	const headers = "Content-Type: text/plain; charset=utf-8\r\nSec-Websocket-Version: 13\r\n" +
		"X-Content-Type-Options: nosniff\r\nDate: Wed, 25 Nov 2026 04:54:18 GMT\r\n"
	const fatal = "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
	open, closing, body := good(), good(), good()
	closing.KeepAlive, body.Body = false, true
	head := &Request{Method: "HEAD", Minor: 1, KeepAlive: true}
	tests := []struct {
		name    string
		err     error
		request *Request
		want    string
	}{
		{"kept open", ErrMethod, open, "HTTP/1.1 405 Method Not Allowed\r\n" + headers + "Content-Length: 19\r\n\r\nMethod Not Allowed\n"},
		{"closed by the client", ErrKey, closing, "HTTP/1.1 400 Bad Request\r\n" + headers + "Content-Length: 12\r\nConnection: close\r\n\r\nBad Request\n"},
		{"closed for its body", ErrBody, body, "HTTP/1.1 400 Bad Request\r\n" + headers + "Content-Length: 12\r\nConnection: close\r\n\r\nBad Request\n"},
		{"without a body", ErrMethod, head, "HTTP/1.1 405 Method Not Allowed\r\n" + headers + "Content-Length: 19\r\n\r\n"},
		{"HTTP/1.0", ErrHost, &Request{Method: "GET"}, "HTTP/1.0 400 Bad Request\r\n" + headers + "Content-Length: 12\r\n\r\nBad Request\n"},
		{
			"HTTP/1.0 kept open", ErrHost, &Request{Method: "GET", KeepAlive: true},
			"HTTP/1.0 400 Bad Request\r\n" + headers + "Content-Length: 12\r\nConnection: keep-alive\r\n\r\nBad Request\n",
		},
		{"HTTP/1.2", ErrKey, &Request{Minor: 2, KeepAlive: true}, "HTTP/1.1 400 Bad Request\r\n" + headers + "Content-Length: 12\r\n\r\nBad Request\n"},
		{"origin", originRefused(ErrNotSameOrigin), open, "HTTP/1.1 403 Forbidden\r\n" + headers + "Content-Length: 10\r\n\r\nForbidden\n"},
		{"one of the caller's", &Error{Status: 404, Reason: "r"}, open, "HTTP/1.1 404 Not Found\r\n" + headers + "Content-Length: 10\r\n\r\nNot Found\n"},
		{"of no kind", errors.New("secret"), open, "HTTP/1.1 500 Internal Server Error\r\n" + headers + "Content-Length: 22\r\n\r\nInternal Server Error\n"},
		{"malformed", errHeaderLine, nil, "HTTP/1.1 400 Bad Request" + fatal + "400 Bad Request"},
		{"without Host", ErrHostHeader, nil, "HTTP/1.1 400 Bad Request: missing required Host header" + fatal + "400 Bad Request: missing required Host header"},
		{"name", errHeaderName, nil, "HTTP/1.1 400 Bad Request: invalid header name" + fatal + "400 Bad Request: invalid header name"},
		{
			"version", ErrHTTPVersion, nil,
			"HTTP/1.1 505 HTTP Version Not Supported: unsupported protocol version" + fatal + "505 HTTP Version Not Supported: unsupported protocol version",
		},
		{"too large", ErrTooLarge, nil, "HTTP/1.1 431 Request Header Fields Too Large" + fatal + "431 Request Header Fields Too Large"},
		{"coding", ErrTransferEncoding, nil, "HTTP/1.1 501 Not Implemented" + fatal + "501 Not Implemented"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, string(AppendError(nil, tt.err, tt.request, date))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestKeepsOpen(t *testing.T) {
	t.Parallel()
	body := good()
	body.Body = true
	tests := []struct {
		name    string
		err     error
		request *Request
		want    bool
	}{
		{"refused", ErrKey, good(), true},
		{"an error of the server", errors.New("x"), good(), true},
		{"no request", ErrMalformed, new(Request), false},
		{"no request, by another error", errTarget, good(), false},
		{"with a body", ErrMethod, body, false},
		{"client does not want", ErrKey, new(Request), false},
	}
	for _, tt := range tests {
		if got := KeepsOpen(tt.err, tt.request); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAppendField(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value, want string
	}{
		{"X-A", "b c", "X-A: b c\r\n"},
		{"x", "", "x: \r\n"},
		{"", "b", ""},
		{"X A", "b", ""},
		{"X:", "b", ""},
		{"X", "b\r\nC: d", ""},
		{"X", "b\nC", ""},
		{"X", "\x00", ""},
	}
	for _, tt := range tests {
		got, err := AppendField([]byte("before\r\n"), tt.name, tt.value)
		if string(got) != "before\r\n"+tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%q, %q: %q, %v", tt.name, tt.value, got, err)
		}
	}
}

func TestErrorsTellTheirCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	if e := AsError(cause); e.Status != 500 || e.Error() != "cause" || !errors.Is(e, cause) {
		t.Errorf("%+v", e)
	}
	if e := AsError(errors.Join(cause, ErrKey)); e != ErrKey {
		t.Errorf("%+v, want %+v", e, ErrKey)
	}
}
