package wsframe

import (
	"encoding/binary"
	"math/bits"
)

// Mask masks b, or unmasks it, which is the same, in place. phase is the number
// of payload bytes before b in the frame: only its last two bits count, so that
// what one call returns is what the call for the bytes after b takes. The first
// has 0.
func Mask(b []byte, key [4]byte, phase int) int {
	xor(b, b, word(key, phase))
	return (phase + len(b)) & 3
}

// MaskTo is [Mask] from src to dst, which is at least as long and does not
// overlap it: the payload is unmasked by the copy that takes it out of a buffer.
func MaskTo(dst, src []byte, key [4]byte, phase int) int {
	xor(dst[:len(src)], src, word(key, phase))
	return (phase + len(src)) & 3
}

// word is the key twice, turned such that its lowest byte is the one for
// payload byte phase.
func word(key [4]byte, phase int) uint64 {
	k := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*(phase&3))
	return uint64(k)<<32 | uint64(k)
}

// xorWords sets dst to src, which is as long and is dst or does not overlap it,
// with k laid over it again and again.
//
// Lengths that are no multiple of a word end with a word that overlaps the one
// before. Its source is read before anything is written, and its key is turned
// by as much as it is off, so the bytes that are written twice are the same.
func xorWords(dst, src []byte, k uint64) {
	n := len(src)
	dst = dst[:n]
	if n < 32 {
		xorShort(dst, src, k)
		return
	}
	last := get(src[n-8:]) ^ turned(k, n)
	end := dst[n-8:]
	for len(src) >= 64 && len(dst) >= 64 {
		put(dst[0:8], get(src[0:8])^k)
		put(dst[8:16], get(src[8:16])^k)
		put(dst[16:24], get(src[16:24])^k)
		put(dst[24:32], get(src[24:32])^k)
		put(dst[32:40], get(src[32:40])^k)
		put(dst[40:48], get(src[40:48])^k)
		put(dst[48:56], get(src[48:56])^k)
		put(dst[56:64], get(src[56:64])^k)
		dst, src = dst[64:], src[64:]
	}
	for len(src) >= 8 && len(dst) >= 8 {
		put(dst, get(src)^k)
		dst, src = dst[8:], src[8:]
	}
	put(end, last)
}

// xorShort is xorWords for less than 32 bytes, without a loop over words.
func xorShort(dst, src []byte, k uint64) {
	n := len(src)
	dst = dst[:n]
	switch {
	case n >= 16:
		z := turned(k, n)
		a, b, c, d := get(src), get(src[8:]), get(src[n-16:]), get(src[n-8:])
		put(dst, a^k)
		put(dst[8:], b^k)
		put(dst[n-16:], c^z)
		put(dst[n-8:], d^z)
	case n >= 8:
		a, b := get(src), get(src[n-8:])
		put(dst, a^k)
		put(dst[n-8:], b^turned(k, n))
	default:
		for i, c := range src {
			dst[i] = c ^ byte(k)
			k >>= 8
		}
	}
}

// turned is the key for the word that ends after n bytes.
func turned(k uint64, n int) uint64 { return bits.RotateLeft64(k, -8*(n&3)) }

func get(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

func put(b []byte, v uint64) { binary.LittleEndian.PutUint64(b, v) }
