package flate

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
		bits |= load64(in, pos) << (nb & 63)
		pos += int((63 - nb) >> 3)
		nb |= 56

		// Two or three literals fit into these 56 bits.
		e := t.lit[bits&(1<<litBits-1)]
		if e&entryLiteral != 0 {
			bits, nb = drop(bits, nb, e)
			out[n] = byte(e >> entryValue)
			n++
			e = t.lit[bits&(1<<litBits-1)]
			if e&entryLiteral != 0 {
				bits, nb = drop(bits, nb, e)
				out[n] = byte(e >> entryValue)
				n++
				e = t.lit[bits&(1<<litBits-1)]
				if e&entryLiteral != 0 {
					bits, nb = drop(bits, nb, e)
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
				bits, nb = drop(bits, nb, e)
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
				bits, nb = drop(bits, nb, e)
				break
			}
		}
		length := int(e>>entryValue) + int(bits&(1<<(e&entryBitsMask)-1)>>(e>>entryCodeLen&entryLenMask))
		bits, nb = drop(bits, nb, e)

		if nb < maxDistBits {
			bits |= load64(in, pos) << (nb & 63)
			pos += int((63 - nb) >> 3)
			nb |= 56
		}
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
		bits, nb = drop(bits, nb, e)

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
		if dist < 8 {
			copyNear(out, n, dist, length)
			n += length
			continue
		}
		for end := n + length; ; n += 8 {
			store64(out, n, load64(out, n-dist))
			if n+8 >= end {
				n = end
				break
			}
		}
	}
	d.pos, d.bits, d.nb = pos, bits, nb
	return n, s, more
}

// drop takes the bits of the entry e out of the buffer of bits.
func drop(bits, nb uint64, e uint32) (uint64, uint64) {
	return bits >> (e & entryBitsMask), nb - uint64(e&entryBitsMask)
}

// copyNear copies a match of less than eight bytes distance to index n of out,
// in words: of each, dist bytes are right, and the others are written once more
// with the next. It writes up to eight bytes beyond the match.
func copyNear(out []byte, n, dist, length int) {
	if dist == 1 {
		v := uint64(out[n-1]) * 0x0101010101010101
		for ; length > 0; length -= 8 {
			store64(out, n, v)
			n += 8
		}
		return
	}
	for ; length > 0; length -= dist {
		store64(out, n, load64(out, n-dist))
		n += dist
	}
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
