package account

import (
	"github.com/dunlin-mq/dunlin/server/internal/message"
	"github.com/dunlin-mq/dunlin/server/internal/trace"
)

// Subscriber is a subscription as the router sees it. Its methods are called
// by the goroutines of publishers, several at a time.
type Subscriber interface {
	// Deliver queues m for the subscriber's connection and notes in b what is
	// left to do for it.
	Deliver(m *message.Message, b *message.Batch) Outcome
	// Try tells what Deliver would do with m, as far as that can be known
	// without doing it.
	Try(m *message.Message) Outcome
	// Describe says who the subscriber is.
	Describe() Receiver
	// Connection identifies where the subscription came from, comparable with
	// [message.Message.Origin].
	Connection() any
}

// Border is a [Subscriber] that stands for subscribers in another account.
type Border interface {
	// DeliverTraced is Deliver, or Try if nobody is to get the message, with a record
	// of what the other account lets be seen.
	DeliverTraced(m *message.Message, b *message.Batch, t *trace.Trace) Outcome
}

// Outcome tells what became of a delivery. Of a queue group another member is
// tried unless it is Delivered.
type Outcome uint8

// The outcomes.
const (
	// Delivered: the subscriber's connection has taken the message.
	Delivered Outcome = iota
	// Echo: the publisher does not want its own messages back.
	Echo
	// Unsubscribed: the subscription ended while the message was routed.
	Unsubscribed
	// Spent: the subscription has got all the messages it asked for.
	Spent
	// Closed: the connection is ending.
	Closed
	// Dropped: the connection is behind, and such messages are dropped.
	Dropped
	// Denied: the subscriber may not see this subject.
	Denied
)

// Trace is what traces say about the outcome; empty for a delivery.
func (o Outcome) Trace() string { return outcomes[o] }

// outcomes are the errors that a trace shows.
var outcomes = [...]string{
	Delivered:    "",
	Echo:         trace.NotDeliveredNoEcho,
	Unsubscribed: trace.NotDeliveredSubClosed,
	Spent:        trace.NotDeliveredAutoUnsub,
	Closed:       trace.NotDeliveredClientClosed,
	Dropped:      trace.NotDeliveredSlow,
	Denied:       trace.NotDeliveredDenied,
}

// Receiver describes a subscriber to people.
type Receiver struct {
	Kind  Kind
	ID    uint64 // of the connection
	Name  string // that the connection gave itself
	Sub   string // subject of the subscription
	Queue string // its group, if any
}

// Kind is the kind of a connection, numbered as in nats-server's documents.
type Kind int

// The kinds.
const (
	Client Kind = 0 // an ordinary NATS client
	System Kind = 3 // the server itself
	Other  Kind = 6 // something in another account
)
