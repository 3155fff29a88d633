package flate

// A codeHeader is the header of a block with codes of its own: the lengths of
// these codes, told by run lengths and with yet another code.
type codeHeader struct {
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
	clear(h.pre.freq[:numCodeLen])
	h.n = 0
	h.lits = int(lit.symbols[lit.used-1]) + 1 // the end of the block at least
	h.dists = 1
	if dist.used > 0 {
		h.dists = int(dist.symbols[dist.used-1]) + 1
	}
	h.lengths(lit)
	h.lengths(dist)
	if dist.used == 0 {
		h.zeros(1)
	}

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

// lengths adds the lengths of the code p.
func (h *codeHeader) lengths(p *prefixCode) {
	s := 0 // next symbol
	for i := 0; i < p.used; {
		first := int(p.symbols[i])
		h.zeros(first - s)
		n := p.codes[first] & codeLenMask
		s = first + 1
		for i++; i < p.used && int(p.symbols[i]) == s && p.codes[s]&codeLenMask == n; i++ {
			s++
		}
		h.run(uint16(n), s-first)
	}
}

// zeros adds symbols for that many lengths of 0.
func (h *codeHeader) zeros(run int) {
	for run >= 3 {
		k := min(run, 138)
		if k <= 10 {
			h.put(repeatZero, k-3)
		} else {
			h.put(repeatZeroLong, k-11)
		}
		run -= k
	}
	for range run {
		h.put(0, 0)
	}
}

// run adds symbols for that many lengths of n.
func (h *codeHeader) run(n uint16, run int) {
	h.put(n, 0)
	for run--; run >= 3; {
		k := min(run, 6)
		h.put(repeatLast, k-3)
		run -= k
	}
	for range run {
		h.put(n, 0)
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
