package syntax

import (
	"encoding/hex"
	"strings"
)

// value parses any value.
func (p *parser) value() (*Value, *Error) {
	pos := p.pos()
	switch c := p.peek(); {
	case c == '{':
		return p.mapValue()
	case c == '[':
		return p.arrayValue()
	case c == '(':
		return p.blockString()
	case c == '\'':
		p.skip()
		s, err := p.until('\'')
		return &Value{Kind: KindString, Quoted: true, Pos: pos, Str: s}, err
	case c == '"':
		return p.quotedString()
	case c == '.':
		return nil, p.fail("Floats must start with a digit")
	case c == '-':
		return p.negative()
	case isDigit(c):
		return p.number()
	default:
		return p.word()
	}
}

// until returns the text up to the quote and moves beyond it.
func (p *parser) until(quote byte) (string, *Error) {
	i := strings.IndexByte(p.text[p.off:], quote)
	if i < 0 {
		p.advance(len(p.text))
		return "", p.fail("Unexpected EOF.")
	}
	s := p.text[p.off : p.off+i]
	p.advance(p.off + i + 1)
	return s, nil
}

// blockString parses text in parentheses. The closing one stands alone on its
// line apart from what precedes the text's first line.
func (p *parser) blockString() (*Value, *Error) {
	v := &Value{Kind: KindString, Quoted: true, Pos: p.pos()}
	p.skip()
	start := p.off
	for {
		i := strings.Index(p.text[p.off:], "\n)")
		if i < 0 {
			p.advance(len(p.text))
			return nil, p.fail("Unexpected EOF processing block.")
		}
		p.advance(p.off + i + 1)
		rest := p.text[p.off+1:]
		if rest == "" || rest[0] == '\n' || strings.HasPrefix(rest, "\r\n") {
			v.Str = p.text[start:p.off]
			p.skip()
			return v, nil
		}
	}
}

// quotedString parses text in double quotes, which may span lines.
func (p *parser) quotedString() (*Value, *Error) {
	v := &Value{Kind: KindString, Quoted: true, Pos: p.pos()}
	p.skip()
	var b strings.Builder
	for {
		i := strings.IndexAny(p.text[p.off:], `"\`)
		if i < 0 {
			p.advance(len(p.text))
			return nil, p.fail("Unexpected EOF.")
		}
		b.WriteString(p.text[p.off : p.off+i])
		p.advance(p.off + i)
		if p.peek() == '"' {
			p.skip()
			v.Str = b.String()
			return v, nil
		}
		c, err := p.escape()
		if err != nil {
			return nil, err
		}
		b.WriteByte(c)
	}
}

// word parses unquoted text: a keyword, a variable or a string. One with an
// escape in it is always a string.
func (p *parser) word() (*Value, *Error) {
	v := &Value{Kind: KindString, Pos: p.pos()}
	start, escaped := p.off, false
	var b strings.Builder
	for c := p.peek(); !endsWord(c) && !p.eof(); c = p.peek() {
		if c == '\\' {
			e, err := p.escape()
			if err != nil {
				return nil, err
			}
			escaped = true
			b.WriteByte(e)
			continue
		}
		b.WriteByte(c)
		p.off++
	}
	if escaped {
		v.Str = b.String()
		return v, nil
	}
	v.Str = p.text[start:p.off]
	if name, ok := strings.CutPrefix(v.Str, "$"); ok && !strings.HasPrefix(name, bcryptPrefix) {
		return p.variable(name, v.Pos)
	}
	if b, ok := keyword(v.Str); ok {
		v.Kind, v.Bool, v.Str = KindBool, b, ""
	}
	return v, nil
}

// bcryptPrefix follows the dollar sign of a password hash that, though
// unquoted, is no variable.
const bcryptPrefix = "2a$"

func endsWord(c byte) bool {
	switch c {
	case ',', ';', ']', '}', '\'':
		return true
	default:
		return isSpace(c)
	}
}

// keyword returns the meaning of a word that stands for a boolean.
func keyword(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true", "on", "yes":
		return true, true
	case "false", "off", "no":
		return false, true
	}
	return false, false
}

// escape parses a backslash and what it stands for.
func (p *parser) escape() (byte, *Error) {
	p.skip()
	c := p.peek()
	switch c {
	case 't':
		c = '\t'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case '"', '\\':
	case 'x':
		p.skip()
		digits := p.text[p.off:min(p.off+2, len(p.text))]
		b, err := hex.DecodeString(digits)
		if err != nil || len(b) != 1 {
			return 0, p.fail(`Expected two hexadecimal digits after '\x', but got '%s'`, digits)
		}
		p.off += 2
		return b[0], nil
	default:
		if p.eof() {
			return 0, p.fail("Unexpected EOF.")
		}
		return 0, p.fail(`Invalid escape character '%s'. Only the following escape characters are allowed: \xXX, \t, \n, \r, \", \\.`, p.found())
	}
	p.skip()
	return c, nil
}
