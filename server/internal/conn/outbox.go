package conn

import (
	"sync"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

const (
	// refMin is the size in bytes from which a body is queued by reference
	// instead of being copied.
	refMin = 16 << 10
	// refSpread bounds how much memory a queued body may pin: a body is
	// referenced only if its chunk is at most this many times larger.
	refSpread = 16
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
	// Overflow: the bytes would have passed the limit; the outbox takes no
	// more. Reported once, to the caller whose bytes they were.
	Overflow
	// Spent: the quota was used up before this delivery.
	Spent
	// LastOne: this delivery used up the quota.
	LastOne
)

// Quota counts the deliveries of one subscription and may bound them. It is
// guarded by the lock of the outbox that it is used with.
type Quota struct {
	Sent uint64
	Max  uint64 // 0 means unlimited
}

// Traffic counts messages and their bytes (headers and payload).
type Traffic struct{ Msgs, Bytes uint64 }

// Outbox queues the bytes that wait to be written to one connection. It has
// no socket: the connection's flusher takes batches out of it.
type Outbox struct {
	mu sync.Mutex

	// Guarded by mu.
	queue   *segs  // nil when empty
	free    []byte // unused rest of the last chunk in queue, when that may be appended to
	pending int64  // bytes queued or taken and not yet written
	written uint64 // bytes written since the start: shows progress
	hint    int    // size of the last batch, sizes the next chunk
	max     int64  // limit for pending
	owned   bool   // somebody writes and will look at the queue again
	dirty   bool   // somebody will flush at the end of its batch
	drop    bool   // when congested, drop messages instead of stalling publishers
	state   outState
	drained chan struct{} // closed when no longer congested; nil when nobody waits
	stuckAt uint64        // value of written+1 when a publisher last stalled here in vain
	traffic Traffic
	last    int64 // when a message was last queued, unix nanoseconds
	stalls  uint64
}

type outState uint8

const (
	outOpen    outState = iota
	outClosing          // takes nothing more; what is queued is written, then the socket is closed
	outClosed           // takes nothing, writes nothing
)

// Deliver queues one message for the subscription with quota q, whose label
// (subscription id and space) goes between the frame's head and mid. now is
// the time in unix nanoseconds.
func (o *Outbox) Deliver(f *chunk.Frame, label []byte, q *Quota, now int64) Verdict {
	n := len(f.Head) + len(label) + len(f.Mid) + len(f.Body)
	o.mu.Lock()
	if o.state != outOpen {
		o.mu.Unlock()
		return 0
	}
	if q.Max != 0 && q.Sent >= q.Max {
		o.mu.Unlock()
		return Spent
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
	if f.Owner != nil && len(f.Body) >= refMin && len(f.Owner.Buf) <= refSpread*len(f.Body) {
		o.copyLocked(len(f.Head)+len(label)+len(f.Mid), f.Head, label, f.Mid, nil)
		f.Owner.Retain()
		o.queue.list = append(o.queue.list, seg{f.Owner, f.Body})
		o.free = nil
	} else {
		o.copyLocked(n, f.Head, label, f.Mid, f.Body)
	}
	o.mu.Unlock()
	return v
}

// Put queues bytes that belong to no subscription: control lines.
func (o *Outbox) Put(b []byte) Verdict {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state != outOpen {
		return 0
	}
	v := o.admitLocked(len(b))
	if v&Queued != 0 {
		o.copyLocked(len(b), b, nil, nil, nil)
	}
	return v &^ Congested
}

// admitLocked decides whether n more bytes are taken and accounts for them.
func (o *Outbox) admitLocked(n int) Verdict {
	v := Queued
	after := o.pending + int64(n)
	if after > o.max-o.max/4 {
		if after > o.max {
			o.state = outClosed
			return Overflow
		}
		if o.drop {
			return 0
		}
		v |= Congested
	}
	o.pending = after
	if !o.owned && !o.dirty {
		o.dirty = true
		v |= NeedsFlush
	}
	return v
}

// copyLocked appends n bytes, the four parts, to the last chunk, or to a new
// one when they do not fit.
func (o *Outbox) copyLocked(n int, a, b, c, d []byte) {
	if n <= len(o.free) {
		i := copy(o.free, a)
		i += copy(o.free[i:], b)
		i += copy(o.free[i:], c)
		copy(o.free[i:], d)
		last := o.queue.last()
		last.b = last.b[:len(last.b)+n]
		o.free = o.free[n:]
		return
	}
	for _, p := range [...][]byte{a, b, c, d} {
		for len(p) > 0 {
			if len(o.free) == 0 {
				o.growLocked(n)
			}
			k := copy(o.free, p)
			last := o.queue.last()
			last.b = last.b[:len(last.b)+k]
			o.free = o.free[k:]
			p = p[k:]
		}
	}
}

// growLocked adds an empty chunk. Its size follows what the connection sends:
// the first one fits the previous batch, the next ones are larger.
func (o *Outbox) growLocked(n int) {
	size := max(o.hint, n)
	if o.queue == nil {
		o.queue = newSegs()
	} else {
		size = max(size, 16<<10)
	}
	c := chunk.Get(min(size, 64<<10))
	o.queue.list = append(o.queue.list, seg{c, c.Buf[:0]})
	o.free = c.Buf
}

// takeLocked hands over everything queued; nil when there is nothing. The
// caller holds the owner bit.
func (o *Outbox) takeLocked() (batch *segs, size int) {
	batch = o.queue
	o.queue, o.free, o.dirty = nil, nil, false
	if batch != nil {
		size = batch.size()
	}
	o.hint = size
	return batch, size
}

// wroteLocked accounts for n bytes that left, and wakes stalled publishers
// when the outbox is no longer congested.
func (o *Outbox) wroteLocked(n int) {
	o.pending -= int64(n)
	o.written += uint64(n)
	if o.drained != nil && o.pending <= o.max-o.max/4 {
		close(o.drained)
		o.drained = nil
	}
}

// discardLocked drops what is queued and refuses everything to come.
func (o *Outbox) discardLocked() {
	o.state = outClosed
	if o.queue != nil {
		o.queue.release()
	}
	o.queue, o.free = nil, nil
	if o.drained != nil {
		close(o.drained)
		o.drained = nil
	}
}

// congestion returns a channel that is closed when the outbox has drained
// below the congestion mark, or nil when a publisher need not wait: it is not
// congested, or has made no progress since somebody last waited in vain (a
// peer that does not read at all stalls nobody twice).
func (o *Outbox) congestion() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state != outOpen || o.pending <= o.max-o.max/4 || o.stuckAt == o.written+1 {
		return nil
	}
	o.stalls++
	if o.drained == nil {
		o.drained = make(chan struct{})
	}
	return o.drained
}

// waitedInVain records that a publisher stalled here without any progress
// being possible in its time.
func (o *Outbox) waitedInVain(since uint64) {
	o.mu.Lock()
	if o.written == since {
		o.stuckAt = o.written + 1
	}
	o.mu.Unlock()
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

// SetQuota bounds the deliveries counted by q to max in total (0 lifts the
// bound) and returns how many there have been.
func (o *Outbox) SetQuota(q *Quota, max uint64) (sent uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	q.Max = max
	return q.Sent
}

// Quota returns how many deliveries q has counted, and its bound.
func (o *Outbox) Quota(q *Quota) (sent, max uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return q.Sent, q.Max
}
