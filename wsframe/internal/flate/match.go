package flate

import "math/bits"

const (
	// tableBits is the size of the table of positions. With four bytes each
	// it is as large as two of the first caches of a processor.
	tableBits = 15
	// hashBytes is how many bytes are hashed. Matches are at least so long,
	// or a little shorter by accident: short ones save next to nothing.
	hashBytes = 6
	hashPrime = 227718039650203 // a prime below 2^48
	// checked is how many bytes of a candidate are compared before it is
	// taken for a match.
	checked = 4
	// tailBytes is how many bytes at the end of a buffer no match begins in:
	// eight are loaded at once.
	tailBytes = 8
	// skipShift makes the search go faster the longer it finds nothing: one
	// byte more at a time for every 2^skipShift bytes.
	skipShift = 5
	// thorough is how long a block is at most that is searched at every byte.
	// In longer ones every other byte has to do: what is found there can be
	// extended to the byte before it.
	thorough = 4 << 10
)

// A Matcher remembers where in a buffer strings have been seen. The zero value
// must be reset.
type Matcher struct {
	table [1 << tableBits]uint32
	// base is added to positions in the table, which is therefore never
	// cleared: by growing, base makes all that the table holds point further
	// back than a match may reach.
	base   uint32
	seen   uint32 // end of the buffer that has been seen
	window uint32
}

// maxBase is where base begins again. Positions up to maxAtOnce are added to it.
const maxBase = 1 << 31

// Reset forgets everything. Matches will reach back window bytes at most, from
// 1 to WindowSize.
func (m *Matcher) Reset(window int) {
	m.base += m.seen + WindowSize
	m.seen, m.window = 0, uint32(window)
	m.limit()
}

// Slide tells m that the buffer has lost its first n bytes. It still holds all
// that the window reaches, or all there was.
func (m *Matcher) Slide(n int) {
	m.base += uint32(n)
	m.seen -= uint32(n)
	m.limit()
}

// limit keeps positions within 32 bits. It costs matches once in a while.
func (m *Matcher) limit() {
	if m.base >= maxBase || m.base <= WindowSize {
		clear(m.table[:])
		m.base = WindowSize + 1
	}
}

// find finds matches in buf[s:end] and returns the end of the block that they
// make, which is end unless there are too many.
func (e *Encoder) find(m *Matcher, buf []byte, s, end int) int {
	m.seen = uint32(end)
	var (
		table   = &m.table
		base    = m.base
		window  = m.window
		emitted = s // everything before it is in matches
		last    = end - tailBytes
		n       = 0
		step    = 1
	)
	if end-s > thorough {
		step = 2
	}
	for s <= last {
		v := load64(buf, s)
		h := hash(v)
		here := base + uint32(s)
		dist := here - table[h]
		table[h] = here
		// A distance of 0 is the position itself, from the block before.
		if dist-1 >= window || load32(buf, s-int(dist)) != uint32(v) {
			s += step + (s-emitted)>>skipShift
			continue
		}
		c := s - int(dist)
		stop := s + checked + matchLen(buf, s+checked, c+checked, end)
		if c >= 8 {
			// Without a loop, whose end could not be predicted.
			x := load64(buf, s-8) ^ load64(buf, c-8)
			s -= min(bits.LeadingZeros64(x)>>3, s-emitted)
		}
		if n+(stop-s)/maxMatch+1 > maxMatches {
			end = emitted
			break
		}
		n = e.put(n, s-emitted, stop-s, int(dist))
		s, emitted = stop, stop
		if s > last {
			break
		}
		table[hash(load64(buf, s-1))] = base + uint32(s-1)
	}
	e.n = n
	return end
}

// put adds lit literals and a match of any length.
func (e *Encoder) put(n, lit, length, dist int) int {
	for length > maxMatch {
		// What remains must be long enough for a match.
		k := min(maxMatch, length-checked)
		e.matches[n] = match{uint32(lit), uint16(k), uint16(dist)}
		n++
		length -= k
		lit = 0
	}
	e.matches[n] = match{uint32(lit), uint16(length), uint16(dist)}
	return n + 1
}

func hash(v uint64) uint64 {
	return v << (64 - 8*hashBytes) * hashPrime >> (64 - tableBits) & (1<<tableBits - 1)
}

// matchLen returns how many bytes from a on, but before end, are equal to those
// from b on, which is before a.
func matchLen(buf []byte, a, b, end int) int {
	start := a
	for a <= end-8 {
		if x := load64(buf, a) ^ load64(buf, b); x != 0 {
			return a - start + bits.TrailingZeros64(x)>>3
		}
		a, b = a+8, b+8
	}
	for a < end && buf[a] == buf[b] {
		a, b = a+1, b+1
	}
	return a - start
}
