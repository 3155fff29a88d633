package router

import (
	"github.com/dunlin-mq/dunlin/protocol/sublist"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/document"
	"github.com/dunlin-mq/dunlin/server/internal/trace"
)

// outcomes are the errors that a trace shows.
var outcomes = [...]string{
	account.Delivered:    "",
	account.Echo:         trace.NotDeliveredNoEcho,
	account.Unsubscribed: trace.NotDeliveredSubClosed,
	account.Spent:        trace.NotDeliveredAutoUnsub,
	account.Closed:       trace.NotDeliveredClientClosed,
	account.Dropped:      trace.NotDeliveredSlow,
	account.Denied:       trace.NotDeliveredDenied,
}

// deliverTraced is deliver with a record of every attempt. If nobody is to get
// the message, it counts those who would have.
func (p *Pass) deliverTraced() (delivered int) {
	r := &p.matched
	for _, list := range r.Plain {
		for _, s := range list {
			if p.try(s) {
				delivered++
			}
		}
	}
	for i := range r.Queues {
		if p.tryQueue(&r.Queues[i]) {
			delivered++
		}
	}
	return delivered
}

func (p *Pass) tryQueue(g *sublist.Group[account.Subscriber]) bool {
	n := g.Len()
	start := p.Rand(n)
	for i := range n {
		if p.try(g.At((start + i) % n)) {
			return true
		}
	}
	return false
}

// try delivers the message to s, or finds out whether it could, and records
// the outcome.
func (p *Pass) try(s account.Subscriber) bool {
	var o account.Outcome
	if p.Trace.Only() {
		o = s.Try(&p.Message)
	} else {
		o = s.Deliver(&p.Message, &p.Batch)
	}
	to := s.Describe()
	p.Trace.Tried(trace.Egress{
		Kind: int(to.Kind), ID: to.ID, Name: to.Name, Sub: to.Sub, Queue: to.Queue,
		Error: outcomes[o],
	})
	return o == account.Delivered
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
