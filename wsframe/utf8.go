package wsframe

import "unicode/utf8"

// UTF8 checks text that comes in pieces. It fails as early as can be: at the
// first byte that cannot be part of a character whatever follows. The zero
// value is ready.
type UTF8 struct {
	need   uint8 // bytes that the last character still lacks
	lo, hi uint8 // what the first of them may be
	bad    bool
}

// Feed reports whether p can follow what came before. Once it has said no it
// does not change its mind.
func (u *UTF8) Feed(p []byte) bool {
	if u.bad {
		return false
	}
	for u.need > 0 && len(p) > 0 {
		if !u.step(p[0]) {
			return false
		}
		p = p[1:]
	}
	whole := len(p) - partial(p)
	if !utf8.Valid(p[:whole]) {
		u.bad = true
		return false
	}
	for _, c := range p[whole:] {
		if !u.step(c) {
			return false
		}
	}
	return true
}

// Complete reports whether what came so far is valid and does not end within a
// character.
func (u *UTF8) Complete() bool { return u.need == 0 && !u.bad }

// Reset makes u ready for another text.
func (u *UTF8) Reset() { *u = UTF8{} }

// step takes one byte: the first of a character if none is open.
func (u *UTF8) step(c byte) bool {
	if u.need > 0 {
		if c < u.lo || c > u.hi {
			u.bad = true
			return false
		}
		u.need, u.lo, u.hi = u.need-1, 0x80, 0xbf
		return true
	}
	u.lo, u.hi = 0x80, 0xbf
	switch {
	case c < 0x80:
		return true
	case c < 0xc2: // a continuation, or overlong in two bytes
		u.bad = true
	case c < 0xe0:
		u.need = 1
	case c < 0xf0:
		u.need = 2
		switch c {
		case 0xe0: // below is overlong
			u.lo = 0xa0
		case 0xed: // above are surrogates
			u.hi = 0x9f
		}
	case c < 0xf5:
		u.need = 3
		switch c {
		case 0xf0: // below is overlong
			u.lo = 0x90
		case 0xf4: // above is beyond U+10FFFF
			u.hi = 0x8f
		}
	default:
		u.bad = true
	}
	return !u.bad
}

// partial is the length of the character that p ends within, 0 if there is none.
func partial(p []byte) int {
	for n := 1; n <= min(3, len(p)); n++ {
		switch c := p[len(p)-n]; {
		case c < 0x80:
			return 0
		case c >= 0xc0:
			if n < size(c) {
				return n
			}
			return 0
		}
	}
	return 0
}

// size is the length of the character that begins with c, which is 0xc0 or more.
func size(c byte) int {
	switch {
	case c < 0xe0:
		return 2
	case c < 0xf0:
		return 3
	}
	return 4
}
