package flate

// input is a stream of bits, lowest bit of the first byte first, that comes in
// pieces and ends with a fixed tail.
//
// The loop over symbols wants to read eight bytes at once and not to ask
// whether they are there. So it reads from a segment, in, which is either one
// of the pieces or, around the borders of pieces, a copy of some bytes before
// and after the border. The last segment is a copy with zeros behind the end;
// reading zeros is no harm, having used them is noticed afterwards.
type input struct {
	in  []byte // the segment
	pos int    // the next byte of in that is not in bits

	// bits holds the next nb bits of input. Above them may stand bits that
	// come after, in their right places, as refill leaves them.
	bits uint64
	nb   uint64

	pieces [][]byte // not begun
	piece  []byte   // the piece that in is, or that in ends with a part of
	copied int      // how many bytes of piece in holds; all of them where in is piece
	before int      // bytes of the stream before in
	length int      // bytes in the stream without its tail
	end    int      // in the last segment, where the stream with its tail ends
	last   bool     // in is the last segment
	edge   [edgeSize + len(streamTail) + edgeZeros]byte
}

const (
	// margin is how many bytes the loop over symbols needs to have ahead in
	// the segment: it fills bits twice before it looks again.
	margin = 16
	// edgeSize is how much of the stream a segment around a border holds. It
	// begins with what is left, which is less than margin and the eight bytes
	// that may have been given back, and reaches over the border by more.
	edgeSize = 48
	// edgeZeros is how many zeros follow the end of the stream. When the loop
	// stops for want of margin bytes, it has used at least one of them.
	edgeZeros = 2 * margin
)

// streamTail is what a sender of RFC 7692 has removed from the end.
const streamTail = "\x00\x00\xff\xff"

// reset begins the stream that pieces and the tail are.
func (in *input) reset(pieces [][]byte) {
	in.in, in.pos, in.bits, in.nb = nil, 0, 0, 0
	in.pieces, in.piece, in.copied = pieces, nil, 0
	in.before, in.end, in.last = 0, 0, false
	in.length = 0
	for _, p := range pieces {
		in.length += len(p)
	}
}

// release forgets the caller's memory.
func (in *input) release() { in.in, in.piece, in.pieces = nil, nil, nil }

// unread gives whole bytes back to the segment, so that fewer than eight bits
// remain.
func (in *input) unread() {
	in.pos -= int(in.nb >> 3)
	in.nb &= 7
	in.bits &= 1<<in.nb - 1
}

// align drops the bits up to the next byte.
func (in *input) align() {
	in.unread()
	in.bits, in.nb = 0, 0
}

// advance goes on to a segment with margin bytes ahead. It returns false if
// there is none, because the last segment is used up.
func (in *input) advance() bool {
	in.unread()
	if in.last {
		return false
	}
	left := len(in.in) - in.pos
	in.before += in.pos
	// All that is left is part of a piece: go over to the piece itself.
	if left <= in.copied && len(in.piece)-in.copied+left >= margin {
		in.in, in.pos = in.piece, in.copied-left
		in.before -= in.pos
		in.copied = len(in.piece)
		return true
	}
	// Nothing is left and the next piece is long enough: begin it.
	if left == 0 && in.copied == len(in.piece) && len(in.pieces) > 0 && len(in.pieces[0]) >= margin {
		in.piece, in.pieces = in.pieces[0], in.pieces[1:]
		in.in, in.pos, in.copied = in.piece, 0, len(in.piece)
		return true
	}
	n := copy(in.edge[:], in.in[in.pos:])
	in.pos = 0
	for n < edgeSize {
		if in.copied == len(in.piece) {
			if len(in.pieces) == 0 {
				in.terminate(n)
				return true
			}
			in.piece, in.pieces, in.copied = in.pieces[0], in.pieces[1:], 0
		}
		k := copy(in.edge[n:edgeSize], in.piece[in.copied:])
		in.copied += k
		n += k
	}
	in.in = in.edge[:n]
	return true
}

// terminate makes the segment, of which n bytes are filled, the last one.
func (in *input) terminate(n int) {
	n += copy(in.edge[n:], streamTail)
	in.in = in.edge[:n+edgeZeros]
	clear(in.in[n:])
	in.end, in.last = n, true
}

// over reports whether more bits were used than there are.
func (in *input) over() bool {
	return in.last && in.pos*8-int(in.nb) > in.end*8
}

// done reports whether all bits have been used.
func (in *input) done() bool {
	return in.last && in.pos*8-int(in.nb) == in.end*8
}

// offset returns how many bytes were begun to be used, the tail not counted.
func (in *input) offset() int {
	return min(in.length, in.before+in.pos-int(in.nb>>3))
}

// atTail reports, on a byte border, whether only the tail is left.
func (in *input) atTail() bool { return in.before+in.pos == in.length }

// take fills bits with at least 56 bits, of which some may lie behind the end.
func (in *input) take() bool {
	if in.pos > len(in.in)-margin && !in.advance() {
		return false
	}
	in.bits |= load64(in.in, in.pos) << (in.nb & 63)
	in.pos += int((63 - in.nb) >> 3)
	in.nb |= 56
	return true
}

// skip drops n bits, which must be there.
func (in *input) skip(n uint32) {
	in.bits >>= n & 63
	in.nb -= uint64(n)
}
