package flate

// A Huffman code is decoded by looking up the next bits of input in a table.
// An entry of it tells all that follows from the symbol found there:
//
//	bits 0-5    how many bits of input the symbol takes, extra bits included
//	bits 8-11   how many of these are the code; the extra bits come after it
//	bits 16-30  the literal, or the length or distance before extra bits
//	bit  31     set for literals
//
// Codes longer than the index of the table are looked up in two steps. The
// entry found first has bit 14 set, and says in bits 16-30 where the second
// table begins and in bits 8-11 how many bits index it.
const (
	entryLiteral  = 1 << 31
	entrySpecial  = 1 << 15 // no length and no distance: one of the next three
	entrySub      = 1 << 14
	entryEnd      = 1 << 13
	entryInvalid  = 1 << 12
	entryValue    = 16 // shift
	entryCodeLen  = 8  // shift
	entryBitsMask = 0x3f
	entryLenMask  = 0xf
)

// The tables are large enough for the codes of text, and no larger, because
// they are filled for every block. The second number of each pair is what a
// complete code of the given symbols needs at most with its second tables; it
// comes from the program "enough" that is part of zlib.
const (
	litBits  = 10
	litSize  = 1334
	distBits = 8
	distSize = 402
	preSize  = 1 << maxPreBits
)

// tables decode the symbols of one block.
type tables struct {
	lit  [litSize]uint32
	dist [distSize]uint32
}

// litEntries and distEntries are the entries of the symbols without the length
// of their codes.
var (
	litEntries  = makeLitEntries()
	distEntries = makeDistEntries()
	preEntries  = makePreEntries()
)

func makeLitEntries() (e [numFixedLitLen]uint32) {
	for s := range e {
		switch {
		case s < endOfBlock:
			e[s] = entryLiteral | uint32(s)<<entryValue
		case s == endOfBlock:
			e[s] = entrySpecial | entryEnd
		case s < numLitLen:
			i := s - endOfBlock - 1
			e[s] = uint32(lengthBase[i])<<entryValue | uint32(lengthExtra[i])
		default:
			e[s] = entrySpecial | entryInvalid
		}
	}
	return e
}

func makeDistEntries() (e [numFixedDist]uint32) {
	for s := range e {
		if s < numDist {
			e[s] = uint32(distBase[s])<<entryValue | uint32(distExtra[s])
		} else {
			e[s] = entrySpecial | entryInvalid
		}
	}
	return e
}

func makePreEntries() (e [numCodeLen]uint32) {
	for s := range e {
		e[s] = uint32(s) << entryValue
		if s >= repeatLast {
			e[s] |= entrySpecial
		}
	}
	return e
}

// A code is a canonical Huffman code, told by how many bits each of its symbols
// has. Symbols without a code are not in it: of the literals, most are not.
type code struct {
	used    int
	symbols [numFixedLitLen + 1]uint16 // ascending; one more, which add may write to
	lens    [numFixedLitLen + 1]uint8
	count   [maxCodeBits + 1]uint16 // how many symbols have a code of so many bits
}

func (c *code) reset() {
	c.used = 0
	clear(c.count[:])
}

// add adds the symbol s, larger than those before, with n bits. It is not
// added if n is 0, without a branch: that could not be predicted.
func (c *code) add(s int, n uint8) {
	c.symbols[c.used] = uint16(s)
	c.lens[c.used] = n
	c.count[n&entryLenMask]++
	c.used += int(n+maxCodeBits) >> 4
}

// addRun adds the symbols from s on with n bits each, run of them but only
// those before end. It returns the next symbol and what is left of the run.
func (c *code) addRun(s, end int, n uint8, run int) (int, int) {
	k := min(run, end-s)
	if n != 0 {
		for i := range k {
			c.add(s+i, n)
		}
	}
	return s + k, run - k
}

// has reports whether the symbol s, which is one of the last, has a code.
func (c *code) has(s uint16) bool {
	for i := c.used - 1; i >= 0 && c.symbols[i] >= s; i-- {
		if c.symbols[i] == s {
			return true
		}
	}
	return false
}

// fixedTables decode blocks with the fixed codes.
var fixedTables = makeFixedTables()

