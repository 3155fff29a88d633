package wsframe

func xor(dst, src []byte, k uint64) { xorWords(dst, src, k) }
