package account

import (
	"sync/atomic"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/protocol/sublist"
)

// Global is the name of the account that clients belong to when no other is
// configured.
const Global = "$G"

// Account is one name space of subjects. It is safe for concurrent use.
type Account struct {
	Name string
	// Interest says who subscribed to what.
	Interest *sublist.Index[Subscriber]
	// Mappings rewrite the subjects that clients publish to; nil for none.
	// A reload swaps them.
	Mappings atomic.Pointer[subject.Mappings]
}

// New returns an account without subscribers.
func New(name string) *Account {
	return &Account{Name: name, Interest: sublist.New[Subscriber]()}
}
