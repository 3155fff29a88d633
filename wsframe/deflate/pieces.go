package deflate

import (
	"bytes"
	"encoding/binary"
)

const (
	// maxStored is how much a stored block can hold: its length has 16 bits.
	maxStored = 1<<16 - 1
	// storedHeader is what a stored block costs where it begins on a byte
	// boundary: a byte of header and padding, LEN and NLEN.
	storedHeader = 5
)

// tail is the end of the empty stored block that ends a piece, its LEN and
// NLEN. A sender takes it away from the end of a message and the receiver puts
// it back (RFC 7692, 7.2.1 and 7.2.2).
var tail = []byte{0, 0, 0xff, 0xff}

// AppendStored appends src uncompressed, in stored blocks. They are pieces
// like those of [AppendBlocks] and may stand before, between and after others.
// Nothing is appended if src is empty.
func AppendStored(dst, src []byte) []byte {
	for len(src) > 0 {
		n := min(len(src), maxStored)
		dst = append(dst, 0)
		dst = binary.LittleEndian.AppendUint16(dst, uint16(n))
		dst = binary.LittleEndian.AppendUint16(dst, ^uint16(n))
		dst = append(dst, src[:n]...)
		src = src[n:]
	}
	return dst
}

// StoredSize returns how many bytes [AppendStored] appends for n bytes.
func StoredSize(n int) int {
	return n + (n+maxStored-1)/maxStored*storedHeader
}

// Finish makes a message of pieces: b holds those of [AppendBlocks] and
// [AppendStored], one after the other and nothing else, and is returned in the
// form in which it is sent. The result shares the memory of b, which need not
// hold anything: then it is the empty message.
func Finish(b []byte) []byte {
	// Where the last piece is a stored block, these four bytes may be the end
	// of its contents. It does no harm to take them away: the receiver puts
	// the very same bytes back before it looks at them.
	if bytes.HasSuffix(b, tail) {
		return b[:len(b)-len(tail)]
	}
	return append(b, 0) // an empty stored block, as far as it is sent
}
