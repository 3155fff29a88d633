package header

import (
	"bytes"
	"errors"
	"fmt"
)

// Reasons of a [*SyntaxError].
var (
	ErrVersion   = errors.New("block does not begin with a NATS/1.0 line")
	ErrStatus    = errors.New("status is not a code of three digits")
	ErrName      = errors.New("line does not begin with a name and a colon")
	ErrLineEnd   = errors.New("line does not end in CR LF")
	ErrTruncated = errors.New("closing empty line is missing")
	ErrTrailing  = errors.New("bytes follow the closing empty line")
)

// SyntaxError says where a block is not as it should be.
type SyntaxError struct {
	Reason error // one of the errors above
	Offset int   // of the offending line, in bytes from the start of the block
}

// Error names the reason and the place.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("header block: %v at byte %d", e.Reason, e.Offset)
}

// Unwrap returns the reason.
func (e *SyntaxError) Unwrap() error { return e.Reason }

// Validate reports with a [*SyntaxError] the first thing that is wrong with a
// block. Servers do not ask for it: they pass on what clients send.
func Validate(block []byte) error {
	if !isBlock(block) {
		return &SyntaxError{ErrVersion, 0}
	}
	rest := block
	for first := true; ; first = false {
		offset := len(block) - len(rest)
		line, next, complete := cutLine(rest)
		switch {
		case !complete:
			return &SyntaxError{ErrTruncated, offset}
		case len(rest)-len(next) != len(line)+len(lineEnd):
			return &SyntaxError{ErrLineEnd, offset}
		case first:
			if !validFirst(block, line) {
				return &SyntaxError{ErrStatus, 0}
			}
		case len(line) == 0:
			if len(next) > 0 {
				return &SyntaxError{ErrTrailing, len(block) - len(next)}
			}
			return nil
		case !validField(line):
			return &SyntaxError{ErrName, offset}
		}
		rest = next
	}
}

// validFirst tests the version line, which is the first of block.
func validFirst(block, line []byte) bool {
	if len(trimBlanks(line[len(version):])) == 0 {
		return true
	}
	_, _, ok := ParseStatus(block)
	return ok
}

// validField tests that a line begins with a name of visible ASCII and a
// colon.
func validField(line []byte) bool {
	name, _, found := bytes.Cut(line, []byte{':'})
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return found && len(name) > 0
}
