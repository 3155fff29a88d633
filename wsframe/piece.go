package wsframe

import "strconv"

// Kind says what a [Piece] is.
type Kind byte

// The kinds of pieces.
const (
	// KindNothing needs more bytes: everything offered was taken.
	KindNothing Kind = iota
	// KindData is a part of a message, perhaps all of it.
	KindData
	// KindPing wants a pong with the same Payload.
	KindPing
	// KindPong answers a ping, or nothing at all.
	KindPong
	// KindClose ends what the peer has to say.
	KindClose
)

func (k Kind) String() string {
	switch k {
	case KindNothing:
		return "nothing"
	case KindData:
		return "data"
	case KindPing:
		return "ping"
	case KindPong:
		return "pong"
	case KindClose:
		return "close"
	}
	return "kind " + strconv.Itoa(int(k))
}

// Piece is what a [Reader] found: some of a message or a control frame.
type Piece struct {
	Kind Kind
	// Opcode is that of the message for data, whichever frame it came in:
	// [Text] or [Binary]. Otherwise it says the same as Kind.
	Opcode Opcode
	// First and Last mark the ends of a message. A message in one piece has
	// both.
	First, Last bool
	// Compressed is set on every piece of a compressed message.
	Compressed bool
	// Code is that of a close frame; 0 if it is empty.
	Code CloseCode
	// Reason is what a close frame says behind the code: UTF-8.
	Reason []byte
	// Payload is unmasked. Of a close frame it is code and reason, so that a
	// frame with the same Payload is the answer.
	//
	// It belongs to whoever offered the bytes, except where a control frame
	// came in pieces: then it is valid until the next call.
	Payload []byte
}
