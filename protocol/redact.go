package protocol

import (
	"bytes"
	"encoding/json"
	"strings"
)

const redacted = "[REDACTED]"

// RedactConnect appends the argument of a CONNECT line to dst with every
// secret replaced by "[REDACTED]": the values of auth_token*, pass*,
// proxy_sig, nkey, sig and jwt, at any depth, with the name in any case and however
// escaped. It is for trace logs. They see the line before anybody knows
// whether it is valid, and in what is no JSON nobody can tell where a secret
// ends: such an argument is replaced as a whole.
func RedactConnect(dst, arg []byte) []byte {
	if !json.Valid(arg) {
		if len(arg) == 0 {
			return dst
		}
		return append(dst, redacted...)
	}
	for {
		start := bytes.IndexByte(arg, '"')
		if start < 0 {
			return append(dst, arg...)
		}
		end := start + stringLen(arg[start:])
		value := end + blankLen(arg[end:])
		if value == len(arg) || arg[value] != ':' || !isSecret(arg[start:end]) {
			dst = append(dst, arg[:end]...)
			arg = arg[end:]
			continue
		}
		value++
		value += blankLen(arg[value:])
		dst = append(dst, arg[:value]...)
		dst = append(dst, `"`+redacted+`"`...)
		arg = arg[value+valueLen(arg[value:]):]
	}
}

// isSecret judges a name that is still quoted. Names fold as encoding/json
// folds them when it looks for a field, which is more than ASCII.
func isSecret(quoted []byte) bool {
	var name string
	if json.Unmarshal(quoted, &name) != nil {
		return true
	}
	for _, secret := range []string{"proxy_sig", "nkey", "sig", "jwt"} {
		if strings.EqualFold(name, secret) {
			return true
		}
	}
	runes := []rune(name)
	for _, prefix := range []string{"auth_token", "pass"} {
		if len(runes) >= len(prefix) && strings.EqualFold(string(runes[:len(prefix)]), prefix) {
			return true
		}
	}
	return false
}

// stringLen is the length of the string literal at the start of b, quotes
// included.
func stringLen(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

func blankLen(b []byte) int {
	return len(b) - len(bytes.TrimLeft(b, " \t\r\n"))
}

// valueLen is the length of the JSON value at the start of b.
func valueLen(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i += stringLen(b[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return len(b)
}
