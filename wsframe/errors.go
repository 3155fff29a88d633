package wsframe

import "strconv"

// Error is what a peer did wrong. Code and Text are what the close frame that
// answers it says, see [Error.AppendClose].
type Error struct {
	Code CloseCode
	Text string
}

// Error is the text alone; the code goes to the peer.
func (e *Error) Error() string { return e.Text }

// AppendClose appends the close frame, unmasked, that tells the peer.
func (e *Error) AppendClose(dst []byte) []byte {
	return AppendClose(dst, e.Code, e.Text)
}

// What a Reader reports. The texts are read by peers and by whoever looks at
// their logs, so they do not change.
var (
	errReserved        = violation("RSV2 and RSV3 must be clear")
	errNotNegotiated   = violation("compressed frame received without negotiated permessage-deflate")
	errUnmasked        = violation("mask bit missing")
	errMasked          = violation("mask bit set in a frame from a server")
	errControlLength   = violation("control frame length bigger than maximum allowed of 125 bytes")
	errControlFragment = violation("control frame does not have final bit set")
	errControlRSV1     = violation("control frame must not be compressed")
	errInterleaved     = violation("new message started before final frame for previous message was received")
	errContinuation    = violation("invalid continuation frame")
	errLength          = violation("invalid 64-bit payload length")
	errCloseLength     = violation("close frame payload cannot be 1 byte")

	errCloseUTF8 = &Error{StatusInvalidPayload, "invalid utf8 body in close frame"}
	errTextUTF8  = &Error{StatusInvalidPayload, "invalid utf8 in text message"}

	errMessageSize = &Error{StatusTooBig, "maximum payload exceeded"}
	errFragments   = &Error{StatusTooBig, "maximum number of fragments exceeded"}
)

func violation(text string) *Error { return &Error{StatusProtocolError, text} }

func errOpcode(o Opcode) *Error {
	return violation("unknown opcode " + strconv.Itoa(int(o)))
}

func errCloseCode(c CloseCode) *Error {
	return violation("invalid close status code " + c.String())
}
