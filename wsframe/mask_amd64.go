//go:build amd64 && !purego

package wsframe

// hasAVX2 says that the processor has the instructions and the system saves
// their registers.
var hasAVX2 = detectAVX2()

func xor(dst, src []byte, k uint64) {
	switch n := len(src); {
	case n < 32:
		xorShort(dst, src, k)
	case hasAVX2:
		xorAVX2(&dst[0], &src[0], n, k)
	default:
		xorWords(dst, src, k)
	}
}

// xorAVX2 is xorWords for 32 bytes or more. The caller has made sure that dst
// and src have them.
//
//go:noescape
func xorAVX2(dst, src *byte, n int, k uint64)

// cpuid asks the processor what it is.
func cpuid(leaf, sub uint32) (a, b, c, d uint32)

// xgetbv reads which registers the system saves. It needs OSXSAVE.
func xgetbv() (low, high uint32)

func detectAVX2() bool {
	const (
		osxsave = 1 << 27 // leaf 1, c
		avx     = 1 << 28 // leaf 1, c
		avx2    = 1 << 5  // leaf 7, b
		saved   = 1<<1 | 1<<2
	)
	leaves, _, _, _ := cpuid(0, 0)
	if leaves < 7 {
		return false
	}
	if _, _, c, _ := cpuid(1, 0); c&osxsave == 0 || c&avx == 0 {
		return false
	}
	if low, _ := xgetbv(); low&saved != saved {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}
