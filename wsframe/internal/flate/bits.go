package flate

import "slices"

// A bitWriter appends bits to a buffer, lowest bit of a byte first.
type bitWriter struct {
	out  []byte
	bits uint64
	nb   uint // bits that are used in bits, less than 8 between calls of put
}

// reserve makes room for n bytes and for writing a word beyond them. It must
// be called before bits are written.
func (w *bitWriter) reserve(n int) { w.out = slices.Grow(w.out, n+8) }

// put writes the lowest n bits of v, 56 at most; the others must be zero.
func (w *bitWriter) put(v uint64, n uint) {
	w.bits |= v << (w.nb & 7)
	w.nb += n
	store64(w.out, len(w.out), w.bits)
	w.out = w.out[:len(w.out)+int(w.nb>>3)]
	w.bits >>= w.nb & 56
	w.nb &= 7
}

// align fills the byte that is begun with zeros.
func (w *bitWriter) align() { w.put(0, -w.nb&7) }
