package flate

// A codeHeader is the header of a block with codes of its own: the lengths of
// these codes, told by run lengths and with yet another code.
type codeHeader struct {
	lens    [numLitLen + numDist]uint8
	symbols [numLitLen + numDist]uint16 // symbol in bits 0-4, extra bits above
	n       int                         // of symbols
	lits    int                         // literal/length codes told
	dists   int                         // distance codes told
	pres    int                         // lengths of the third code told
	pre     prefixCode
}

// repeatBits is how many extra bits follow the symbols that are no lengths.
var repeatBits = [numCodeLen]uint8{repeatLast: 2, repeatZero: 3, repeatZeroLong: 7}

// build prepares the header for the codes lit and dist and returns how many
// bits it takes.
func (h *codeHeader) build(lit, dist *prefixCode) int {
	h.lits, h.dists = numLitLen, numDist
	for h.lits > endOfBlock+1 && lit.codes[h.lits-1] == 0 {
		h.lits--
	}
	for h.dists > 1 && dist.codes[h.dists-1] == 0 {
		h.dists--
	}
	for i, c := range lit.codes[:h.lits] {
		h.lens[i] = uint8(c)
	}
	for i, c := range dist.codes[:h.dists] {
		h.lens[h.lits+i] = uint8(c)
	}
	clear(h.pre.freq[:numCodeLen])
	h.n = 0
	h.runs(h.lens[:h.lits+h.dists])

	bits := h.pre.build(numCodeLen, maxPreBits)
	for s := repeatLast; s < numCodeLen; s++ {
		bits += int(h.pre.freq[s]) * int(repeatBits[s])
	}
	h.pres = numCodeLen
	for h.pres > 4 && h.pre.codes[codeLenOrder[h.pres-1]] == 0 {
		h.pres--
	}
	return bits + 5 + 5 + 4 + 3*h.pres
}

// runs makes symbols of lens.
func (h *codeHeader) runs(lens []uint8) {
	for i := 0; i < len(lens); {
		n := lens[i]
		end := i + 1
		for end < len(lens) && lens[end] == n {
			end++
		}
		run := end - i
		i = end
		if n != 0 {
			h.put(uint16(n), 0)
			run--
		}
		for run >= 3 {
			switch {
			case n != 0:
				k := min(run, 6)
				h.put(repeatLast, k-3)
				run -= k
			case run <= 10:
				h.put(repeatZero, run-3)
				run = 0
			default:
				k := min(run, 138)
				h.put(repeatZeroLong, k-11)
				run -= k
			}
		}
		for range run {
			h.put(uint16(n), 0)
		}
	}
}

func (h *codeHeader) put(symbol uint16, extra int) {
	h.symbols[h.n] = symbol | uint16(extra)<<5
	h.n++
	h.pre.freq[symbol]++
}

// write writes what follows the kind of the block.
func (h *codeHeader) write(w *bitWriter) {
	w.put(uint64(h.lits-endOfBlock-1)|uint64(h.dists-1)<<5|uint64(h.pres-4)<<10, 14)
	for _, s := range codeLenOrder[:h.pres] {
		w.put(uint64(h.pre.codes[s]&codeLenMask), 3)
	}
	for _, s := range h.symbols[:h.n] {
		c := h.pre.codes[s&31]
		n := uint(c & codeLenMask)
		w.put(uint64(c>>codeShift)|uint64(s>>5)<<n, n+uint(repeatBits[s&31]))
	}
}
