package ws

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
)

// Stream is a client's connection after the handshake. What the server sends
// can be taken as bytes (Read) or as frames (Next), in turns; in both cases a
// frame that no server may send is an error. It belongs to one goroutine.
type Stream struct {
	Compressed bool // permessage-deflate is agreed

	in    *bufio.Reader
	held  *Frame   // met by Read, which has no use for it
	rest  []byte   // of the message that Read is handing out
	seen  []string // the frames since Seen was asked
	open  bool     // a fragmented message has begun
	ended bool     // a close frame has come
}

// NewStream continues behind the handshake, whose reader may have read ahead.
func NewStream(in *bufio.Reader, compressed bool) *Stream {
	return &Stream{in: in, Compressed: compressed}
}

// ErrFrame is what Read meets instead of data: a control frame. Next returns
// the frame.
var ErrFrame = errors.New("a control frame")

// Read hands out the payloads of data frames.
func (s *Stream) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		f, err := s.Next()
		if err != nil {
			return 0, err
		}
		if f.Opcode.isControl() {
			s.held = &f
			return 0, fmt.Errorf("%w: %s", ErrFrame, f)
		}
		if s.rest, err = s.message(f); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// message is the text that begins with f. Only a compressed message has to be
// whole before it can be read.
func (s *Stream) message(f Frame) ([]byte, error) {
	if !f.RSV1 {
		return f.Payload, nil
	}
	packed := f.Payload
	for !f.Fin {
		var err error
		if f, err = s.Next(); err != nil {
			return nil, cutShort(err)
		}
		if f.Opcode.isControl() {
			return nil, fmt.Errorf("%s inside a compressed message, which Read cannot pass on", f)
		}
		packed = append(packed, f.Payload...)
	}
	return Inflate(packed)
}

// Next returns the next frame, whatever it is.
func (s *Stream) Next() (Frame, error) {
	if s.held != nil {
		f := *s.held
		s.held = nil
		return f, nil
	}
	if len(s.rest) > 0 {
		return Frame{}, fmt.Errorf("%q is left of the last frame", s.rest)
	}
	f, err := ReadFrame(s.in)
	if err != nil {
		return f, err
	}
	if err := s.check(f); err != nil {
		return f, fmt.Errorf("%w: %s", err, f)
	}
	s.seen = append(s.seen, fmt.Sprintf("%02x:%d", f.First(), len(f.Payload)))
	return f, nil
}

// check keeps the rules for what a server sends and notes where the
// conversation stands.
func (s *Stream) check(f Frame) error {
	switch {
	case s.ended:
		return errors.New("a frame behind the close frame")
	case f.Masked:
		return errors.New("a masked frame from the server")
	case f.RSV2 || f.RSV3:
		return errors.New("a reserved bit is set")
	case f.RSV1 && !s.Compressed:
		return errors.New("a compressed frame, which was not agreed")
	case f.RSV1 && f.Opcode != Text && f.Opcode != Binary:
		return errors.New("a compressed frame that does not begin a message")
	case f.Opcode.isControl():
		if !f.Fin || len(f.Payload) > 125 {
			return errors.New("a control frame that is too long or not final")
		}
		s.ended = f.Opcode == Close
		return nil
	case s.open != (f.Opcode == Continuation):
		return errors.New("a frame in the wrong place of a message")
	}
	s.open = !f.Fin
	return nil
}

// Seen lists the frames that have come since the last call, each as its first
// byte and its size: 82:120 88:2. A frame of which bytes are left counts.
func (s *Stream) Seen() string {
	text := strings.Join(s.seen, " ")
	s.seen = nil
	return text
}

// Message puts text into one frame of a client, compressed if that is agreed.
func (s *Stream) Message(text []byte) Frame {
	f := Frame{Fin: true, Opcode: Binary, Masked: true, Key: newKey(), Payload: text}
	if s.Compressed {
		f.RSV1, f.Payload = true, Deflate(text)
	}
	return f
}

var _ io.Reader = (*Stream)(nil)

func newKey() [4]byte {
	n := rand.Uint32()
	return [4]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}
}
