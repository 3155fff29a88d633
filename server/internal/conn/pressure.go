package conn

import "time"

// Back-pressure: a publisher that is faster than a subscriber's peer is slowed
// down at the end of its read batch, so that the subscriber is not cut off for
// being an ordinary one. A peer that does not read at all may cost publishers
// that time for a while, not again and again.

const (
	// minPatience is how long publishers wait in vain, in total, for a peer
	// that takes nothing, and maxPatience the most that may be.
	minPatience = 10 * time.Millisecond
	maxPatience = 250 * time.Millisecond
	// ampleLimit is the limit in bytes at which minPatience is enough. What it
	// leaves above the congestion mark gives an ordinary peer that was not
	// scheduled for a moment the time to go on. A smaller limit leaves less,
	// so waiting has to make up for it.
	ampleLimit = 64 << 20
)

// patienceFor is how long publishers wait for a peer that takes nothing when its
// outbox holds at most limit bytes.
func patienceFor(limit int64) time.Duration {
	if limit <= 0 {
		return maxPatience
	}
	return min(max(minPatience*time.Duration(ampleLimit/limit), minPatience), maxPatience)
}

// AwaitDrain slows a publisher down that is faster than this connection's
// peer: it waits until the outbox is no longer congested, at most for limit,
// and returns how long it waited.
func (c *Conn) AwaitDrain(limit time.Duration) time.Duration {
	if limit <= 0 {
		return 0
	}
	drained, written := c.out.congestion()
	if drained == nil {
		return 0
	}
	start := time.Now()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-drained:
	case <-timer.C:
		c.out.waitedInVain(written, limit)
	}
	return time.Since(start)
}

// congestedLocked reports whether more than three quarters of the limit are
// pending.
func (o *Outbox) congestedLocked() bool { return o.pending > o.max-o.max/4 }

// congestion returns a channel that is closed when the outbox has drained
// below the congestion mark, and how much was written until now. The channel
// is nil when a publisher need not wait: the outbox is not congested, or its
// peer has taken nothing while publishers lost patience.
func (o *Outbox) congestion() (drained <-chan struct{}, written uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state != outOpen || !o.congestedLocked() || o.vain.at == o.written && o.vain.waited >= patienceFor(o.max) {
		return nil, o.written
	}
	o.stalls++
	if o.drained == nil {
		o.drained = make(chan struct{})
	}
	return o.drained, o.written
}

// waitedInVain records that a publisher waited for d while nothing was written
// since the given count.
func (o *Outbox) waitedInVain(since uint64, d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.written != since {
		return
	}
	if o.vain.at != since {
		o.vain.at, o.vain.waited = since, 0
	}
	o.vain.waited += d
}

// wakeLocked lets stalled publishers go on.
func (o *Outbox) wakeLocked() {
	close(o.drained)
	o.drained = nil
}
