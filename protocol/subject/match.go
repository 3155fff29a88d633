package subject

// Match reports whether a message published on literal reaches a subscription
// to pattern.
//
// Wildcards count in pattern only: a "*" in literal is text that "*" and ">"
// match as they match any other token. A literal with an empty token reaches
// nobody, not even ">".
func Match[P, L Text](pattern P, literal L) bool {
	p, l := 0, 0
	for p < len(pattern) && l < len(literal) {
		// Both stand at the first byte of a token.
		start := l
		switch {
		case pattern[p] == anyTail && p+1 == len(pattern):
			return !hasEmptyToken(literal[l:])
		case pattern[p] == anyToken && (p+1 == len(pattern) || pattern[p+1] == separator):
			p++
			for l < len(literal) && literal[l] != separator {
				l++
			}
		default:
			for p < len(pattern) && pattern[p] != separator {
				if l == len(literal) || literal[l] != pattern[p] {
					return false
				}
				p++
				l++
			}
		}
		switch {
		case l == start: // an empty token
			return false
		case p == len(pattern) || l == len(literal):
			return p == len(pattern) && l == len(literal)
		case literal[l] != separator: // its token is longer than the pattern's
			return false
		}
		p++
		l++
	}
	return false
}

// Overlap reports whether some literal subject is matched by both patterns,
// which must be valid.
func Overlap[A, B Text](a A, b B) bool {
	for {
		aToken, aRest, aMore := Cut(a)
		bToken, bRest, bMore := Cut(b)
		switch {
		case len(aToken) == 0 || len(bToken) == 0:
			return false
		case !aMore && isLone(aToken, anyTail), !bMore && isLone(bToken, anyTail):
			return true
		case !isLone(aToken, anyToken) && !isLone(bToken, anyToken) && !equal(aToken, bToken):
			return false
		case !aMore || !bMore:
			return aMore == bMore
		}
		a, b = aRest, bRest
	}
}

// Subset reports whether every literal subject that a matches is matched by b
// too. Both must be valid patterns; either may be a literal.
func Subset[A, B Text](a A, b B) bool {
	for {
		aToken, aRest, aMore := Cut(a)
		bToken, bRest, bMore := Cut(b)
		switch {
		case len(aToken) == 0 || len(bToken) == 0:
			return false
		case !bMore && isLone(bToken, anyTail):
			return true
		case !aMore && isLone(aToken, anyTail):
			return false
		case !isLone(bToken, anyToken) && (isLone(aToken, anyToken) || !equal(aToken, bToken)):
			return false
		case !aMore || !bMore:
			return aMore == bMore
		}
		a, b = aRest, bRest
	}
}
