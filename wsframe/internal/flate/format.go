package flate

// The numbers of RFC 1951.
const (
	endOfBlock = 256 // the literal/length symbol that ends a block

	numLitLen   = 286 // literal/length symbols that may be used
	numDist     = 30  // distance symbols that may be used
	numCodeLen  = 19  // symbols of the code for code lengths
	maxCodeBits = 15  // of a literal/length or distance code
	maxPreBits  = 7   // of the code for code lengths

	maxDistBits = maxCodeBits + 13 // of a distance with its extra bits

	minMatch = 3
	maxMatch = 258

	maxStored = 1<<16 - 1

	// WindowSize is how far back a match may reach.
	WindowSize = 1 << 15
)

// The two bits after BFINAL.
const (
	stored = iota
	fixedCodes
	dynamicCodes
)

// codeLenOrder is the order in which the lengths of the code for code lengths
// are sent: those that are zero most often come last and are left off.
var codeLenOrder = [numCodeLen]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// lengthBase and lengthExtra describe the symbols from 257 on: the length that
// a symbol stands for and how many bits follow to be added to it.
var (
	lengthBase = [numLitLen - endOfBlock - 1]uint16{
		3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27,
		31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
	}
	lengthExtra = [numLitLen - endOfBlock - 1]uint8{
		0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
	}
)

// distBase and distExtra are the same for distances.
var (
	distBase = [numDist]uint16{
		1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025,
		1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
	}
	distExtra = [numDist]uint8{
		0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
	}
)

// fixedLitLen returns the length that symbol s has in the fixed code.
func fixedLitLen(s int) uint8 {
	switch {
	case s < 144:
		return 8
	case s < 256:
		return 9
	case s < 280:
		return 7
	}
	return 8
}

// fixedDistLen is the length of every distance symbol in the fixed code.
const fixedDistLen = 5

// The fixed codes are complete only with symbols that no block may use.
const (
	numFixedLitLen = 288
	numFixedDist   = 32
)
