package router

import (
	"github.com/dunlin-mq/dunlin/protocol/sublist"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/message"
	"github.com/dunlin-mq/dunlin/server/internal/trace"
)

// Pass is the working memory of one publisher for one read batch. It is
// pooled by its user: a connection that waits holds none.
type Pass struct {
	message.Batch
	Message message.Message
	// Trace is told what becomes of Message; nil for nearly every message.
	Trace *trace.Trace

	matched sublist.Result[account.Subscriber]
	mapped  []byte // subject after mapping
}

// Route delivers p.Message to everybody in a who is interested and returns how
// many took it: each plain subscription and one member of each queue group
// count. A message without a subject, lost on purpose by a mapping, reaches
// nobody.
func Route(a *account.Account, p *Pass) (delivered int) {
	a.Interest.Match(p.Message.Subject, &p.matched)
	if p.Trace != nil {
		t := traced{&p.Message, &p.Batch, p.Trace, ""}
		return t.deliver(&p.matched)
	}
	return deliver(&p.Message, &p.Batch, &p.matched)
}

// RouteTo is Route to those who are interested in another subject than the one
// they are shown: see [message.Message.To].
func RouteTo(a *account.Account, p *Pass, to []byte) (delivered int) {
	p.Message.To = to
	a.Interest.Match(to, &p.matched)
	return deliver(&p.Message, &p.Batch, &p.matched)
}

// deliver gives the message to everybody who matched.
func deliver(m *message.Message, b *message.Batch, r *sublist.Result[account.Subscriber]) (delivered int) {
	m.Receivers = len(r.Queues)
	for _, list := range r.Plain {
		m.Receivers += len(list)
	}
	for _, list := range r.Plain {
		for _, s := range list {
			if s.Deliver(m, b) == account.Delivered {
				delivered++
			}
		}
	}
	for i := range r.Queues {
		if deliverQueue(m, b, &r.Queues[i]) {
			delivered++
		}
	}
	return delivered
}

// deliverQueue gives the message to one member of the group: it starts at a
// random one and walks on until somebody takes it.
func deliverQueue(m *message.Message, b *message.Batch, g *sublist.Group[account.Subscriber]) bool {
	n := g.Len()
	i := b.Rand(n)
	for range n {
		if g.At(i).Deliver(m, b) == account.Delivered {
			return true
		}
		if i++; i == n {
			i = 0
		}
	}
	return false
}

// OwnSubscription returns the first plain subscription of the given
// connection that matches the literal subject, or nil. It uses p's memory, not
// its message.
func OwnSubscription(a *account.Account, p *Pass, subject []byte, connection any) account.Subscriber {
	r := &p.matched
	a.Interest.Match(subject, r)
	for _, list := range r.Plain {
		for _, s := range list {
			if s.Connection() == connection {
				return s
			}
		}
	}
	return nil
}
