//go:build !amd64 || purego

package wsframe

func xor(dst, src []byte, k uint64) { xorWords(dst, src, k) }
