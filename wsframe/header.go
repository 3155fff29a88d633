package wsframe

import "encoding/binary"

const (
	// MaxHeader is the length of the longest frame header: two bytes, eight of
	// length, four of key.
	MaxHeader = 14
	// MaxControl is how much payload a control frame may have.
	MaxControl = 125
)

// The bits of the first two bytes of a frame, and the lengths that announce a
// longer one.
const (
	bitFin    = 0x80
	bitRSV1   = 0x40
	bitRSV2   = 0x20
	bitRSV3   = 0x10
	bitMask   = 0x80
	lowOpcode = 0x0f
	lowLength = 0x7f
	length16  = 126
	length64  = 127
)

// Header is what stands in front of the payload of a frame.
type Header struct {
	Fin    bool // the last frame of its message, or the only one
	RSV1   bool // the message is compressed (RFC 7692); on its first frame only
	RSV2   bool
	RSV3   bool
	Opcode Opcode
	Masked bool
	Key    [4]byte // meaningful if Masked
	Length uint64  // of the payload, below 1<<63
}

// HeaderSize is the length of the header that [AppendHeader] makes for a
// payload of that length.
func HeaderSize(length int, masked bool) int {
	n := 2
	switch {
	case length > 0xffff:
		n = 10
	case length > MaxControl:
		n = 4
	}
	if masked {
		n += 4
	}
	return n
}

// AppendHeader appends h to dst with the shortest length that holds it, as a
// sender must.
func AppendHeader(dst []byte, h Header) []byte {
	b0, b1 := byte(h.Opcode)&lowOpcode, byte(0)
	if h.Fin {
		b0 |= bitFin
	}
	if h.RSV1 {
		b0 |= bitRSV1
	}
	if h.RSV2 {
		b0 |= bitRSV2
	}
	if h.RSV3 {
		b0 |= bitRSV3
	}
	if h.Masked {
		b1 = bitMask
	}
	switch {
	case h.Length <= MaxControl:
		dst = append(dst, b0, b1|byte(h.Length))
	case h.Length <= 0xffff:
		dst = append(dst, b0, b1|length16, byte(h.Length>>8), byte(h.Length))
	default:
		dst = append(dst, b0, b1|length64)
		dst = binary.BigEndian.AppendUint64(dst, h.Length)
	}
	if h.Masked {
		dst = append(dst, h.Key[:]...)
	}
	return dst
}

// ParseHeader reads the header that b begins with; n is its length, or 0 while
// some of it is missing. Any header that can be read is: what a peer may send
// and when is for [Reader] to say. The exception is a length of 64 bits with
// the highest one set, which no frame can have.
func ParseHeader(b []byte) (h Header, n int, err error) {
	if len(b) < 2 {
		return Header{}, 0, nil
	}
	length, n, fail := payloadLength(b)
	if fail != nil {
		return Header{}, 0, fail
	}
	masked := b[1]&bitMask != 0
	if masked {
		n += 4
	}
	if n > len(b) {
		return Header{}, 0, nil
	}
	h = Header{
		Fin:    b[0]&bitFin != 0,
		RSV1:   b[0]&bitRSV1 != 0,
		RSV2:   b[0]&bitRSV2 != 0,
		RSV3:   b[0]&bitRSV3 != 0,
		Opcode: Opcode(b[0] & lowOpcode),
		Masked: masked,
		Length: length,
	}
	if masked {
		h.Key = [4]byte(b[n-4:])
	}
	return h, n, nil
}

// payloadLength reads the length of the payload from b, which holds at least
// two bytes of a header, and tells where the length ends. If that is beyond b
// the length is not known yet. A length in more bytes than it needs is fine:
// only senders must be brief.
func payloadLength(b []byte) (length uint64, end int, err *Error) {
	switch short := b[1] & lowLength; short {
	case length16:
		if len(b) < 4 {
			return 0, 4, nil
		}
		return uint64(binary.BigEndian.Uint16(b[2:])), 4, nil
	case length64:
		if len(b) > 2 && b[2]&0x80 != 0 {
			return 0, 0, errLength
		}
		if len(b) < 10 {
			return 0, 10, nil
		}
		return binary.BigEndian.Uint64(b[2:]), 10, nil
	default:
		return uint64(short), 2, nil
	}
}