func makeFixedTables() *tables {
	t, c := new(tables), new(code)
	for s := range numFixedLitLen {
		c.add(s, fixedLitLen(s))
	}
	c.fill(t.lit[:], litBits, litEntries[:])
	c.reset()
	for s := range numFixedDist {
		c.add(s, fixedDistLen)
	}
	c.fill(t.dist[:], distBits, distEntries[:])
	return t
}

// fill makes table, which is indexed by the given number of bits, for c. It
// returns false if there is no such code: one that uses more than all bit
// strings, or fewer. A code of nothing, and of one symbol with one bit, are
// incomplete but legal; they decode to entryInvalid where they have no symbol.
func (c *code) fill(table []uint32, bits uint, entries []uint32) bool {
	var next [maxCodeBits + 1]uint16
	used, space := uint16(0), 0
	for n := 1; n <= maxCodeBits; n++ {
		next[n] = used
		used += c.count[n]
		space += int(c.count[n]) << (maxCodeBits - n)
	}
	if space != 1<<maxCodeBits {
		return c.fillIncomplete(table[:1<<bits], entries, space)
	}

	// Symbols in the order of their codes: shorter ones first.
	var sorted [numFixedLitLen]uint16
	lens := c.lens[:c.used]
	for i, s := range c.symbols[:len(lens)] {
		n := lens[i] & entryLenMask
		sorted[next[n]] = s
		next[n]++
	}

	// Bits come lowest first, so a code indexes the table reversed: the table
	// for n bits is that for n-1 bits twice, with the codes of n bits put over
	// it. bitString is the reversed code of the next symbol.
	bitString, rest := uint(0), sorted[:c.used]
	for n := uint(1); n <= bits; n++ {
		half := uint(1) << (n - 1)
		copy(table[half:2*half], table[:half])
		k := c.count[n&entryLenMask]
		for _, s := range rest[:k] {
			table[bitString] = entries[s] + uint32(n<<entryCodeLen|n)
			bitString = nextBitString(bitString, n)
		}
		rest = rest[k:]
	}
	if len(rest) > 0 {
		c.fillSecond(table, bits, bitString, rest, entries)
	}
	return true
}

// nextBitString returns the reversed code of n bits that follows b, and 0
// after the last one. The next code with more bits has the same value.
func nextBitString(b, n uint) uint {
	bit := uint(1) << (n - 1)
	for b&bit != 0 {
		b ^= bit
		bit >>= 1
	}
	return b | bit
}

// fillSecond makes the tables for codes that have more than bits bits, behind
// the first one. The symbols are those left, sorted; b is the code of the first.
func (c *code) fillSecond(table []uint32, bits, b uint, symbols []uint16, entries []uint32) {
	prefix := ^uint(0)       // the bits that lead to the current second table,
	start := uint(1) << bits // where it begins
	size := uint(0)          // and how many entries it has
	for n := bits + 1; n <= maxCodeBits; n++ {
		for left := int(c.count[n]); left > 0; left-- {
			if b&(1<<bits-1) != prefix {
				prefix = b & (1<<bits - 1)
				start += size
				// As many bits as it takes until the codes from here on fill it.
				sub := n - bits
				for room := 1<<sub - left; room > 0; {
					sub++
					room = room<<1 - int(c.count[bits+sub])
				}
				size = 1 << sub
				table[prefix] = uint32(start<<entryValue|sub<<entryCodeLen|bits) | entrySpecial | entrySub
			}
			e := entries[symbols[0]] + uint32((n-bits)<<entryCodeLen|(n-bits))
			symbols = symbols[1:]
			for i := b >> bits; i < size; i += 1 << (n - bits) {
				table[start+i] = e
			}
			b = nextBitString(b, n)
		}
	}
}

// fillIncomplete is fill for codes that leave bit strings free.
func (c *code) fillIncomplete(table []uint32, entries []uint32, space int) bool {
	if c.used > 1 || c.used == 1 && space != 1<<(maxCodeBits-1) {
		return false
	}
	for i := range table {
		table[i] = entrySpecial | entryInvalid
	}
	if c.used == 1 {
		for i := 0; i < len(table); i += 2 {
			table[i] = entries[c.symbols[0]] + 1<<entryCodeLen + 1
		}
	}
	return true
}
