package logging

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// appendEscaped appends text for a line of plain text. Control characters,
// among them those of ISO 8859 that some terminals obey, Unicode's line ends and
// bytes that are no UTF-8 become escape sequences. Backslashes stay: the result
// is for people, and what matters is that it stays on its line.
func appendEscaped[T string | []byte](b []byte, text T) []byte {
	done := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c < 0x7f {
			i++
			continue
		}
		r, n := decode(text[i:])
		if isHarmless(r, n) {
			i += n
			continue
		}
		b = append(b, text[done:i]...)
		switch {
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case n == 1: // a control character or a byte that is no UTF-8
			b = append(b, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = appendUnicodeEscape(b, r)
		}
		i += n
		done = i
	}
	return append(b, text[done:]...)
}

// appendJSONString appends text as a JSON string. Bytes that are no UTF-8
// become the replacement character, as in encoding/json.
func appendJSONString[T string | []byte](b []byte, text T) []byte {
	b = append(b, '"')
	done := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		r, n := decode(text[i:])
		if c != '"' && c != '\\' && isHarmless(r, n) {
			i += n
			continue
		}
		b = append(b, text[done:i]...)
		switch r {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = appendUnicodeEscape(b, r)
		}
		i += n
		done = i
	}
	b = append(b, text[done:]...)
	return append(b, '"')
}

// isHarmless says whether a character can stand in a line as it is. n is how
// many bytes it has.
func isHarmless(r rune, n int) bool {
	switch {
	case r == utf8.RuneError && n == 1:
		return false
	case r < ' ', r >= 0x7f && r < 0xa0, r == '\u2028', r == '\u2029':
		return false
	}
	return true
}

// appendUnicodeEscape appends a character of the basic plane, which all that
// need to be escaped are.
func appendUnicodeEscape(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

func decode[T string | []byte](text T) (rune, int) {
	switch text := any(text).(type) {
	case string:
		return utf8.DecodeRuneInString(text)
	case []byte:
		return utf8.DecodeRune(text)
	default:
		return utf8.RuneError, 1
	}
}
