package wsframe

import "strconv"

// Opcode says what a frame is: the low four bits of its first byte.
type Opcode byte

// The opcodes of RFC 6455 (section 11.8). The others are reserved; a peer that
// sends one breaks the protocol.
const (
	Continuation Opcode = 0
	Text         Opcode = 1
	Binary       Opcode = 2
	Close        Opcode = 8
	Ping         Opcode = 9
	Pong         Opcode = 10
)

// IsControl reports whether frames of this kind stand between the fragments of
// a message instead of being one.
func (o Opcode) IsControl() bool { return o >= Close }

func (o Opcode) String() string {
	switch o {
	case Continuation:
		return "continuation"
	case Text:
		return "text"
	case Binary:
		return "binary"
	case Close:
		return "close"
	case Ping:
		return "ping"
	case Pong:
		return "pong"
	}
	return "opcode " + strconv.Itoa(int(o))
}
