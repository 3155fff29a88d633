package syntax

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// number parses what starts with a digit: an integer with or without a size
// suffix, a float, a date, or, when more follows, a string such as 5s or
// 10.0.0.1:4222.
func (p *parser) number() (*Value, *Error) {
	start := p.off
	end := p.digits(start)
	switch c := p.at(end); {
	case c == '-' && end-start == 4:
		return p.datetime()
	case c == '-':
		p.advance(end)
		return nil, p.fail("All ISO8601 dates must be in full Zulu form.")
	case c == '.':
		return p.float(end)
	}
	unit, end := p.suffix(end)
	if !p.wordEnds(end) {
		return p.word()
	}
	return p.integer(end, unit)
}

// negative parses a number with a sign. Unlike an unsigned one it does not
// become a string when something follows it.
func (p *parser) negative() (*Value, *Error) {
	start := p.off
	end := p.digits(start + 1)
	if end == start+1 {
		p.advance(end)
		if p.peek() == '.' {
			return nil, p.fail("Floats must start with a digit, not '.'.")
		}
		return nil, p.fail("Expected a digit but got '%s'.", p.found())
	}
	if p.at(end) == '.' {
		return p.float(end)
	}
	unit, end := p.suffix(end)
	return p.integer(end, unit)
}

// digits returns the offset after the digits at off.
func (p *parser) digits(off int) int {
	for isDigit(p.at(off)) {
		off++
	}
	return off
}

// suffix returns what a size suffix at off multiplies by, 1 if there is none,
// and the offset after it.
func (p *parser) suffix(off int) (unit float64, end int) {
	i := strings.IndexByte("kmgtpe", p.at(off)|0x20)
	if i < 0 || p.at(off) == 0 {
		return 1, off
	}
	base, end := 1000.0, off+1
	if c := p.at(end) | 0x20; c == 'i' {
		base, end = 1024, end+1
	}
	if c := p.at(end) | 0x20; c == 'b' {
		base, end = 1024, end+1
	}
	return math.Pow(base, float64(i+1)), end
}

// wordEnds says whether a number may end at off.
func (p *parser) wordEnds(off int) bool {
	return off >= len(p.text) || endsWord(p.text[off]) && p.text[off] != '\''
}

// integer parses the digits up to end, the last ones being the unit's suffix.
func (p *parser) integer(end int, unit float64) (*Value, *Error) {
	v := &Value{Kind: KindInt, Pos: p.pos()}
	written := p.text[p.off:end]
	n, err := strconv.ParseInt(strings.TrimRight(written, "kmgtpeibKMGTPEIB"), 10, 64)
	factor := int64(unit) // all units are at most 1024^6 = 2^60
	if err != nil || n != 0 && (n*factor)/factor != n {
		return nil, failValue(v.Pos, "integer '%s' is out of the range", written)
	}
	v.Int = n * factor
	p.advance(end)
	return v, nil
}

// float parses a number whose dot is at the offset dot. More than one dot, or a
// colon, make it an address and thus a string.
func (p *parser) float(dot int) (*Value, *Error) {
	v := &Value{Kind: KindFloat, Pos: p.pos()}
	end := p.digits(dot + 1)
	if end == dot+1 {
		p.advance(end)
		return nil, p.fail("Floats must have a digit after the '.', but got '%s' instead.", p.found())
	}
	if c := p.at(end); c == '.' || c == ':' {
		return p.word()
	}
	written := p.text[p.off:end]
	f, err := strconv.ParseFloat(written, 64)
	if err != nil {
		return nil, failValue(v.Pos, "float '%s' is out of the range", written)
	}
	v.Float = f
	p.advance(end)
	return v, nil
}

// datetimeLayout is the only form of a date, in which digits stand for digits.
const datetimeLayout = "2006-01-02T15:04:05Z"

// datetime parses a point in time.
func (p *parser) datetime() (*Value, *Error) {
	v := &Value{Kind: KindTime, Pos: p.pos()}
	for i := range len(datetimeLayout) {
		want, off := datetimeLayout[i], p.off+i
		if isDigit(want) && !isDigit(p.at(off)) {
			p.advance(off)
			return nil, p.fail("Expected digit in ISO8601 datetime, but found '%s' instead.", p.found())
		}
		if !isDigit(want) && p.at(off) != want {
			p.advance(off)
			return nil, p.fail("Expected '%c' in ISO8601 datetime, but found '%s' instead.", want, p.found())
		}
	}
	written := p.text[p.off : p.off+len(datetimeLayout)]
	t, err := time.Parse(datetimeLayout, written)
	if err != nil {
		return nil, failValue(v.Pos, "expected Zulu formatted DateTime, but got '%s'", written)
	}
	v.Time = t
	p.advance(p.off + len(datetimeLayout))
	return v, nil
}
