package ws

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Opcode says what a frame carries.
type Opcode byte

// The opcodes of RFC 6455, section 5.2.
const (
	Continuation Opcode = 0
	Text         Opcode = 1
	Binary       Opcode = 2
	Close        Opcode = 8
	Ping         Opcode = 9
	Pong         Opcode = 10
)

// Bits of the first two bytes of a frame.
const (
	finBit  = 0x80
	rsv1Bit = 0x40 // the message is compressed
	rsvBits = 0x30
	maskBit = 0x80
)

// Payload lengths: up to maxShort they stand in the second byte, which otherwise says how many
// bytes of length follow.
const (
	maxShort = 125
	len16    = 126
	len64    = 127
)

// maxHeader is the length of the longest header of a server's frame, in bytes.
const maxHeader = 2 + 8

// ErrFrame means that what a server sent is not a frame it may send.
var ErrFrame = errors.New("bad frame")

// AppendFrame appends a whole message as a client sends it, in one frame masked with the key. A
// compressed message must have been deflated already.
func AppendFrame(dst []byte, op Opcode, compressed bool, key uint32, payload []byte) []byte {
	first := finBit | byte(op)
	if compressed {
		first |= rsv1Bit
	}
	dst = append(dst, first)
	switch n := len(payload); {
	case n <= maxShort:
		dst = append(dst, maskBit|byte(n))
	case n <= 0xffff:
		dst = append(dst, maskBit|len16)
		dst = binary.BigEndian.AppendUint16(dst, uint16(n))
	default:
		dst = append(dst, maskBit|len64)
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	dst = binary.LittleEndian.AppendUint32(dst, key)
	start := len(dst)
	dst = append(dst, payload...)
	mask(dst[start:], key)
	return dst
}

// mask applies a key whose first byte is its lowest.
func mask(b []byte, key uint32) {
	wide := uint64(key)<<32 | uint64(key)
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^wide)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= byte(wide >> (8 * i))
	}
}

// header is that of a server's frame.
type header struct {
	fin, compressed bool
	op              Opcode
	length          uint64
}

// parseHeader decodes the header at the start of b; n is its length, 0 if b does not hold all of
// it.
func parseHeader(b []byte) (h header, n int, err error) {
	if len(b) < 2 {
		return h, 0, nil
	}
	h = header{fin: b[0]&finBit != 0, compressed: b[0]&rsv1Bit != 0, op: Opcode(b[0] & 0x0f), length: uint64(b[1] &^ maskBit)}
	switch {
	case b[0]&rsvBits != 0:
		return h, 0, fmt.Errorf("%w: reserved bits in %#02x", ErrFrame, b[0])
	case b[1]&maskBit != 0:
		return h, 0, fmt.Errorf("%w: masked by the server", ErrFrame)
	case h.op > Binary && h.op < Close || h.op > Pong:
		return h, 0, fmt.Errorf("%w: unknown opcode %d", ErrFrame, h.op)
	case h.op >= Close && (!h.fin || h.compressed || h.length > maxShort):
		return h, 0, fmt.Errorf("%w: control frame %#02x %#02x", ErrFrame, b[0], b[1])
	case h.op == Continuation && h.compressed:
		return h, 0, fmt.Errorf("%w: continuation marked as compressed", ErrFrame)
	}
	n = 2
	switch h.length {
	case len16:
		if n += 2; len(b) < n {
			return h, 0, nil
		}
		h.length = uint64(binary.BigEndian.Uint16(b[2:]))
	case len64:
		if n += 8; len(b) < n {
			return h, 0, nil
		}
		if h.length = binary.BigEndian.Uint64(b[2:]); h.length>>63 != 0 {
			return h, 0, fmt.Errorf("%w: length %#x", ErrFrame, h.length)
		}
	}
	return h, n, nil
}
