package conn

import (
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// Verdict says what became of bytes given to an outbox.
type Verdict uint8

// The verdict bits. The zero Verdict means that nothing was queued.
const (
	// Queued: the bytes are in the outbox.
	Queued Verdict = 1 << iota
	// NeedsFlush: the caller made the outbox dirty and has to flush it, once,
	// at the end of its batch.
	NeedsFlush
	// Congested: more than three quarters of the limit are pending.
	Congested
	// Overflow: the bytes would have passed the limit, and the outbox takes
	// no more. Reported once, to the caller whose bytes they were, who has to
	// end the connection.
	Overflow
	// Spent: the quota was used up before this delivery.
	Spent
	// LastOne: this delivery used up the quota.
	LastOne
	// Dropped: the outbox is congested and drops messages.
	Dropped
)

// Quota counts the deliveries of one subscription and may bound them. It is
// guarded by the lock of the outbox that it is used with.
type Quota struct {
	Sent   uint64
	Max    uint64 // 0 means unlimited
	closed bool   // the subscription has ended
}

// Traffic counts messages and their bytes (headers and payload).
type Traffic struct{ Msgs, Bytes uint64 }

// Outbox queues the bytes that wait to be written to one connection. It has
// no socket: the holder of the owner bit (see flush.go) takes batches out of
// it. Its lock is a leaf.
type Outbox struct {
	// What a delivery touches comes first, so that it is one cache line, and the
	// start of a second one: with many receivers that is what a delivery costs.
	mu sync.Mutex

	// Guarded by mu.
	state   outState
	owned   bool  // somebody writes and will look at the queue again
	dirty   bool  // somebody will flush at the end of its batch
	drop    bool  // when congested, drop messages instead of stalling publishers
	packs   bool  // takes packed frames; immutable once messages come
	linger  bool  // the last bytes have to reach the peer
	isOver  bool  // nobody writes any more
	pending int64 // bytes queued, or taken and not yet written
	max     int64 // limit for pending; immutable
	traffic Traffic
	last    int64 // when a message was last queued, unix nanoseconds
	bytes   queue

	written uint64        // bytes written since the start: shows progress
	closeBy time.Time     // when a closing outbox gives up
	quiet   chan struct{} // closed when an owner leaves; nil when nobody waits

	drained chan struct{} // closed when no longer congested; nil when nobody waits
	vain    struct {      // waiting that nothing came of
		at     uint64        // value of written meanwhile
		waited time.Duration // by all publishers
	}
	stalls uint64
}

// outState only ever grows.
type outState uint8

const (
	outOpen    outState = iota
	outFull             // overflowed: takes nothing more, and waits for the end
	outClosing          // takes nothing more; what is queued is written, then the connection ends
	outClosed           // takes nothing, writes nothing
)

// Deliver queues one message for the subscription with quota q, whose label
// (subscription id and space) goes between the frame's head and mid. now is
// the time in unix nanoseconds.
func (o *Outbox) Deliver(f *chunk.Frame, label []byte, q *Quota, now int64) Verdict {
	n := len(f.Head) + len(label) + len(f.Mid) + len(f.Body)
	if f.Packed {
		n += storedHeader
	}
	o.mu.Lock()
	if o.state != outOpen || q.closed {
		o.mu.Unlock()
		return 0
	}
	if q.Max != 0 && q.Sent >= q.Max {
		o.mu.Unlock()
		return Spent
	}
	if o.drop && o.congestedLocked() {
		o.mu.Unlock()
		return Dropped
	}
	v := o.admitLocked(n)
	if v&Queued == 0 {
		o.mu.Unlock()
		return v
	}
	q.Sent++
	if q.Sent == q.Max {
		v |= LastOne
	}
	o.traffic.Msgs++
	o.traffic.Bytes += uint64(f.Size)
	o.last = now
	if o.drop {
		v &^= Congested // nobody is slowed down
	}
	o.bytes.message(f, label, o.pending)
	o.mu.Unlock()
	return v
}

// Put queues bytes that belong to no subscription: control lines. They are
// not dropped for congestion.
func (o *Outbox) Put(b []byte) Verdict {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state != outOpen {
		return 0
	}
	v := o.admitLocked(len(b))
	if v&Queued != 0 {
		o.bytes.copy(b, nil, nil, nil)
	}
	return v &^ Congested
}

// admitLocked decides whether n more bytes are taken and accounts for them.
func (o *Outbox) admitLocked(n int) Verdict {
	v := Queued
	if o.pending+int64(n) > o.max {
		o.state = outFull
		return Overflow
	}
	o.pending += int64(n)
	if o.congestedLocked() {
		v |= Congested
	}
	if !o.owned && !o.dirty {
		o.dirty = true
		v |= NeedsFlush
	}
	return v
}

// forceLocked queues bytes whatever the limit is: the first and the last ones
// of a connection.
func (o *Outbox) forceLocked(b []byte) {
	o.bytes.copy(b, nil, nil, nil)
	o.pending += int64(len(b))
}

// wroteLocked accounts for n bytes that left, and wakes stalled publishers
// when the outbox is no longer congested.
func (o *Outbox) wroteLocked(n int) {
	o.pending -= int64(n)
	o.written += uint64(n)
	if o.drained != nil && !o.congestedLocked() {
		o.wakeLocked()
	}
}

// endLocked drops what is queued, refuses everything to come, and tells who
// waits that nobody writes any more.
func (o *Outbox) endLocked() {
	o.state = outClosed
	o.bytes.discard()
	o.pending = 0
	if o.drained != nil {
		o.wakeLocked()
	}
	o.owned, o.isOver = true, true // nobody ever owns it again
	o.quietLocked()
}

// quietLocked tells who waits that the owner has left.
func (o *Outbox) quietLocked() {
	if o.quiet != nil {
		close(o.quiet)
		o.quiet = nil
	}
}

// awaitQuiet waits until an owner has left and cond, which is called under the
// lock, holds. It reports false when stop came first.
func (o *Outbox) awaitQuiet(cond func() bool, stop <-chan time.Time) bool {
	for {
		o.mu.Lock()
		if cond() {
			o.mu.Unlock()
			return true
		}
		if o.quiet == nil {
			o.quiet = make(chan struct{})
		}
		quiet := o.quiet
		o.mu.Unlock()
		select {
		case <-quiet:
		case <-stop:
			return false
		}
	}
}

// Snapshot is the state of an outbox for monitoring.
type Snapshot struct {
	Pending      int64 // bytes not yet written
	Traffic      Traffic
	LastDelivery int64  // when a message was last queued, unix nanoseconds
	Stalls       uint64 // times a publisher was slowed down because of this connection
}

// Snapshot returns the current counters.
func (o *Outbox) Snapshot() Snapshot {
	o.mu.Lock()
	defer o.mu.Unlock()
	return Snapshot{Pending: o.pending, Traffic: o.traffic, LastDelivery: o.last, Stalls: o.stalls}
}

// SetDrop chooses between dropping messages for a congested peer and slowing
// their publishers down.
func (o *Outbox) SetDrop(drop bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drop = drop
}

// SetQuota bounds the deliveries counted by q to max in total (0 lifts the
// bound) and returns how many there have been.
func (o *Outbox) SetQuota(q *Quota, max uint64) (sent uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	q.Max = max
	return q.Sent
}

// CloseQuota ends the subscription that q belongs to: nothing more is
// delivered for it, even by a publisher that has already matched it.
func (o *Outbox) CloseQuota(q *Quota) {
	o.mu.Lock()
	defer o.mu.Unlock()
	q.closed = true
}

// Quota returns how many deliveries q has counted, and its bound.
func (o *Outbox) Quota(q *Quota) (sent, max uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return q.Sent, q.Max
}
