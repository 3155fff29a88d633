package flate

import "errors"

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
