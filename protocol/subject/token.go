package subject

import "iter"

// Text is what a subject may be held in.
type Text interface{ ~string | ~[]byte }

const (
	separator = '.' // between two tokens
	anyToken  = '*' // as a whole token: exactly one token
	anyTail   = '>' // as the last token: one or more tokens
)

// Cut returns the first token of s, what follows the dot behind it, and
// whether there was a dot. The token may be empty.
func Cut[T Text](s T) (token, rest T, more bool) {
	for i := range len(s) {
		if s[i] == separator {
			return s[:i], s[i+1:], true
		}
	}
	return s, s[len(s):], false
}

// Tokens iterates over the tokens of s, empty ones included. Like
// strings.Split it yields one empty token for an empty s.
func Tokens[T Text](s T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for more := true; more; {
			var token T
			token, s, more = Cut(s)
			if !yield(token) {
				return
			}
		}
	}
}

// Count returns the number of tokens in s, which is the number of its dots
// plus one.
func Count[T Text](s T) int {
	n := 1
	for i := range len(s) {
		if s[i] == separator {
			n++
		}
	}
	return n
}

// isLone reports whether token is the single byte c.
func isLone[T Text](token T, c byte) bool { return len(token) == 1 && token[0] == c }

// equal compares tokens that may be held in different types.
func equal[A, B Text](a A, b B) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// hasEmptyToken reports whether any token of s is empty.
func hasEmptyToken[T Text](s T) bool {
	previous := byte(separator)
	for i := range len(s) {
		if s[i] == separator && previous == separator {
			return true
		}
		previous = s[i]
	}
	return previous == separator
}
