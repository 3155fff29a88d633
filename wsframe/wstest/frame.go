package wstest

import (
	"encoding/binary"
	"fmt"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// Frame is a frame as it goes over the wire, but for mask and length.
type Frame struct {
	Fin bool
	// RSV are the three reserved bits: 4 is RSV1, which marks what is
	// compressed.
	RSV     byte
	Opcode  wsframe.Opcode
	Payload string
}

// Text is a text message in one frame.
func Text(s string) Frame { return Frame{Fin: true, Opcode: wsframe.Text, Payload: s} }

// Binary is a binary message in one frame.
func Binary(s string) Frame { return Frame{Fin: true, Opcode: wsframe.Binary, Payload: s} }

// Ping is a ping.
func Ping(s string) Frame { return Frame{Fin: true, Opcode: wsframe.Ping, Payload: s} }

// Pong is a pong.
func Pong(s string) Frame { return Frame{Fin: true, Opcode: wsframe.Pong, Payload: s} }

// Close is a close frame with any code, which need not be a legal one.
func Close(code wsframe.CloseCode, reason string) Frame {
	return Frame{Fin: true, Opcode: wsframe.Close, Payload: closeCode(code) + reason}
}

func closeCode(code wsframe.CloseCode) string {
	return string([]byte{byte(code >> 8), byte(code)})
}

// Fragments cuts a message into frames with at most size bytes of payload. One
// without payload is one frame.
func Fragments(f Frame, size int) []Frame {
	var frames []Frame
	for len(f.Payload) > size {
		frames = append(frames, Frame{RSV: f.RSV, Opcode: f.Opcode, Payload: f.Payload[:size]})
		f.RSV, f.Opcode, f.Payload = 0, wsframe.Continuation, f.Payload[size:]
	}
	return append(frames, f)
}

// String shows what there is of a short frame, and the beginning of others.
func (f Frame) String() string {
	const most = 60
	s := f.Opcode.String()
	if !f.Fin {
		s += " (to be continued)"
	}
	if f.RSV != 0 {
		s += fmt.Sprintf(" rsv=%d", f.RSV)
	}
	if len(f.Payload) > most {
		return fmt.Sprintf("%s %q... of %d bytes", s, f.Payload[:most], len(f.Payload))
	}
	return fmt.Sprintf("%s %q", s, f.Payload)
}

// Append appends the frame as bytes, with a mask if it has a key.
func (f Frame) Append(dst []byte, key *[4]byte) []byte {
	first := f.RSV&7<<4 | byte(f.Opcode)&15
	if f.Fin {
		first |= 0x80
	}
	var masked byte
	if key != nil {
		masked = 0x80
	}
	switch n := len(f.Payload); {
	case n < 126:
		dst = append(dst, first, masked|byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, first, masked|126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, first, masked|127), uint64(n))
	}
	if key == nil {
		return append(dst, f.Payload...)
	}
	dst = append(dst, key[:]...)
	n := len(dst)
	dst = append(dst, f.Payload...)
	for i := range dst[n:] {
		dst[n+i] ^= key[i%4]
	}
	return dst
}
