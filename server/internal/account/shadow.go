package account

import (
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// shadow is a subscription in the account that a stream comes from. It delivers
// to the one in the importing account, under the subject there.
type shadow struct {
	Subscriber
	in      *subject.Transform
	subject string // in the exporting account
}

// Deliver implements [Subscriber].
func (s *shadow) Deliver(m *message.Message, b *message.Batch) Outcome {
	if s.in == nil {
		return s.Subscriber.Deliver(m, b)
	}
	e := m.Envelope()
	m.Translate(s.in)
	o := s.Subscriber.Deliver(m, b)
	m.Restore(&e)
	return o
}

// Describe implements [Subscriber]. Who publishes in one account learns nothing
// of subscribers in another.
func (s *shadow) Describe() Receiver { return Receiver{Kind: Other, Sub: s.subject} }
