package subject

const (
	// wireBreaking has a bit for each byte that ends or splits a protocol line
	// or a line of a text log.
	wireBreaking = uint64(1)<<' ' | 1<<'\t' | 1<<'\r' | 1<<'\n' | 1<<0

	// configBlank has a bit for each byte a configured subject may not hold:
	// the wire-breaking ones and the form feed, which the reference refuses too.
	configBlank = wireBreaking | uint64(1)<<'\f'
)

// WireSafe reports whether s can stand in a protocol line: it holds no space,
// TAB, CR, LF or NUL. An empty s is wire-safe in this sense; whether an empty
// subject makes sense is for the caller to know.
func WireSafe[T Text](s T) bool { return !holdsAny(s, wireBreaking) }

// Valid reports whether s can be subscribed to: it has no empty token, and ">"
// stands only as the last one. "*" is allowed anywhere; neither is special as
// part of a longer token.
func Valid[T Text](s T) bool {
	for more := true; more; {
		var token T
		token, s, more = Cut(s)
		if len(token) == 0 || more && isLone(token, anyTail) {
			return false
		}
	}
	return true
}

// ValidLiteral reports whether s is well-formed and names exactly one subject:
// it has no empty token and no token that is "*" or ">". Pedantic connections
// may publish only on such subjects.
func ValidLiteral[T Text](s T) bool {
	for more := true; more; {
		var token T
		token, s, more = Cut(s)
		if len(token) == 0 || isLone(token, anyToken) || isLone(token, anyTail) {
			return false
		}
	}
	return true
}

// ValidStrict is [Valid] as configuration asks it: blanks inside tokens are
// refused as well, so the subject is also wire-safe.
func ValidStrict[T Text](s T) bool { return !holdsAny(s, configBlank) && Valid(s) }

// ValidLiteralStrict is [ValidLiteral] as configuration asks it: blanks inside
// tokens are refused as well, so the subject is also wire-safe.
func ValidLiteralStrict[T Text](s T) bool { return !holdsAny(s, configBlank) && ValidLiteral(s) }

// HasWildcard reports whether a valid s is a pattern, that is, has a token "*"
// or ends in a token ">".
func HasWildcard[T Text](s T) bool {
	for more := true; more; {
		var token T
		token, s, more = Cut(s)
		if isLone(token, anyToken) || !more && isLone(token, anyTail) {
			return true
		}
	}
	return false
}

// holdsAny reports whether s holds a byte whose bit is set in mask. All bytes
// of interest are at most ' ', so that one comparison decides most of them.
func holdsAny[T Text](s T, mask uint64) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' && mask>>c&1 != 0 {
			return true
		}
	}
	return false
}
