package stream

import (
	"sync"
	"time"
)

// Inbox is where messages wait until their stream gets round to them, copied out
// of the buffers of their publishers. Any goroutine may put messages in; one takes
// them out, all that there are at a time.
type Inbox struct {
	mu       sync.Mutex
	batch    *Batch        // guarded by mu; nil if nothing waits
	spare    *Batch        // guarded by mu; used before
	messages int           // guarded by mu; that one may hold
	bytes    int           // guarded by mu; likewise
	drained  chan struct{} // guarded by mu; closed by the next Take, nil if nobody waits
}

// NewInbox returns an empty inbox for at most that many messages and bytes.
func NewInbox(messages, bytes int) *Inbox { return &Inbox{messages: messages, bytes: bytes} }

// Publish is a message on its way into a stream.
type Publish struct {
	Subject, Reply, Header, Payload []byte
}

// Batch is messages in the order in which they came. It belongs to who took it.
type Batch struct {
	items []item
	bytes []byte
}

// item is the lengths of a message whose bytes stand behind those of the one before.
type item struct {
	at                              int
	subject, reply, header, payload int
}

// Put copies a message into the inbox. ok is false if the inbox is full; first says that
// it was empty.
func (i *Inbox) Put(p *Publish) (first, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	b := i.batch
	if b == nil {
		if b, i.spare = i.spare, nil; b == nil {
			b = new(Batch)
		}
		i.batch = b
	}
	size := len(p.Subject) + len(p.Reply) + len(p.Header) + len(p.Payload)
	if len(b.items) >= i.messages || len(b.items) > 0 && len(b.bytes)+size > i.bytes {
		return false, false
	}
	b.items = append(b.items, item{len(b.bytes), len(p.Subject), len(p.Reply), len(p.Header), len(p.Payload)})
	b.bytes = append(append(append(append(b.bytes, p.Subject...), p.Reply...), p.Header...), p.Payload...)
	return len(b.items) == 1, true
}

// Take returns what has been put in since the last time, or nil.
func (i *Inbox) Take() *Batch {
	i.mu.Lock()
	defer i.mu.Unlock()
	b := i.batch
	i.batch = nil
	if i.drained != nil {
		close(i.drained)
		i.drained = nil
	}
	return b
}

// Crowded reports whether the inbox is more than half full: publishers should wait
// a little.
func (i *Inbox) Crowded() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.batch != nil && (len(i.batch.items) > i.messages/2 || len(i.batch.bytes) > i.bytes/2)
}

// AwaitDrain waits until messages are taken out, for at most a time, and returns how
// long it did.
func (i *Inbox) AwaitDrain(limit time.Duration) time.Duration {
	if !i.Crowded() {
		return 0
	}
	i.mu.Lock()
	if i.drained == nil {
		i.drained = make(chan struct{})
	}
	c := i.drained
	i.mu.Unlock()
	began := time.Now()
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-c:
	case <-t.C:
	}
	return time.Since(began)
}

// maxSpare is the largest batch that is kept to be used again, in bytes.
const maxSpare = 1 << 20

// Return gives a batch back that is done with.
func (i *Inbox) Return(b *Batch) {
	if cap(b.bytes) > maxSpare {
		return
	}
	b.items, b.bytes = b.items[:0], b.bytes[:0]
	i.mu.Lock()
	i.spare = b
	i.mu.Unlock()
}

// Len returns the number of messages.
func (b *Batch) Len() int { return len(b.items) }

// At fills p with message i. Its slices are those of the batch.
func (b *Batch) At(i int, p *Publish) {
	it := &b.items[i]
	rest := b.bytes[it.at:]
	cut := func(n int) []byte {
		s := rest[:n:n]
		rest = rest[n:]
		return s
	}
	p.Subject, p.Reply, p.Header, p.Payload = cut(it.subject), cut(it.reply), cut(it.header), cut(it.payload)
}
