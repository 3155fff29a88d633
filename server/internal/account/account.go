package account

import (
	"sync/atomic"

	"github.com/dunlin-mq/dunlin/protocol"
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

	label   atomic.Pointer[string] // nil where it is the name
	tracing atomic.Pointer[Tracing]
	limits  atomic.Pointer[Limits]
	members atomic.Int64 // clients that have joined
	watch   atomic.Pointer[func(subject string)]
	sharing sharing
}

// Tracing is where messages that are part of a trace of their own are traced to.
type Tracing struct {
	Dest     string // subject in the account
	Sampling int    // percent of the messages
}

// Tracing returns where such messages are traced to; nil for nowhere.
func (a *Account) Tracing() *Tracing { return a.tracing.Load() }

// Watch has fn called with the subject of every subscription that begins; fn must not
// block. There is one such function.
func (a *Account) Watch(fn func(subject string)) { a.watch.Store(&fn) }

// Label is the name for people: that in a JWT, or the name itself.
func (a *Account) Label() string {
	if l := a.label.Load(); l != nil {
		return *l
	}
	return a.Name
}

// Nobody is a limit on connections of none at all.
const Nobody = -1

// Limits bound what the connections of an account may do; 0 is no limit.
type Limits struct {
	Connections   int // or Nobody
	Subscriptions int // of each connection
	Payload       int // bytes of a message
}

// New returns an account without subscribers.
func New(name string) *Account {
	a := &Account{Name: name, Interest: sublist.New[Subscriber]()}
	a.limits.Store(&Limits{})
	return a
}

// Limits returns the limits in force.
func (a *Account) Limits() *Limits { return a.limits.Load() }

// Join counts a client in, or returns [protocol.ErrMaxAccountConnections].
func (a *Account) Join() error {
	limit := int64(a.Limits().Connections)
	if n := a.members.Add(1); limit > 0 && n > limit || limit == Nobody {
		a.members.Add(-1)
		return protocol.ErrMaxAccountConnections
	}
	return nil
}

// Leave counts a client out that has joined.
func (a *Account) Leave() { a.members.Add(-1) }

// Members returns how many clients have joined.
func (a *Account) Members() int { return int(a.members.Load()) }
