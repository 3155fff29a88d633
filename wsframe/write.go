package wsframe

// AppendFrame appends a frame that is a whole message or a control frame, as a
// server sends it: unmasked.
func AppendFrame(dst []byte, op Opcode, payload []byte) []byte {
	return AppendFragment(dst, op, true, false, payload)
}

// AppendFragment appends an unmasked frame of a message in several. The first
// has the message's opcode and, if the message is compressed, rsv1; the others
// are [Continuation] without; the last has fin.
func AppendFragment(dst []byte, op Opcode, fin, rsv1 bool, payload []byte) []byte {
	dst = AppendHeader(dst, Header{Fin: fin, RSV1: rsv1, Opcode: op, Length: uint64(len(payload))})
	return append(dst, payload...)
}

// AppendMasked is [AppendFrame] for a client. The key must be new for every
// frame and not to be guessed; see RFC 6455 section 10.3 for what could happen.
// payload is left as it is.
func AppendMasked(dst []byte, op Opcode, key [4]byte, payload []byte) []byte {
	return AppendMaskedFragment(dst, op, true, false, key, payload)
}

// AppendMaskedFragment is [AppendFragment] for a client.
func AppendMaskedFragment(dst []byte, op Opcode, fin, rsv1 bool, key [4]byte, payload []byte) []byte {
	dst = AppendHeader(dst, Header{
		Fin: fin, RSV1: rsv1, Opcode: op, Masked: true, Key: key, Length: uint64(len(payload)),
	})
	n := len(dst)
	dst = append(dst, payload...)
	Mask(dst[n:], key, 0)
	return dst
}
