package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// isHash reports whether a configured password or token is a bcrypt hash:
// $2a$, $2b$, $2x$ or $2y$, two digits of cost, and the rest.
func isHash(s string) bool {
	return len(s) > 7 && strings.HasPrefix(s, "$2") && strings.IndexByte("abxy", s[2]) >= 0 && s[3] == '$' &&
		isDigit(s[4]) && isDigit(s[5]) && s[6] == '$'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// same compares a secret that was presented with the configured one, in a time
// that does not tell how much of it is right.
func same(configured, presented string) bool {
	if isHash(configured) {
		return bcrypt.CompareHashAndPassword([]byte(configured), []byte(presented)) == nil
	}
	// Of equal length, whatever was presented.
	a, b := sha256.Sum256([]byte(configured)), sha256.Sum256([]byte(presented))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
