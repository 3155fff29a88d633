package message

import (
	"strconv"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

const lineEnd = "\r\n"

// Message is a message being routed. Its slices point into the publisher's
// read buffer or into the message's own scratch space; both are reused as
// soon as the message was routed, so nobody keeps them. A Message belongs to
// the goroutine that routes it; the zero value waits for a Load or Compose.
type Message struct {
	Subject []byte // as delivered: after mapping
	Reply   []byte // empty if there is none
	Header  []byte // NATS/1.0 block, empty if there is none
	Payload []byte

	// To is the subject by which the message is routed, where receivers are shown
	// another one: what a consumer of a stream delivers goes to an inbox, under the
	// subject that it was published on. Empty where it is Subject.
	To []byte

	// Origin is the connection that published it, nil for the server; with
	// NoEcho set, its own subscriptions are passed over.
	Origin any
	NoEcho bool

	// Receivers is how many subscriptions and queue groups are about to get
	// the message, as far as one knows: it decides what is worth sharing.
	Receivers int

	size, hdrSize []byte // digits as the publisher sent them
	body          []byte // Header, Payload and CRLF in one piece
	tail          []byte // reply, sizes and body as sent; nil if not canonical
	owner         *chunk.Chunk

	names   []byte // subjects that Translate made, one behind the other
	layouts layouts
}

// Load makes m the message of a PUB or HPUB that origin sent. owner is the
// chunk that op's slices point into, or nil.
func (m *Message) Load(op *protocol.Op, owner *chunk.Chunk, origin any, noEcho bool) {
	m.Subject, m.Reply, m.To = op.Subject, op.Reply, nil
	m.Header, m.Payload = op.Header, op.Payload
	m.Origin, m.NoEcho = origin, noEcho
	m.Receivers = 0
	m.names = m.names[:0]
	m.size, m.hdrSize = op.Size, op.HdrSize
	m.body, m.tail = op.Msg, op.Tail
	m.owner = owner
	m.layouts.forget()
}

// Forget gives back what the message has borrowed. It has to be called when
// the last message was routed.
func (m *Message) Forget() { m.layouts.forget() }

// Compose makes m a message of the server itself, without a reply. block and
// payload are copied.
func (m *Message) Compose(subject, block, payload []byte) {
	m.ComposeIn(new(Scratch), subject, nil, block, payload)
}

// ComposeIn is Compose with memory that is reused, for a message with a reply: s
// has to be left alone until the message was routed. subject and reply are not
// copied.
func (m *Message) ComposeIn(s *Scratch, subject, reply, block, payload []byte) {
	m.Subject, m.Reply, m.To = subject, reply, nil
	m.Origin, m.NoEcho = nil, false
	m.Receivers = 0
	m.setBody(s, block, payload)
	if len(block) == 0 {
		m.hdrSize = nil
	}
}

// Target is the subject by which the message is routed.
func (m *Message) Target() []byte {
	if len(m.To) > 0 {
		return m.To
	}
	return m.Subject
}

// Size returns header and payload bytes: what the message counts for.
func (m *Message) Size() int { return len(m.body) - len(lineEnd) }

// SetSubject changes the subject under which the message is delivered. The
// caller leaves subject alone until the message is routed.
func (m *Message) SetSubject(subject []byte) {
	m.Subject = subject
	m.layouts.forget()
}

// Scratch is memory for the body of a message that has got another header block.
// It is reused from message to message.
type Scratch struct {
	body   []byte
	digits [2 * maxDigits]byte
}

// Size returns how much memory the body has, in bytes.
func (s *Scratch) Size() int { return cap(s.body) }

// maxDigits is how long a number of bytes can be.
const maxDigits = 20

// SetHeader replaces the header block by a copy of block; an empty one removes
// it.
func (m *Message) SetHeader(block []byte) { m.setBody(new(Scratch), block, m.Payload) }

// Block returns empty memory to write a header block into, for [Message.Dress].
func (s *Scratch) Block() []byte { return s.body[:0] }

// Dress replaces the header block by one that was appended to what s.Block has
// returned. s has to be left alone until the message was routed.
func (m *Message) Dress(s *Scratch, block []byte) {
	s.body = append(append(block, m.Payload...), lineEnd...)
	m.dressed(s, len(block))
}

// setBody puts copies of block and payload in the place of what was loaded.
func (m *Message) setBody(s *Scratch, block, payload []byte) {
	s.body = append(append(append(s.body[:0], block...), payload...), lineEnd...)
	m.dressed(s, len(block))
}

// dressed makes the body in s, of which the first bytes are the header block, that
// of the message.
func (m *Message) dressed(s *Scratch, block int) {
	m.body, m.tail, m.owner = s.body, nil, nil
	m.Header, m.Payload = s.body[:block], s.body[block:m.Size()]
	m.hdrSize = strconv.AppendInt(s.digits[0:0:maxDigits], int64(block), 10)
	m.size = strconv.AppendInt(s.digits[maxDigits:maxDigits], int64(m.Size()), 10)
	m.layouts.forget()
}
