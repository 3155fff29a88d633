package message

import (
	"strconv"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// Between accounts a message travels under other names, and is the same again
// for whoever comes after that. So whoever crosses a border keeps an Envelope
// and puts it back.

// Envelope is what of a message may differ between accounts.
type Envelope struct {
	subject, reply, header, payload []byte
	to                              []byte
	size, hdrSize, body, tail       []byte
	owner                           *chunk.Chunk
	receivers                       int
	names                           int
}

// Envelope returns the present one.
func (m *Message) Envelope() Envelope {
	return Envelope{
		m.Subject, m.Reply, m.Header, m.Payload, m.To, m.size, m.hdrSize, m.body, m.tail, m.owner, m.Receivers, len(m.names),
	}
}

// Restore puts an envelope back.
func (m *Message) Restore(e *Envelope) {
	m.Subject, m.Reply, m.Header, m.Payload, m.To = e.subject, e.reply, e.header, e.payload, e.to
	m.size, m.hdrSize, m.body, m.tail = e.size, e.hdrSize, e.body, e.tail
	m.owner, m.Receivers, m.names = e.owner, e.receivers, m.names[:e.names]
	m.layouts.forget()
}

// Translate changes the subject, which matches the source of t, by t; nil changes
// nothing.
func (m *Message) Translate(t *subject.Transform) {
	if t == nil {
		return
	}
	start := len(m.names)
	m.names = t.ApplyMatched(m.names, m.Subject)
	m.SetSubject(m.names[start:len(m.names):len(m.names)])
}

// SetReply changes the reply subject. The caller leaves reply alone until the
// message is routed; an empty one removes it.
func (m *Message) SetReply(reply []byte) {
	m.Reply, m.tail = reply, nil
	if len(m.hdrSize) == 0 && len(m.Header) > 0 {
		m.hdrSize = strconv.AppendInt(nil, int64(len(m.Header)), 10)
	}
	m.layouts.forget()
}
