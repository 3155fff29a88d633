package handshake

import (
	"errors"
	"net/http"
)

// Error is why a server refuses a handshake. What the client reads of it is
// written by [AppendError] and is never more than the status; Reason is for the
// server's log.
type Error struct {
	// Status is the HTTP status to answer with.
	Status int
	// Reason says what was wrong, for the log.
	Reason string
	// Public is a detail that the client may know. It stands after the status
	// text, as in "400 Bad Request: missing required Host header".
	Public string
	// Fatal marks bytes that are no usable HTTP request: where the next
	// request begins is not known, so the connection ends with the answer.
	Fatal bool
	// Err is the cause, if there is one.
	Err error
}

// Error returns the reason.
func (e *Error) Error() string { return e.Reason }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// AsError returns the *Error in err. Any other error is one of the server's own:
// it answers 500 and keeps the text for the log.
func AsError(err error) *Error {
	if e, ok := err.(*Error); ok { // the usual case, and errors.As allocates
		return e
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Status: http.StatusInternalServerError, Reason: err.Error(), Err: err}
}

// KeepsOpen reports whether another request may follow on the connection after
// r was refused with err. Bytes that are no request stand in the way, and so
// does a body that nobody reads.
func KeepsOpen(err error, r *Request) bool {
	return r.KeepAlive && !r.Body && !AsError(err).Fatal
}

// What a server finds wrong with a request that is good HTTP, in the order in
// which [Check] looks.
var (
	ErrMethod     = &Error{Status: http.StatusMethodNotAllowed, Reason: "request method must be GET"}
	ErrHost       = &Error{Status: http.StatusBadRequest, Reason: "'Host' missing in request"}
	ErrUpgrade    = &Error{Status: http.StatusBadRequest, Reason: "invalid value for header 'Upgrade'"}
	ErrConnection = &Error{Status: http.StatusBadRequest, Reason: "invalid value for header 'Connection'"}
	ErrKeyMissing = &Error{Status: http.StatusBadRequest, Reason: "key missing"}
	ErrKey        = &Error{Status: http.StatusBadRequest, Reason: "invalid websocket key"}
	ErrVersion    = &Error{Status: http.StatusBadRequest, Reason: "invalid version"}
	// ErrBody refuses a request that announces a body: its bytes would be
	// taken for frames.
	ErrBody = &Error{Status: http.StatusBadRequest, Reason: "client sent data before handshake is complete"}
	// ErrNotSupported refuses a request whose connection cannot be taken over.
	ErrNotSupported = &Error{Status: http.StatusBadRequest, Reason: "websocket upgrade not supported"}
)

// What is wrong with bytes that are no HTTP request. Others that parsing finds
// differ from ErrMalformed in nothing but the Reason.
var (
	ErrMalformed   = malformed("malformed request")
	ErrTooLarge    = &Error{Status: http.StatusRequestHeaderFieldsTooLarge, Reason: "request head too large", Fatal: true}
	ErrHTTPVersion = &Error{
		Status: http.StatusHTTPVersionNotSupported, Reason: "unsupported HTTP version",
		Public: "unsupported protocol version", Fatal: true,
	}
	ErrHostHeader = &Error{
		Status: http.StatusBadRequest, Reason: "missing required Host header",
		Public: "missing required Host header", Fatal: true,
	}
	ErrTransferEncoding = &Error{Status: http.StatusNotImplemented, Reason: "unsupported transfer encoding", Fatal: true}
)

var (
	errRequestLine   = malformed("malformed request line")
	errMethodToken   = malformed("invalid method")
	errTarget        = malformed("invalid request target")
	errHeaderLine    = malformed("malformed header line")
	errHeaderFolded  = malformed("folded header line")
	errHeaderValue   = malformed("invalid header value")
	errManyHosts     = malformed("more than one Host header")
	errContentLength = malformed("invalid Content-Length")
	errHeaderName    = malformedPublic("invalid header name")
	errHostValue     = malformedPublic("malformed Host header")
)

func malformed(reason string) *Error {
	return &Error{Status: http.StatusBadRequest, Reason: reason, Fatal: true}
}

// malformedPublic makes an error whose reason the client reads as well.
func malformedPublic(reason string) *Error {
	e := malformed(reason)
	e.Public = reason
	return e
}
