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
	}
	return e
}

// fixedTables decode blocks with the fixed codes.
var fixedTables = makeFixedTables()

func makeFixedTables() *tables {
	var lens [numFixedLitLen]uint8
	for s := range lens {
		lens[s] = fixedLitLen(s)
	}
	t := new(tables)
	fillTable(t.lit[:], litBits, lens[:], litEntries[:])
	for s := range numFixedDist {
		lens[s] = fixedDistLen
	}
	fillTable(t.dist[:], distBits, lens[:numFixedDist], distEntries[:])
	return t
}

// fillTable makes table, which is indexed by the given number of bits, of the
// canonical code in which symbol s has lens[s] bits (0: is not used). It
// returns false if there is no such code: one that uses more than all bit
// strings, or fewer. A code of nothing, and of one symbol with one bit, are
// incomplete but legal; they decode to entryInvalid where they have no symbol.
func fillTable(table []uint32, bits uint, lens []uint8, entries []uint32) bool {
	var count, next [maxCodeBits + 1]uint16
	for _, n := range lens {
		count[n&entryLenMask]++
	}
	used, space := 0, 0
	for n := 1; n <= maxCodeBits; n++ {
		next[n] = uint16(used)
		used += int(count[n])
		space += int(count[n]) << (maxCodeBits - n)
	}
	if space != 1<<maxCodeBits {
		return fillIncomplete(table[:1<<bits], lens, entries, used, space)
	}

	// Symbols in the order of their codes: shorter ones first.
	var sorted [numFixedLitLen]uint16
	for s, n := range lens {
		if n != 0 {
			i := next[n&entryLenMask]
			sorted[i] = uint16(s)
			next[n&entryLenMask] = i + 1
		}
	}

	// Bits come lowest first, so a code indexes the table reversed: the table
	// for n+1 bits is that for n bits twice, with the codes of n+1 bits put
	// over it. code is the reversed code of the next symbol.
	code, i := uint(0), 0
	for n := uint(1); n <= bits; n++ {
		half := uint(1) << (n - 1)
		copy(table[half:2*half], table[:half])
		for range count[n] {
			table[code] = entries[sorted[i]] + uint32(n<<entryCodeLen|n)
			code = nextCode(code, n)
			i++
		}
	}
	if i < used {
		fillSecond(table, bits, code, sorted[i:used], lens, entries, &count)
	}
	return true
}

// nextCode returns the reversed code of n bits that follows code, and 0 after
// the last one. A code with more bits continues with the same value.
func nextCode(code, n uint) uint {
	bit := uint(1) << (n - 1)
	for code&bit != 0 {
		code ^= bit
		bit >>= 1
	}
	return code | bit
}

// fillSecond makes the tables for codes that have more than bits bits, behind
// the first one. The symbols are those left, sorted; code is that of the first.
func fillSecond(table []uint32, bits, code uint, symbols []uint16, lens []uint8, entries []uint32, count *[maxCodeBits + 1]uint16) {
	var (
		prefix = ^uint(0)        // the bits that lead to the current second table
		start  = uint(1) << bits // where it begins
		size   = uint(0)         // and how many entries it has
	)
	for _, s := range symbols {
		n := uint(lens[s])
		if code&(1<<bits-1) != prefix {
			prefix = code & (1<<bits - 1)
			start += size
			// As many bits as are needed for the codes from here on to fill the table.
			sub := n - bits
			for room := 1<<sub - int(count[n]); room > 0; {
				sub++
				room = room<<1 - int(count[bits+sub])
			}
			size = 1 << sub
			table[prefix] = uint32(start<<entryValue|sub<<entryCodeLen|bits) | entrySpecial | entrySub
		}
		e := entries[s] + uint32((n-bits)<<entryCodeLen|(n-bits))
		for i := code >> bits; i < size; i += 1 << (n - bits) {
			table[start+i] = e
		}
		count[n]--
		code = nextCode(code, n)
	}
}

// fillIncomplete is fillTable for codes with free bit strings.
func fillIncomplete(table []uint32, lens []uint8, entries []uint32, used, space int) bool {
	if used > 1 || used == 1 && space != 1<<(maxCodeBits-1) {
		return false
	}
	for i := range table {
		table[i] = entrySpecial | entryInvalid
	}
	for s, n := range lens {
		if n == 0 {
			continue
		}
		for i := 0; i < len(table); i += 2 {
			table[i] = entries[s] + 1<<entryCodeLen + 1
		}
	}
	return true
}
