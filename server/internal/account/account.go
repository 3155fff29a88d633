// Package account holds accounts: name spaces of subjects with the interest
// of their subscribers. Start with [Account].
package account

import (
	"sync/atomic"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/protocol/sublist"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// Global is the name of the account that clients belong to when no other is
// configured.
const Global = "$G"

// Subscriber is a subscription as the router sees it.
type Subscriber interface {
	// Deliver queues m for the subscriber's connection and notes in b what is
	// left to do for it. It reports whether m was taken; a false makes the
	// router try another member of a queue group.
	Deliver(m *message.Message, b *message.Batch) bool
	// Connection identifies where the subscription came from, comparable with
	// [message.Message.Origin].
	Connection() any
}

// Account is one name space of subjects.
type Account struct {
	Name     string
	Interest *sublist.Index[Subscriber]
	// Mappings rewrite the subjects that clients publish to; nil for none.
	// Swapped on reload.
	Mappings atomic.Pointer[subject.Mappings]
}

// New returns an account without subscribers.
func New(name string) *Account {
	return &Account{Name: name, Interest: sublist.New[Subscriber]()}
}
