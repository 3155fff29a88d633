package flate

import "math/bits"

// lengthInfo tells of each length of a match, less three, its symbol in bits
// 0-8, how many extra bits it has in bits 9-12 and what they are from 16 on.
var lengthInfo = makeLengthInfo()

func makeLengthInfo() (t [maxMatch - minMatch + 1]uint32) {
	for i := range lengthBase {
		for extra := range 1 << lengthExtra[i] {
			// The last symbol comes after the one before could say the same.
			if n := int(lengthBase[i]) + extra - minMatch; n < len(t) {
				t[n] = uint32(endOfBlock+1+i) | uint32(lengthExtra[i])<<9 | uint32(extra)<<16
			}
		}
	}
	return t
}

// distSymbol returns the symbol of a distance and how many extra bits it has;
// they are the lowest of dist-1.
func distSymbol(dist uint16) (symbol, extra uint) {
	d := uint(dist - 1)
	if d < 4 {
		return d, 0
	}
	extra = uint(bits.Len(d)) - 2
	return 2*extra + d>>extra, extra
}

// fixedLit and fixedDist are the fixed codes.
var fixedLit, fixedDist = makeFixedCodes()

func makeFixedCodes() (lit, dist *prefixCode) {
	lit, dist = new(prefixCode), new(prefixCode)
	var count [maxCodeBits + 1]uint32
	lit.used = numFixedLitLen
	for s := range lit.codes {
		n := fixedLitLen(s)
		lit.codes[s] = uint32(n)
		lit.symbols[s] = uint16(s)
		count[n]++
	}
	var next [maxCodeBits + 1]uint32
	for n := 1; n <= maxCodeBits; n++ {
		next[n] = (next[n-1] + count[n-1]) << 1
	}
	lit.number(&next)
	dist.used = numFixedDist
	for s := range numFixedDist {
		dist.codes[s] = fixedDistLen
		dist.symbols[s] = uint16(s)
	}
	dist.number(&[maxCodeBits + 1]uint32{})
	return lit, dist
}

// minDynamic is how many bits a block must have with the fixed codes to be tried
// with codes of its own. Their header takes some 400 and making them more time
// than all else in a short message.
const minDynamic = 1400

// write writes src, whose matches have been found, as one block.
func (e *Encoder) write(w *bitWriter, src []byte) {
	if e.looksRandom(src) {
		e.writeStored(w, src)
		return
	}
	lits, extra := e.count(src)
	best := 3 + extra + e.fixedBits(lits)
	lit, dist := fixedLit, fixedDist
	if best >= minDynamic {
		n := 3 + extra
		n += e.lit.build(numLitLen, maxLitBits)
		n += e.dist.build(numDist, maxCodeBits)
		n += e.header.build(&e.lit, &e.dist)
		if n < best {
			best, lit, dist = n, &e.lit, &e.dist
		}
	}
	if storedBits(len(src)) < best {
		e.writeStored(w, src)
		return
	}
	w.reserve(best/8 + 1)
	if lit == fixedLit {
		w.put(fixedCodes<<1, 3)
	} else {
		w.put(dynamicCodes<<1, 3)
		e.header.write(w)
	}
	e.writeSymbols(w, src, &lit.codes, &dist.codes)
}

const (
	// probes is how many bytes of a block are looked at to find out whether
	// it is worth while to count all of them.
	probes = 512
	// probedFrom is how long a block must be for that.
	probedFrom = 2 * probes
	// fewMatched is the part of the block, as a divisor, in which no matches
	// were found where that question is asked.
	fewMatched = 16
	// randomSquares is the sum of squares of the frequencies of probes that
	// passes for random. All values being equally likely gives 1534 on
	// average and 45 more or less; with 1822, an ideal code saves 4 %.
	randomSquares = probes + probes*probes/200
)

// looksRandom reports whether src is surely not worth a code: encrypted or
// already compressed.
func (e *Encoder) looksRandom(src []byte) bool {
	if len(src) < probedFrom {
		return false
	}
	matched := 0
	for _, m := range e.matches[:e.n] {
		matched += int(m.length)
	}
	if matched > len(src)/fewMatched {
		return false
	}
	var freq [256]uint16
	squares, stride := 0, (len(src)/probes-1)|1 // odd, for what has columns
	for i := range probes {
		f := &freq[src[i*stride]]
		squares += int(2**f + 1) // (f+1)² - f²
		*f++
	}
	return squares < randomSquares
}

