package flate

import "encoding/binary"

// header reads what stands at the beginning of a block and sets up d for its
// contents. It returns false if that is damaged.
func (d *Decoder) header() bool {
	if !d.take() {
		return false
	}
	d.final = d.bits&1 != 0
	kind := d.bits >> 1 & 3
	d.skip(3)
	switch kind {
	case stored:
		return d.storedHeader()
	case fixedCodes:
		d.codes = fixedTables
		return true
	case dynamicCodes:
		d.codes = &d.own
		return d.dynamicHeader()
	}
	return false
}

// storedHeader reads the length of a stored block.
func (d *Decoder) storedHeader() bool {
	d.align()
	if len(d.in)-d.pos < 4 && !d.advance() {
		return false
	}
	// Where the stream is over, this reads zeros too: then the two do not match, or
	// what they announce is not there.
	n := binary.LittleEndian.Uint16(d.in[d.pos:])
	if binary.LittleEndian.Uint16(d.in[d.pos+2:]) != ^n {
		return false
	}
	d.pos += 4
	d.storedLen = int(n)
	return true
}

// dynamicHeader reads the codes of a block.
func (d *Decoder) dynamicHeader() bool {
	lits := int(d.bits&31) + 257
	dists := int(d.bits>>5&31) + 1
	pres := int(d.bits>>10&15) + 4
	d.skip(14)
	if lits > numLitLen || dists > numDist {
		return false
	}

	var pre [numCodeLen]uint8
	for i := range pres {
		if i == 0 || i == numCodeLen/2 { // 30 bits of the 56 that are there
			if !d.take() {
				return false
			}
		}
		pre[codeLenOrder[i]] = uint8(d.bits & 7)
		d.skip(3)
	}
	d.litCode.reset()
	for s, n := range pre {
		d.litCode.add(s, n)
	}
	if !d.litCode.fill(d.pre[:], maxPreBits, preEntries[:]) {
		return false
	}

	// A run of equal lengths may go on from the literals to the distances.
	last, run, ok := d.readCode(&d.litCode, lits, noLength, 0)
	if !ok || !d.litCode.has(endOfBlock) {
		return false
	}
	if _, run, ok = d.readCode(&d.distCode, dists, last, run); !ok || run > 0 {
		return false
	}
	return d.litCode.fill(d.own.lit[:], litBits, litEntries[:]) &&
		d.distCode.fill(d.own.dist[:], distBits, distEntries[:])
}

// The symbols of the code for code lengths that are no lengths themselves.
const (
	repeatLast     = 16 // the last length, 3 to 6 times
	repeatZero     = 17 // 3 to 10 times
	repeatZeroLong = 18 // 11 to 138 times

	maxRepeatBits = 7 // that follow them

	noLength = 0xff // instead of a last length, where there was none
)

// readCode reads a code of so many symbols. It begins with what is left of a
// run of the last length that was read before, and returns the same.
func (d *Decoder) readCode(c *code, symbols int, last uint8, run int) (uint8, int, bool) {
	c.reset()
	s, run := c.addRun(0, symbols, last, run)
	for s < symbols {
		if !d.take() {
			return 0, 0, false
		}
		s, last = d.readLengths(c, s, symbols, last)
		if s == symbols || d.nb < maxPreBits+maxRepeatBits {
			continue
		}
		e := d.pre[d.bits&(preSize-1)]
		if e&entryInvalid != 0 {
			return 0, 0, false
		}
		d.skip(e & entryBitsMask)
		last, run = d.repeat(uint8(e>>entryValue), last)
		if last == noLength {
			return 0, 0, false
		}
		s, run = c.addRun(s, symbols, last, run)
	}
	return last, run, true
}

// readLengths reads lengths that are told one by one, as long as there are
// bits, of symbols from s to before end. It returns the next symbol and the
// last length. Like the loop over symbols it keeps its state in variables.
func (d *Decoder) readLengths(c *code, s, end int, last uint8) (int, uint8) {
	bits, nb, used := d.bits, d.nb, c.used
	for nb >= maxPreBits && s < end {
		e := d.pre[bits&(preSize-1)]
		if e&entrySpecial != 0 {
			break
		}
		bits, nb = drop(bits, nb, e)
		last = uint8(e >> entryValue)
		c.symbols[used] = uint16(s)
		c.lens[used] = last
		c.count[last&entryLenMask]++
		used += int(last+maxCodeBits) >> 4 // see code.add
		s++
	}
	d.bits, d.nb, c.used = bits, nb, used
	return s, last
}

// repeat takes the extra bits of a symbol that is no length. It returns the
// length that is repeated and how many times.
func (d *Decoder) repeat(symbol, last uint8) (uint8, int) {
	var n, bits uint32
	switch symbol {
	case repeatLast:
		n, bits = 3, 2
	case repeatZero:
		last, n, bits = 0, 3, 3
	default:
		last, n, bits = 0, 11, 7
	}
	n += uint32(d.bits) & (1<<bits - 1)
	d.skip(bits)
	return last, int(n)
}
