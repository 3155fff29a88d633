package jsbus

import (
	"time"

	"github.com/dunlin-mq/dunlin/jetstream"
	"github.com/dunlin-mq/dunlin/protocol/sublist"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/message"
	"github.com/dunlin-mq/dunlin/server/internal/router"
)

// Bus is one account as the engine sees it. It implements [jetstream.Bus].
type Bus struct {
	account  *account.Account
	watchers watchers
}

// New returns the bus of an account. An account has one.
func New(a *account.Account) *Bus {
	b := &Bus{account: a}
	a.Watch(b.watchers.began)
	return b
}

// Watch implements [jetstream.Bus].
func (b *Bus) Watch(subject string, fn func()) (stop func()) { return b.watchers.add(subject, fn) }

// Subscribe implements [jetstream.Bus].
func (b *Bus) Subscribe(subject, queue string, r jetstream.Receiver) (jetstream.Subscription, error) {
	return b.account.Subscribe(subject, queue, &ear{subject: subject, queue: queue, receiver: r})
}

// Interest implements [jetstream.Bus].
func (b *Bus) Interest(subject, queue string) bool {
	if queue == "" {
		return b.account.Interest.HasInterest([]byte(subject))
	}
	var r sublist.Result[account.Subscriber]
	b.account.Interest.Match([]byte(subject), &r)
	for i := range r.Queues {
		if r.Queues[i].Name == queue {
			return true
		}
	}
	return false
}

// Sender implements [jetstream.Bus].
func (b *Bus) Sender() jetstream.Sender { return &sender{account: b.account} }

// ear is a subscription of the engine. It implements [account.Subscriber].
type ear struct {
	subject, queue string
	receiver       jetstream.Receiver
}

// Deliver implements [account.Subscriber].
func (e *ear) Deliver(m *message.Message, b *message.Batch) account.Outcome {
	in := jetstream.Incoming{Subject: m.Target(), Reply: m.Reply, Header: m.Header, Payload: m.Payload}
	if o, ok := m.Origin.(jetstream.Origin); ok {
		in.Origin = o
	}
	w, taken := e.receiver.Receive(&in)
	if w != nil {
		b.Wake(w)
	}
	if !taken {
		return account.Unsubscribed
	}
	return account.Delivered
}

// Try implements [account.Subscriber].
func (e *ear) Try(*message.Message) account.Outcome { return account.Delivered }

// Describe implements [account.Subscriber].
func (e *ear) Describe() account.Receiver {
	return account.Receiver{Kind: account.System, Name: "JetStream", Sub: e.subject, Queue: e.queue}
}

// Connection implements [account.Subscriber].
func (e *ear) Connection() any { return nil }

// sender publishes for the engine.
type sender struct {
	account *account.Account
	pass    router.Pass
	scratch message.Scratch
	began   bool
}

// Send implements [jetstream.Sender].
func (s *sender) Send(out *jetstream.Outgoing) bool {
	p := &s.pass
	if !s.began {
		s.began = true
		p.Now = time.Now().UnixNano()
	}
	shown := out.Subject
	if len(shown) == 0 {
		shown = out.To
	}
	p.Message.ComposeIn(&s.scratch, shown, out.Reply, out.Header, out.Payload)
	if len(out.Subject) == 0 {
		return router.Route(s.account, p) > 0
	}
	return router.RouteTo(s.account, p, out.To) > 0
}

// Flush implements [jetstream.Sender].
func (s *sender) Flush() {
	s.began = false
	s.pass.Message.Forget()
	s.pass.Flush()
	if s.scratch.Size() > maxKept {
		s.scratch = message.Scratch{}
	}
}

// Drain implements [jetstream.Sender].
func (s *sender) Drain(limit time.Duration) { s.pass.Drain(limit) }

// maxKept is how much memory a sender keeps for its next message, in bytes.
const maxKept = 64 << 10
