package jetstream

import "time"

// Bus is what the host offers an account: messages in and out. It is safe for
// concurrent use.
type Bus interface {
	// Subscribe hands messages on a subject, which may have wildcards, to r until the
	// subscription ends. The error is that of a malformed subject.
	Subscribe(subject, queue string, r Receiver) (Subscription, error)
	// Interest reports whether anybody listens on a literal subject; if queue is not
	// empty, whether a member of that queue group does.
	Interest(subject, queue string) bool
	// Watch calls fn whenever somebody begins to listen to a literal subject, until stop
	// is called. fn must not block.
	Watch(subject string, fn func()) (stop func())
	// Sender returns a new sender, for one goroutine at a time.
	Sender() Sender
}

// Subscription is interest that can be given up.
type Subscription interface {
	// End ends it. Messages that are being handed over may still arrive.
	End()
}

// Receiver takes messages. It is called by the goroutines of publishers, several at
// a time, and must not block.
type Receiver interface {
	// Receive takes a message, whose slices are valid during the call. If taken is
	// false the message counts as one that nobody was interested in. If w is not nil,
	// it is to be woken when the publisher is through with the messages it has at hand.
	Receive(m *Incoming) (w Worker, taken bool)
}

// Worker works on messages that were received.
type Worker interface {
	// Wake has it begin. It does not wait.
	Wake()
	// Crowded reports whether it is far behind: publishers should wait a little.
	Crowded() bool
	// AwaitDrain waits until it is not, for at most a time, and returns how long it
	// did.
	AwaitDrain(limit time.Duration) time.Duration
}

// Incoming is a message that somebody published.
type Incoming struct {
	Subject []byte
	Reply   []byte // empty if no answer is wanted
	Header  []byte // NATS/1.0 block, empty if there is none
	Payload []byte
	// Origin is who published it; nil for the server itself.
	Origin Origin
}

// Origin is who sent a request.
type Origin interface {
	// Describe returns the JSON object that advisories have for a client.
	Describe() []byte
}

// Sender publishes messages. What it sends may stay with it until Flush.
type Sender interface {
	// Send publishes m and reports whether anybody got it. It does not keep the
	// slices.
	Send(m *Outgoing) bool
	// Flush delivers what was sent.
	Flush()
	// Drain waits, after Flush, while receivers are far behind, for at most a time.
	Drain(limit time.Duration)
}

// Outgoing is a message to be published.
type Outgoing struct {
	// To is where it goes. Subject is the subject that receivers are shown; empty if it
	// is the same.
	To, Subject []byte
	Reply       []byte
	Header      []byte
	Payload     []byte
}
