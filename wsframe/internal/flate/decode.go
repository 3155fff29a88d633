package flate

import (
	"encoding/binary"
	"errors"
)

// ErrCorrupt says that the input is no DEFLATE data or ends too early.
// [Decoder.Offset] tells where.
var ErrCorrupt = errors.New("flate: corrupt input")

// A Decoder inflates one message at a time, into buffers that its caller
// chooses. The zero value is ready for [Decoder.Reset].
type Decoder struct {
	input

	// History is what came before the first byte of output, for matches that
	// reach back so far.
	history []byte

	// matchLen bytes at the distance matchDist are still to be copied, for
	// which there was no room.
	matchLen  int
	matchDist int
	// storedLen bytes of a stored block are still to be copied.
	storedLen int

	codes *tables // of the block; nil between blocks and in a stored one
	final bool    // BFINAL of the block
	own   tables
	pre   [preSize]uint32 // table of the code for code lengths
	// The codes as the header of the block tells them, see code.
	litCode, distCode code
}

// Reset begins a message that lies in pieces, without the 00 00 ff ff that its
// sender has removed. Matches may reach back into history, which is what was
// inflated before it. Both are kept until [Decoder.Release].
func (d *Decoder) Reset(pieces [][]byte, history []byte) {
	d.input.reset(pieces)
	d.history = history
	d.matchLen, d.storedLen, d.codes, d.final = 0, 0, nil, false
}

// Release forgets the memory that Reset was given.
func (d *Decoder) Release() {
	d.input.release()
	d.history = nil
}

// Offset returns how many bytes of the message have been used.
func (d *Decoder) Offset() int { return d.input.offset() }

// state says why a step of decoding has ended.
type state uint8

const (
	blockDone state = iota // the block is over
	outFull                // there is more to write than room
	damaged
)

// Decode inflates into out from index n on and returns the index after the
// last byte written. It is done if it returns true, and to be called again
// with more room if it returns false and no error: it fills out completely
// before it asks for more. The bytes of out before n, from index base on, must
// be what was inflated last: if base > 0, everything since Reset.
func (d *Decoder) Decode(out []byte, base, n int) (int, bool, error) {
	for {
		var s state
		switch {
		case d.codes != nil:
			n, s = d.symbols(d.codes, out, base, n)
		case d.storedLen > 0:
			n, s = d.copyStored(out, n)
		}
		switch {
		case s == damaged || d.over():
			return n, false, ErrCorrupt
		case s == outFull:
			return n, false, nil
		}
		d.codes = nil
		if d.final {
			// RFC 7692, 7.2.3.4: a final block ends a DEFLATE stream, not the
			// message. What follows begins on a byte border. A sender has to
			// add an empty block after it; some forget.
			d.final = false
			d.align()
			if d.atTail() {
				return n, true, nil
			}
		}
		if d.done() {
			return n, true, nil
		}
		if !d.header() {
			return n, false, ErrCorrupt
		}
	}
}

// copyStored copies what is left of a stored block.
func (d *Decoder) copyStored(out []byte, n int) (int, state) {
	for d.storedLen > 0 {
		if n == len(out) {
			return n, outFull
		}
		end := len(d.in)
		if d.last {
			end = d.end
		}
		if d.pos >= end {
			if !d.advance() || d.last && d.pos >= d.end {
				return n, damaged
			}
			continue
		}
		k := copy(out[n:], d.in[d.pos:min(end, d.pos+d.storedLen)])
		n += k
		d.pos += k
		d.storedLen -= k
	}
	return n, blockDone
}

// outMargin is how much room the fast loop wants before it decodes symbols:
// three literals, and a word more than the length of a match is written.
const outMargin = 3 + 8

// symbols decodes the symbols of a block with the codes t, see Decode.
func (d *Decoder) symbols(t *tables, out []byte, base, n int) (int, state) {
	if d.matchLen > 0 {
		if n = d.copyMatch(out, base, n); d.matchLen > 0 {
			return n, outFull
		}
	}
	for {
		if d.pos > len(d.in)-margin && !d.advance() {
			return n, damaged
		}
		var s state
		var more bool
		if n > len(out)-outMargin {
			n, s, more = d.slow(t, out, base, n)
		} else {
			n, s, more = d.fast(t, out, base, n)
		}
		if !more {
			return n, s
		}
	}
}

