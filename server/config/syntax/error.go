package syntax

import (
	"errors"
	"fmt"
)

// ErrLimit is wrapped by the error for text that exceeds a bound of [Options].
var ErrLimit = errors.New("configuration exceeds a limit")

// Error is the reason why text is not a configuration.
type Error struct {
	Pos Pos    // the offending character, or the key of the offending entry
	Msg string // the whole message, which mentions the position only as the reference server does
	Err error  // the cause outside of the text, if there is one
}

// Error returns the message. Print Pos in front of it to lead to the place.
func (e *Error) Error() string { return e.Msg }

// Unwrap returns the cause: [ErrLimit] or what kept a file from being read.
func (e *Error) Unwrap() error { return e.Err }

// lexError reports text that does not follow the grammar.
func lexError(pos Pos, line int, format string, args ...any) *Error {
	msg := fmt.Sprintf(format, args...)
	return &Error{Pos: pos, Msg: fmt.Sprintf("Parse error on line %d: '%s'", line, msg)}
}

// limitError reports that a bound is exceeded.
func limitError(pos Pos, format string, args ...any) *Error {
	return &Error{Pos: pos, Msg: fmt.Sprintf(format, args...), Err: ErrLimit}
}

// failValue reports text that follows the grammar but means nothing: a number
// out of range, a variable that does not exist.
func failValue(pos Pos, format string, args ...any) *Error {
	return &Error{Pos: pos, Msg: fmt.Sprintf(format, args...)}
}
