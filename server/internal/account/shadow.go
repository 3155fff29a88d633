package account

import (
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/message"
	"github.com/dunlin-mq/dunlin/server/internal/trace"
)

// shadow is a subscription in the account that a stream comes from. It delivers
// to the one in the importing account, under the subject there.
type shadow struct {
	Subscriber
	in      *subject.Transform
	subject string // in the exporting account
	// importer is the account of the subscription; traces of its deliveries are only
	// for those whom it lets see them.
	importer   string
	allowTrace bool
}

// Deliver implements [Subscriber].
func (s *shadow) Deliver(m *message.Message, b *message.Batch) Outcome {
	if s.in == nil || len(m.To) > 0 { // what a consumer delivers keeps its subject
		return s.Subscriber.Deliver(m, b)
	}
	e := m.Envelope()
	m.Translate(s.in)
	o := s.Subscriber.Deliver(m, b)
	m.Restore(&e)
	return o
}

// DeliverTraced implements [Border].
func (s *shadow) DeliverTraced(m *message.Message, b *message.Batch, t *trace.Trace) Outcome {
	e := m.Envelope()
	defer m.Restore(&e)
	if len(m.To) == 0 {
		m.Translate(s.in)
	}
	t.Exported(s.importer, string(m.Subject))
	o := Delivered
	switch {
	case !t.Only():
		o = s.Subscriber.Deliver(m, b)
	case s.allowTrace:
		o = s.Try(m)
	}
	if s.allowTrace {
		to := s.Subscriber.Describe()
		t.Tried(trace.Egress{Kind: int(to.Kind), ID: to.ID, Name: to.Name, Account: s.importer, Sub: s.subject, Queue: to.Queue, Error: o.Trace()})
	}
	return o
}

// Describe implements [Subscriber]. Who publishes in one account learns nothing
// of subscribers in another.
func (s *shadow) Describe() Receiver { return Receiver{Kind: Other, Sub: s.subject} }
