package protocol

import (
	"bytes"
	"encoding/json"
	"strings"
)

const redacted = "[REDACTED]"

// RedactConnect appends the argument of a CONNECT line to dst with every
// secret replaced by [REDACTED]: the values of auth_token*, pass*, proxy_sig,
// nkey and sig. It is for trace logs, which see the line before anybody knows
// whether it is valid, so it errs on the side of silence: names match in any
// case and escaped, and in a document that is no JSON a value ends at the next
// comma or brace at the earliest.
func RedactConnect(dst, arg []byte) []byte {
	for len(arg) > 0 {
		quote := bytes.IndexByte(arg, '"')
		if quote < 0 {
			break
		}
		n := stringLen(arg[quote:])
		name := arg[quote : quote+n]
		dst = append(dst, arg[:quote+n]...)
		arg = arg[quote+n:]

		colon := blankLen(arg)
		if colon == len(arg) || arg[colon] != ':' {
			continue // a value, not a name
		}
		if !isSecret(name) {
			continue
		}
		value := colon + 1 + blankLen(arg[colon+1:])
		dst = append(dst, arg[:value]...)
		arg = arg[value:]
		if len(arg) > 0 && arg[0] == '"' {
			dst = append(dst, `"`+redacted+`"`...)
		} else {
			dst = append(dst, redacted...)
		}
		arg = arg[valueLen(arg):]
	}
	return append(dst, arg...)
}

// isSecret judges a quoted name.
func isSecret(quoted []byte) bool {
	var name string
	if json.Unmarshal(quoted, &name) != nil {
		name = string(quoted[1:])
	}
	name = strings.ToLower(name)
	switch {
	case strings.HasPrefix(name, "auth_token"), strings.HasPrefix(name, "pass"):
		return true
	}
	return name == "proxy_sig" || name == "nkey" || name == "sig"
}

// stringLen is the length of the string literal at the start of b, quotes
// included; all of b if it does not end.
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
	for i, c := range b {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return i
		}
	}
	return len(b)
}

// valueLen is the length of the JSON value at the start of b: up to the comma
// or bracket that ends it at its own depth.
func valueLen(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i += stringLen(b[i:]) - 1
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
			if depth == 0 {
				return i + 1
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(b)
}