// count counts how often each symbol occurs. It returns how many literals there
// are, and how many extra bits the other symbols have.
func (e *Encoder) count(src []byte) (lits, extra int) {
	clear(e.lit.freq[:])
	clear(e.dist.freq[:numDist])
	lit, p := &e.lit.freq, 0
	for _, m := range e.matches[:e.n] {
		run := int(m.lit)
		lits += run
		next := p + run + int(m.length)
		for ; run > 4; run -= 4 {
			v := load32(src, p)
			lit[v&0xff]++
			lit[v>>8&0xff]++
			lit[v>>16&0xff]++
			lit[v>>24]++
			p += 4
		}
		// Up to four more without a branch: most runs are short, but how short
		// could not be predicted.
		v := load32(src, p)
		p = next
		lit[v&0xff] -= uint32((0 - run) >> 63)
		lit[v>>8&0xff] -= uint32((1 - run) >> 63)
		lit[v>>16&0xff] -= uint32((2 - run) >> 63)
		lit[v>>24] -= uint32((3 - run) >> 63)
		lit[lengthInfo[(m.length-minMatch)&0xff]&0x1ff]++
		s, x := distSymbol(m.dist)
		e.dist.freq[s]++
		extra += int(x)
	}
	for _, b := range src[p:] {
		lit[b]++
	}
	lits += len(src) - p
	lit[endOfBlock] = 1
	for i, x := range lengthExtra {
		extra += int(x) * int(lit[endOfBlock+1+i])
	}
	return lits, extra
}

// fixedBits returns how many bits the symbols, lits of them literals, take with
// the fixed codes, without extra bits.
func (e *Encoder) fixedBits(lits int) int {
	const firstNine, firstEight = 144, 280 // where codes have 9 bits, and 8 again
	nine, eight := 0, 0
	for _, f := range e.lit.freq[firstNine:endOfBlock] {
		nine += int(f)
	}
	for _, f := range e.lit.freq[firstEight:] {
		eight += int(f)
	}
	return 8*lits + nine + 7*(e.n+1) + eight + fixedDistLen*e.n
}

// storedBits returns how many bits n bytes take at most in stored blocks.
func storedBits(n int) int {
	return n*8 + (n+maxStored-1)/maxStored*(3+7+32)
}

// writeStored writes src as stored blocks.
func (e *Encoder) writeStored(w *bitWriter, src []byte) {
	for len(src) > 0 {
		n := min(len(src), maxStored)
		w.reserve(n + 6)
		w.put(stored<<1, 3)
		w.align()
		w.put(uint64(n)|uint64(^uint16(n))<<16, 32)
		w.out = append(w.out, src[:n]...)
		src = src[n:]
	}
}

// writeSymbols writes the symbols of src, for which there is room. Bits are
// collected in local variables and stored in words that overlap: see append64.
func (e *Encoder) writeSymbols(w *bitWriter, src []byte, lit, dist *[numFixedLitLen]uint32) {
	out, n, acc, nb := w.out[:cap(w.out)], len(w.out), w.bits, w.nb
	p := 0
	for _, m := range e.matches[:e.n] {
		run := int(m.lit)
		next := p + run + int(m.length)
		for ; run > 4; run -= 4 {
			v := load32(src, p)
			p += 4
			a, b, c, d := lit[v&0xff], lit[v>>8&0xff], lit[v>>16&0xff], lit[v>>24]
			acc, nb = join(acc, nb, a)
			acc, nb = join(acc, nb, b)
			acc, nb = join(acc, nb, c)
			acc, nb = join(acc, nb, d)
			n, acc, nb = append64(out, n, acc, nb)
		}
		// See count: a code of no bits changes nothing.
		v := load32(src, p)
		p = next
		a := lit[v&0xff] & uint32((0-run)>>63)
		b := lit[v>>8&0xff] & uint32((1-run)>>63)
		c := lit[v>>16&0xff] & uint32((2-run)>>63)
		d := lit[v>>24] & uint32((3-run)>>63)
		acc, nb = join(acc, nb, a)
		acc, nb = join(acc, nb, b)
		acc, nb = join(acc, nb, c)
		acc, nb = join(acc, nb, d)
		n, acc, nb = append64(out, n, acc, nb)

		info := lengthInfo[(m.length-minMatch)&0xff]
		acc, nb = join(acc, nb, lit[info&0x1ff])
		acc |= uint64(info>>16) << (nb & 63)
		nb += uint(info >> 9 & 0xf)
		s, extra := distSymbol(m.dist)
		acc, nb = join(acc, nb, dist[s])
		acc |= uint64(m.dist-1) & (1<<extra - 1) << (nb & 63)
		nb += extra
		n, acc, nb = append64(out, n, acc, nb)
	}
	for _, b := range src[p:] {
		acc, nb = join(acc, nb, lit[b])
		n, acc, nb = append64(out, n, acc, nb)
	}
	acc, nb = join(acc, nb, lit[endOfBlock])
	n, acc, nb = append64(out, n, acc, nb)
	w.out, w.bits, w.nb = out[:n], acc, nb
}

// join adds a code to the nb bits in acc.
func join(acc uint64, nb uint, code uint32) (uint64, uint) {
	return acc | uint64(code>>codeShift)<<(nb&63), nb + uint(code&codeLenMask)
}

// append64 stores acc at out[n:] and leaves only what is no whole byte in it:
// the next word is stored over the bits above. It returns the new n, acc and nb.
func append64(out []byte, n int, acc uint64, nb uint) (int, uint64, uint) {
	store64(out, n, acc)
	return n + int(nb>>3), acc >> (nb & 56), nb & 7
}