// fast decodes symbols while there is input in the segment and room in out.
// The loop keeps its state in local variables, which is worth a third of its
// time.
func (d *Decoder) fast(t *tables, out []byte, base, n int) (int, state, bool) {
	in, pos, bits, nb := d.in, d.pos, d.bits, d.nb
	s, more := blockDone, true
	inEnd, outEnd := len(in)-margin, len(out)-outMargin
	for pos <= inEnd && n <= outEnd {
		bits |= binary.LittleEndian.Uint64(in[pos:]) << (nb & 63)
		pos += int((63 - nb) >> 3)
		nb |= 56

		// Two or three literals fit into these 56 bits.
		e := t.lit[bits&(1<<litBits-1)]
		if e&entryLiteral != 0 {
			bits >>= e & entryBitsMask
			nb -= uint64(e & entryBitsMask)
			out[n] = byte(e >> entryValue)
			n++
			e = t.lit[bits&(1<<litBits-1)]
			if e&entryLiteral != 0 {
				bits >>= e & entryBitsMask
				nb -= uint64(e & entryBitsMask)
				out[n] = byte(e >> entryValue)
				n++
				e = t.lit[bits&(1<<litBits-1)]
				if e&entryLiteral != 0 {
					bits >>= e & entryBitsMask
					nb -= uint64(e & entryBitsMask)
					out[n] = byte(e >> entryValue)
					n++
					continue
				}
			}
		}
		if e&entrySpecial != 0 {
			if e&entrySub != 0 {
				bits >>= litBits
				nb -= litBits
				e = t.lit[uint64(e>>entryValue)+(bits&(1<<(e>>entryCodeLen&entryLenMask)-1))]
			}
			if e&entryLiteral != 0 {
				bits >>= e & entryBitsMask
				nb -= uint64(e & entryBitsMask)
				out[n] = byte(e >> entryValue)
				n++
				continue
			}
			if e&entrySpecial != 0 {
				more = false
				if e&entryInvalid != 0 {
					s = damaged
					break
				}
				bits >>= e & entryBitsMask
				nb -= uint64(e & entryBitsMask)
				break
			}
		}
		length := int(e>>entryValue) + int(bits&(1<<(e&entryBitsMask)-1)>>(e>>entryCodeLen&entryLenMask))
		bits >>= e & entryBitsMask
		nb -= uint64(e & entryBitsMask)

		bits |= binary.LittleEndian.Uint64(in[pos:]) << (nb & 63)
		pos += int((63 - nb) >> 3)
		nb |= 56
		e = t.dist[bits&(1<<distBits-1)]
		if e&entrySpecial != 0 {
			if e&entrySub != 0 {
				bits >>= distBits
				nb -= distBits
				e = t.dist[uint64(e>>entryValue)+(bits&(1<<(e>>entryCodeLen&entryLenMask)-1))]
			}
			if e&entryInvalid != 0 {
				s, more = damaged, false
				break
			}
		}
		dist := int(e>>entryValue) + int(bits&(1<<(e&entryBitsMask)-1)>>(e>>entryCodeLen&entryLenMask))
		bits >>= e & entryBitsMask
		nb -= uint64(e & entryBitsMask)

		if dist > n-base || length > len(out)-8-n {
			d.matchLen, d.matchDist = length, dist
			if dist > n-base+len(d.history) {
				s, more = damaged, false
				break
			}
			if n = d.copyMatch(out, base, n); d.matchLen > 0 {
				s, more = outFull, false
				break
			}
			continue
		}
		to, from := out[n:n+length+8], out[n-dist:]
		n += length
		switch {
		case dist >= 8:
			for {
				binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from))
				if length <= 8 {
					break
				}
				length -= 8
				to, from = to[8:], from[8:]
			}
		case dist == 1:
			v := uint64(from[0]) * 0x0101010101010101
			for ; length > 0; length -= 8 {
				binary.LittleEndian.PutUint64(to, v)
				to = to[8:]
			}
		default:
			// A word at a time, of which dist bytes are right. Those that are
			// not are written again by the next one.
			for ; length > 0; length -= dist {
				binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from))
				to, from = to[dist:], from[dist:]
			}
		}
	}
	d.pos, d.bits, d.nb = pos, bits, nb
	return n, s, more
}

// slow decodes one symbol, near the end of out.
func (d *Decoder) slow(t *tables, out []byte, base, n int) (int, state, bool) {
	if !d.take() {
		return n, damaged, false
	}
	bits, nb := d.bits, d.nb
	e := d.lookup(t.lit[:], litBits)
	switch {
	case e&entryLiteral != 0 && n == len(out):
		d.bits, d.nb = bits, nb
		return n, outFull, false
	case e&entryLiteral != 0:
		d.skip(e & entryBitsMask)
		out[n] = byte(e >> entryValue)
		return n + 1, blockDone, true
	case e&entryInvalid != 0:
		return n, damaged, false
	case e&entrySpecial != 0:
		d.skip(e & entryBitsMask)
		return n, blockDone, false
	}
	length := d.value(e)
	if !d.take() {
		return n, damaged, false
	}
	e = d.lookup(t.dist[:], distBits)
	if e&entryInvalid != 0 {
		return n, damaged, false
	}
	dist := d.value(e)
	if dist > n-base+len(d.history) {
		return n, damaged, false
	}
	d.matchLen, d.matchDist = length, dist
	if n = d.copyMatch(out, base, n); d.matchLen > 0 {
		return n, outFull, false
	}
	return n, blockDone, true
}

// lookup returns the entry of the next symbol, whose bits are not yet taken
// but for those that lead to a second table.
func (d *Decoder) lookup(table []uint32, bits uint32) uint32 {
	e := table[d.bits&(1<<bits-1)]
	if e&entrySub != 0 && e&entryLiteral == 0 {
		d.skip(bits)
		e = table[uint64(e>>entryValue)+(d.bits&(1<<(e>>entryCodeLen&entryLenMask)-1))]
	}
	return e
}

// value takes the bits of a length or distance and returns it.
func (d *Decoder) value(e uint32) int {
	extra := d.bits & (1<<(e&entryBitsMask) - 1) >> (e >> entryCodeLen & entryLenMask)
	d.skip(e & entryBitsMask)
	return int(e>>entryValue) + int(extra)
}

// copyMatch copies as much of the match in d as there is room for.
func (d *Decoder) copyMatch(out []byte, base, n int) int {
	length := min(d.matchLen, len(out)-n)
	d.matchLen -= length
	end := n + length
	if back := d.matchDist - (n - base); back > 0 {
		n += copy(out[n:end], d.history[len(d.history)-back:])
	}
	for n < end {
		n += copy(out[n:end], out[n-d.matchDist:n])
	}
	return n
}
