package flate

import "math/bits"

const (
	// maxLitBits is the longest code made for a literal or length, shorter
	// than allowed: four of them and the seven bits of a begun byte fit into
	// a word.
	maxLitBits = 14
	// symbolBits is the part of a sort key that holds the symbol; the rest is
	// how often it occurs.
	symbolBits = 9
	// maxFreq is what the frequency is limited to, for sorting by two bytes.
	maxFreq = 1<<16 - 1
)

// A prefixCode is a Huffman code that is made for what a block holds.
type prefixCode struct {
	freq [numFixedLitLen]uint32
	// codes holds the code of a symbol, first bit lowest, from bit 8 on and
	// its length below; 0 for symbols that do not occur.
	codes [numFixedLitLen]uint32

	used    int                        // how many symbols occur
	symbols [numFixedLitLen + 1]uint16 // these, ascending
	keys    [numFixedLitLen + 1]uint32 // and in the order of their frequencies
	tree    [numFixedLitLen + 1]uint32
}

const (
	codeShift   = 8
	codeLenMask = 0xff
)

// build makes the best code of at most limit bits for the first n symbols by
// their frequencies. It returns how many bits all occurrences take together.
func (p *prefixCode) build(n int, limit uint) int {
	clear(p.codes[:n])
	used := 0
	for s, f := range p.freq[:n] {
		p.symbols[used] = uint16(s)
		p.keys[used] = min(f, maxFreq)<<symbolBits | uint32(s)
		if f != 0 {
			used++
		}
	}
	p.used = used
	keys := p.keys[:used]
	switch used {
	case 0:
		return 0
	case 1:
		s := p.symbols[0]
		p.codes[s] = 1
		return int(p.freq[s])
	}
	p.sort(keys)
	var count [maxCodeBits + 1]int
	p.depths(keys, limit, &count)
	return p.assign(keys, limit, &count)
}

// sort sorts keys, by insertion if they are few, else by one byte of the
// frequency at a time.
func (p *prefixCode) sort(keys []uint32) {
	const few = 24
	if len(keys) <= few {
		for i := 1; i < len(keys); i++ {
			k, j := keys[i], i
			for ; j > 0 && keys[j-1] > k; j-- {
				keys[j] = keys[j-1]
			}
			keys[j] = k
		}
		return
	}
	largest := uint32(0)
	for _, k := range keys {
		largest = max(largest, k>>symbolBits)
	}
	sorted := p.tree[:len(keys)]
	if largest <= 0xff {
		sortByte(sorted, keys, symbolBits, largest)
		copy(keys, sorted)
		return
	}
	sortByte(sorted, keys, symbolBits, 0xff)
	sortByte(keys, sorted, symbolBits+8, largest>>8)
}

// sortByte sorts src into dst by the byte from bit shift on, which is largest
// at most. Equal ones keep their order.
func sortByte(dst, src []uint32, shift uint, largest uint32) {
	var next [256]uint16
	for _, k := range src {
		next[k>>shift&0xff]++
	}
	sum := uint16(0)
	for i, c := range next[:largest&0xff+1] {
		next[i] = sum
		sum += c
	}
	for _, k := range src {
		i := &next[k>>shift&0xff]
		dst[*i] = k
		*i++
	}
}

// depths counts how many codes of each length the Huffman code has for keys,
// of which there are two or more, in ascending order. It is the algorithm of
// Moffat and Katajainen, which builds the tree in place: an element of it is
// first the frequency of a node, then the index of its parent, then its depth.
func (p *prefixCode) depths(keys []uint32, limit uint, count *[maxCodeBits + 1]int) {
	n := len(keys)
	a := p.tree[:n]
	for i, k := range keys {
		a[i] = k >> symbolBits
	}
	a[0] += a[1]
	root, leaf := 0, 2
	for next := 1; next < n-1; next++ {
		if leaf >= n || a[root] < a[leaf] {
			a[next] = a[root]
			a[root] = uint32(next)
			root++
		} else {
			a[next] = a[leaf]
			leaf++
		}
		if leaf >= n || root < next && a[root] < a[leaf] {
			a[next] += a[root]
			a[root] = uint32(next)
			root++
		} else {
			a[next] += a[leaf]
			leaf++
		}
	}

	// Inner nodes from the root down: at each depth, those that are no inner
	// nodes are codes.
	a[n-2] = 0
	for i := n - 3; i >= 0; i-- {
		a[i] = a[a[i]] + 1
	}
	places, left := 1, n
	i := n - 2
	for depth := uint32(0); left > 0; depth++ {
		inner := 0
		for ; i >= 0 && a[i] == depth; i-- {
			inner++
		}
		count[min(uint(depth), limit)] += places - inner
		left -= places - inner
		places = 2 * inner
	}
	shorten(limit, count)
}

// shorten makes codes fit that were longer than limit and are counted there.
// Each step puts one of them next to a shorter code, which gets a bit more.
func shorten(limit uint, count *[maxCodeBits + 1]int) {
	excess := -1 << limit
	for n := uint(1); n <= limit; n++ {
		excess += count[n] << (limit - n)
	}
	for ; excess > 0; excess-- {
		n := limit - 1
		for count[n] == 0 {
			n--
		}
		count[n]--
		count[n+1] += 2
		count[limit]--
	}
}

// assign gives the symbols of keys their codes: the rarest the longest, and
// among those of one length in the order of the symbols.
func (p *prefixCode) assign(keys []uint32, limit uint, count *[maxCodeBits + 1]int) int {
	i, total := 0, 0
	for n := limit; n > 0; n-- {
		for range count[n] {
			s := keys[i] & (1<<symbolBits - 1)
			p.codes[s] = uint32(n)
			total += int(p.freq[s]) * int(n)
			i++
		}
	}
	var next [maxCodeBits + 1]uint32
	code := uint32(0)
	for n := uint(1); n <= limit; n++ {
		code = (code + uint32(count[n-1])) << 1
		next[n] = code
	}
	p.number(&next)
	return total
}

// number completes codes, which hold only lengths, with the codes that begin
// with next for each length.
func (p *prefixCode) number(next *[maxCodeBits + 1]uint32) {
	for _, s := range p.symbols[:p.used] {
		n := p.codes[s]
		c := next[n&entryLenMask]
		next[n&entryLenMask]++
		p.codes[s] = uint32(bits.Reverse16(uint16(c)))>>(16-n)<<codeShift | n
	}
}
