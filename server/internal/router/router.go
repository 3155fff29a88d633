// Package router is the publish path: it maps the subject, matches it against
// the interest of the account, chooses one member of every queue group and
// delivers. [Publish] is all of it. It takes no lock.
package router

import (
	"github.com/dunlin-mq/dunlin/protocol/sublist"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// Pass is the working memory of one publisher for one read batch. It is
// pooled by its user: a connection that waits holds none.
type Pass struct {
	message.Batch
	Message message.Message

	matched sublist.Result[account.Subscriber]
	mapped  []byte // subject after mapping
}

// Publish delivers p.Message to everybody in a who is interested and returns
// how many took it: each plain subscription and one member of each queue
// group count.
func Publish(a *account.Account, p *Pass) (delivered int) {
	m := &p.Message
	if maps := a.Mappings.Load(); maps != nil {
		p.applyMapping(maps)
	}
	if len(m.Subject) == 0 {
		return 0 // a mapping lost it on purpose
	}
	r := &p.matched
	a.Interest.Match(m.Subject, r)
	for _, list := range r.Plain {
		for _, s := range list {
			if s.Deliver(m, &p.Batch) {
				delivered++
			}
		}
	}
	for i := range r.Queues {
		if deliverQueue(&r.Queues[i], p) {
			delivered++
		}
	}
	return delivered
}

// OwnSubscription returns the first plain subscription of the given
// connection that matches the literal subject, or nil.
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
