package router

import (
	"github.com/dunlin-mq/dunlin/protocol/sublist"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/document"
	"github.com/dunlin-mq/dunlin/server/internal/message"
	"github.com/dunlin-mq/dunlin/server/internal/trace"
)

// traced is the delivery of a message with a record of every attempt. If nobody is
// to get the message, it counts those who would have.
type traced struct {
	*message.Message
	*message.Batch
	*trace.Trace
	in string // the account, if it is not the publisher's
}

// deliver gives the message to everybody who matched.
func (t *traced) deliver(r *sublist.Result[account.Subscriber]) (delivered int) {
	for _, list := range r.Plain {
		for _, s := range list {
			if t.try(s) {
				delivered++
			}
		}
	}
	for i := range r.Queues {
		if t.tryQueue(&r.Queues[i]) {
			delivered++
		}
	}
	return delivered
}

func (t *traced) tryQueue(g *sublist.Group[account.Subscriber]) bool {
	n := g.Len()
	start := t.Rand(n)
	for i := range n {
		if t.try(g.At((start + i) % n)) {
			return true
		}
	}
	return false
}

// try delivers the message to s, or finds out whether it could, and records the
// outcome.
func (t *traced) try(s account.Subscriber) bool {
	if border, ok := s.(account.Border); ok {
		return border.DeliverTraced(t.Message, t.Batch, t.Trace) == account.Delivered
	}
	o := attempt(s, t.Message, t.Batch, t.Trace)
	to := s.Describe()
	t.Tried(trace.Egress{
		Kind: int(to.Kind), ID: to.ID, Name: to.Name, Account: t.in, Sub: to.Sub, Queue: to.Queue, Error: o.Trace(),
	})
	return o == account.Delivered
}

// attempt delivers the message, or only finds out whether it could be, as its trace
// demands.
func attempt(s account.Subscriber, m *message.Message, b *message.Batch, t *trace.Trace) account.Outcome {
	if t.Only() {
		return s.Try(m)
	}
	return s.Deliver(m, b)
}

// DeliverTraced implements [account.Border]: a request goes on, and what becomes of
// it in the other account is recorded if that one allows it.
func (s *service) DeliverTraced(m *message.Message, b *message.Batch, t *trace.Trace) account.Outcome {
	from := string(m.Subject)
	e := m.Envelope()
	s.translate(m)
	to := string(m.Subject)
	m.Restore(&e)
	t.Imported(s.exporter.Name, from, to)
	if !s.imp.Export.AllowTrace {
		if t.Only() {
			return account.Delivered
		}
		return s.deliver(m, b, nil, true)
	}
	return s.deliver(m, b, t, false)
}

// Report ends p.Trace and publishes what it has collected in a. It replaces
// p.Message.
func Report(a *account.Account, p *Pass, by document.Author) error {
	t := p.Trace
	p.Trace = nil
	block, payload, err := t.Report(by)
	if err != nil {
		return err
	}
	p.Message.Compose([]byte(t.Dest()), block, payload)
	Route(a, p)
	return nil
}
