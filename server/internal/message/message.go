// Package message holds a published message on its way through the server:
// what the router needs to find its receivers, and the two layouts in which
// they get it. Start with [Message.Load].
package message

import (
	"strconv"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// Message is a message being routed. Its slices point into the publisher's
// read buffer or into the message's own scratch space; both are reused as
// soon as the message was routed, so nobody keeps them. A Message belongs to
// the goroutine that routes it.
type Message struct {
	Subject []byte // as delivered: after mapping
	Reply   []byte // empty if there is none
	Header  []byte // NATS/1.0 block, empty if there is none
	Payload []byte

	// Origin is the connection that published it; with NoEcho set, its own
	// subscriptions are passed over.
	Origin any
	NoEcho bool

	size, hdrSize []byte // digits as the publisher sent them
	body          []byte // Header, Payload and CRLF in one piece
	tail          []byte // reply, sizes and body as sent, if canonical
	owner         *chunk.Chunk

	full, plain  chunk.Frame
	hasFull      bool
	hasPlain     bool
	scratch      [512]byte // lines of both frames, if they fit
	scratchTaken int
}

// Load makes m the message of a PUB or HPUB. owner is the chunk that op's
// slices point into, or nil.
func (m *Message) Load(op *protocol.Op, owner *chunk.Chunk) {
	m.Subject, m.Reply = op.Subject, op.Reply
	m.Header, m.Payload = op.Header, op.Payload
	m.size, m.hdrSize = op.Size, op.HdrSize
	m.body, m.tail = op.Msg, op.Tail
	m.owner = owner
	m.touch()
}

// Size returns header and payload bytes: what the message counts for.
func (m *Message) Size() int { return len(m.body) - len("\r\n") }

// SetSubject changes the subject under which the message is delivered.
func (m *Message) SetSubject(subject []byte) {
	m.Subject = subject
	m.touch()
}

// SetHeader replaces the header block.
func (m *Message) SetHeader(header []byte) {
	body := make([]byte, 0, len(header)+len(m.Payload)+2)
	body = append(append(append(body, header...), m.Payload...), "\r\n"...)
	m.Header, m.Payload = body[:len(header)], body[len(header):len(body)-2]
	m.body, m.tail, m.owner = body, nil, nil
	m.size = strconv.AppendInt(nil, int64(len(body)-2), 10)
	m.hdrSize = strconv.AppendInt(nil, int64(len(header)), 10)
	m.touch()
}

// touch forgets the frames after a change.
func (m *Message) touch() { m.hasFull, m.hasPlain, m.scratchTaken = false, false, 0 }

// Full is the layout for receivers that understand headers: HMSG if the
// message has any, else MSG.
func (m *Message) Full() *chunk.Frame {
	if m.hasFull {
		return &m.full
	}
	m.hasFull = true
	f := &m.full
	verb := "MSG "
	if len(m.Header) > 0 {
		verb = "HMSG "
	}
	f.Head, f.Owner, f.Size = m.head(verb), m.owner, m.Size()
	if m.tail != nil {
		f.Mid, f.Body = nil, m.tail
		return f
	}
	b := m.take()
	b = m.appendReply(b)
	if len(m.Header) > 0 {
		b = append(append(b, m.hdrSize...), ' ')
	}
	b = append(append(b, m.size...), "\r\n"...)
	f.Mid, f.Body = m.keep(b), m.body
	return f
}

// Plain is the layout for receivers that do not: the header is left out.
func (m *Message) Plain() *chunk.Frame {
	if len(m.Header) == 0 {
		return m.Full()
	}
	if m.hasPlain {
		return &m.plain
	}
	m.hasPlain = true
	f := &m.plain
	f.Head, f.Owner, f.Size = m.head("MSG "), m.owner, len(m.Payload)
	b := m.take()
	b = m.appendReply(b)
	b = append(strconv.AppendInt(b, int64(len(m.Payload)), 10), "\r\n"...)
	f.Mid, f.Body = m.keep(b), m.body[len(m.Header):]
	return f
}

func (m *Message) head(verb string) []byte {
	b := m.take()
	b = append(b, verb...)
	b = append(b, m.Subject...)
	return m.keep(append(b, ' '))
}

func (m *Message) appendReply(b []byte) []byte {
	if len(m.Reply) == 0 {
		return b
	}
	return append(append(b, m.Reply...), ' ')
}

// take returns the free part of the scratch space to append to. What does not
// fit moves to the heap by itself.
func (m *Message) take() []byte {
	return m.scratch[m.scratchTaken:m.scratchTaken:len(m.scratch)]
}

// keep takes b, appended to what take returned, out of the free part.
func (m *Message) keep(b []byte) []byte {
	if n := m.scratchTaken + len(b); n <= len(m.scratch) {
		m.scratchTaken = n
	}
	return b
}
