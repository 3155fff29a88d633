package protocol

import "fmt"

// Error is something that the peer did wrong, or that is done to it. It tells
// what the peer reads, whether the connection ends and why.
//
// The catalogue below holds one value per kind of error; an Error that says
// more (which subject, which line) wraps the one it is an instance of, so
// errors.Is(err, ErrArguments) works and errors.As gives the details.
type Error struct {
	text   string // between the quotes of -ERR; empty: the peer is told nothing
	log    string // empty: same as text
	reason CloseReason
	open   bool // the connection survives
	kind   *Error
}

// Error is the text for a log.
func (e *Error) Error() string {
	if e.log != "" {
		return e.log
	}
	return e.text
}

// Text is what stands between the quotes of the -ERR line. If it is empty the
// connection is closed without a word.
func (e *Error) Text() string { return e.text }

// Closes reports whether the connection ends.
func (e *Error) Closes() bool { return !e.open }

// Reason is why the connection ended; it is 0 if it does not.
func (e *Error) Reason() CloseReason { return e.reason }

// Unwrap is the catalogue entry that e is an instance of, if it is not one
// itself.
func (e *Error) Unwrap() error {
	if e.kind == nil {
		return nil
	}
	return e.kind
}

// WithReason is e with another reason: one and the same text stands for
// several, as 'Authorization Violation' for [ProxyRequired].
func (e *Error) WithReason(r CloseReason) *Error {
	sub := e.instance()
	sub.reason = r
	return sub
}

// Closing is e for a connection that ends with it, unlike usually.
func (e *Error) Closing() *Error {
	sub := e.instance()
	sub.open, sub.reason = false, MaxSubscriptionsExceeded
	return sub
}

// detail is e with more to say in the log. A formatted line is part of the
// peer's bytes, so callers quote it with %q.
func (e *Error) detail(format string, args ...any) *Error {
	sub := e.instance()
	sub.log = fmt.Sprintf(format, args...)
	return sub
}

// about is e with a text that names what it is about.
func (e *Error) about(format string, args ...any) *Error {
	sub := e.instance()
	sub.text = fmt.Sprintf(format, args...)
	return sub
}

func (e *Error) instance() *Error {
	sub := *e
	sub.kind = e
	return &sub
}
