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
func xorWords(dst, src []byte, k uint64) {
	for len(src) >= 64 && len(dst) >= 64 {
		d, s := dst[:64], src[:64]
		put(d[0:8], get(s[0:8])^k)
		put(d[8:16], get(s[8:16])^k)
		put(d[16:24], get(s[16:24])^k)
		put(d[24:32], get(s[24:32])^k)
		put(d[32:40], get(s[32:40])^k)
		put(d[40:48], get(s[40:48])^k)
		put(d[48:56], get(s[48:56])^k)
		put(d[56:64], get(s[56:64])^k)
		dst, src = dst[64:], src[64:]
	}
	for len(src) >= 8 && len(dst) >= 8 {
		put(dst, get(src)^k)
		dst, src = dst[8:], src[8:]
	}
	for i := range min(len(src), len(dst)) {
		dst[i] = src[i] ^ byte(k)
		k >>= 8
	}
}

func get(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

func put(b []byte, v uint64) { binary.LittleEndian.PutUint64(b, v) }
