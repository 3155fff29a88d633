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

// The symbols of the code for code lengths that are no lengths themselves.
const (
	repeatLast     = 16 // the last length, 3 to 6 times
	repeatZero     = 17 // 3 to 10 times
	repeatZeroLong = 18 // 11 to 138 times
)

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
	if !fillTable(d.pre[:], maxPreBits, pre[:], preEntries[:]) {
		return false
	}
	lens := d.lens[:lits+dists]
	if !d.codeLengths(lens) {
		return false
	}
	return lens[endOfBlock] != 0 && // or else the block could not end
		fillTable(d.own.lit[:], litBits, lens[:lits], litEntries[:]) &&
		fillTable(d.own.dist[:], distBits, lens[lits:], distEntries[:])
}

// codeLengths reads the lengths of the codes of a block.
func (d *Decoder) codeLengths(lens []uint8) bool {
	for i := 0; i < len(lens); {
		if d.nb < maxPreBits+7 && !d.take() {
			return false
		}
		e := d.pre[d.bits&(preSize-1)]
		if e&entryInvalid != 0 {
			return false
		}
		d.skip(e & entryBitsMask)
		s := uint8(e >> entryValue)
		if s < repeatLast {
			lens[i] = s
			i++
			continue
		}
		var n int
		s, n = d.repeat(s)
		if s == repeatLast {
			if i == 0 {
				return false
			}
			s = lens[i-1]
		}
		if n > len(lens)-i {
			return false
		}
		for end := i + n; i < end; i++ {
			lens[i] = s
		}
	}
	return true
}

// repeat takes the extra bits of the symbol s. It returns the length that is
// repeated, or repeatLast, and how many times.
func (d *Decoder) repeat(s uint8) (uint8, int) {
	var n, bits uint32
	switch s {
	case repeatLast:
		n, bits = 3, 2
	case repeatZero:
		s, n, bits = 0, 3, 3
	default:
		s, n, bits = 0, 11, 7
	}
	n += uint32(d.bits) & (1<<bits - 1)
	d.skip(bits)
	return s, int(n)
}
