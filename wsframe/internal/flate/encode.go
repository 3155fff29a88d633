package flate

// An Encoder deflates one message at a time. What it has found stands in
// fixed arrays, so it allocates nothing but room in its caller's buffer, and
// it keeps nothing between messages: what may be referred to later is in the
// caller's buffer and in a [Matcher]. The zero value is ready.
type Encoder struct {
	matches [maxMatches]match
	n       int // of them in the block

	lit    prefixCode
	dist   prefixCode
	header codeHeader
}

const (
	// blockSize is how much a block holds at most. More would spread the cost
	// of its header thinner but mix what has different statistics.
	blockSize = 64 << 10
	// maxMatches is how many matches a block holds at most.
	maxMatches = 8 << 10
	// maxAtOnce is how much is deflated with one view of positions, which
	// have 32 bits.
	maxAtOnce = 1 << 30
)

// A match stands for lit literals and the match that follows them.
type match struct {
	lit    uint32
	length uint16
	dist   uint16
}

// Append appends buf[from:] deflated to dst, as blocks of which none is final,
// followed by an empty stored block, so that the result ends on a byte border
// with 00 00 ff ff. Matches refer to buf[:from] as well if m has seen it; m
// must be reset if it saw anything else last.
func (e *Encoder) Append(dst []byte, m *Matcher, buf []byte, from int) []byte {
	return e.appendParts(dst, m, buf, from, maxAtOnce)
}

// appendParts is Append for parts of so many bytes. Those after the first one
// do not refer to it.
func (e *Encoder) appendParts(dst []byte, m *Matcher, buf []byte, from, part int) []byte {
	for len(buf)-from > part {
		dst = e.flush(dst, m, buf[:from+part], from)
		buf, from = buf[from+part:], 0
		m.Reset(int(m.window))
	}
	return e.flush(dst, m, buf, from)
}

// flush appends the blocks for buf[from:] and the empty stored block.
func (e *Encoder) flush(dst []byte, m *Matcher, buf []byte, from int) []byte {
	w := bitWriter{out: dst}
	for from < len(buf) {
		end := len(buf)
		if rest := end - from; rest > blockSize {
			// Halves rather than a block and a scrap, which is hardly worth
			// a header of its own.
			end = from + min(blockSize, (rest+1)/2)
		}
		end = e.find(m, buf, from, end)
		e.write(&w, buf[from:end])
		from = end
	}
	w.reserve(1)
	w.put(stored<<1, 3)
	w.align()
	return append(w.out, streamTail...)
}
