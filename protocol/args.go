package protocol

import "bytes"

// span is a token: the bytes from start up to end of the buffer.
type span struct{ start, end int }

// maxTokens is one more than the longest argument list (HMSG) has, so that a
// surplus shows.
const maxTokens = 6

// tokens is an argument split at blanks.
type tokens struct {
	at     [maxTokens]span
	n      int
	unsafe bool // a token holds CR or NUL
}

// argument finds the argument between the verb and the line end. A CR anywhere
// in it makes it one byte shorter, whatever the last byte is: for all lines
// but the odd one that is the CR of the CRLF.
func argument(buf []byte, from, lf int) (start, end int) {
	for from < lf && isBlank(buf[from]) {
		from++
	}
	if from < lf && (buf[lf-1] == '\r' || bytes.IndexByte(buf[from:lf], '\r') >= 0) {
		lf--
	}
	return from, lf
}

// split cuts the argument into tokens. With crSeparates a CR counts as a
// blank.
func (t *tokens) split(buf []byte, arg span, crSeparates bool) {
	buf = buf[:arg.end]
	i := arg.start
	for t.n < maxTokens {
		for i < len(buf) && (isBlank(buf[i]) || crSeparates && buf[i] == '\r') {
			i++
		}
		if i == len(buf) {
			return
		}
		start := i
		for i = tokenEnd(buf, i); i < len(buf); i = tokenEnd(buf, i+1) {
			if c := buf[i]; isBlank(c) || crSeparates && c == '\r' {
				break
			} else if c == '\r' || c == 0 {
				t.unsafe = true
			}
		}
		t.at[t.n] = span{start, i}
		t.n++
	}
}

// tokenEnd is the first index from i on that holds a blank or a control
// character; len(buf) if there is none.
func tokenEnd(buf []byte, i int) int {
	for i < len(buf) && buf[i] > ' ' {
		i++
	}
	return i
}

// parseSub parses "subject [queue] sid".
func parseSub(buf []byte, arg span, op *Op) error {
	var t tokens
	t.split(buf, arg, true)
	switch {
	case t.n != 2 && t.n != 3:
		return ErrArguments.detail("processSub Parse Error: %q", op.Arg)
	case t.unsafe:
		return ErrUnsafeToken.detail("processSub Unsafe Argument: %q", op.Arg)
	}
	op.Subject = t.at[0].of(buf)
	if t.n == 3 {
		op.Queue = t.at[1].of(buf)
	}
	op.SID = t.at[t.n-1].of(buf)
	return nil
}

// parseUnsub parses "sid [max]". An unsafe sid does no harm: no SUB ever got
// it, and no line repeats it.
func parseUnsub(buf []byte, arg span, op *Op) error {
	var t tokens
	t.split(buf, arg, true)
	if t.n != 1 && t.n != 2 {
		return ErrArguments.detail("processUnsub Parse Error: %q", op.Arg)
	}
	op.SID = t.at[0].of(buf)
	if t.n == 2 {
		op.Max = parseSize(t.at[1].of(buf))
	}
	return nil
}

func (s span) of(buf []byte) []byte { return buf[s.start:s.end] }

// parseSize reads a decimal number of one to nine digits, leading zeros
// included. It returns -1 for anything else. Nine digits fit an int of 32
// bits.
func parseSize(digits []byte) int {
	if len(digits) == 0 || len(digits) > 9 {
		return -1
	}
	n := 0
	for _, c := range digits {
		c -= '0'
		if c > 9 {
			return -1
		}
		n = n*10 + int(c)
	}
	return n
}
