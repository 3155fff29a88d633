package conn

import "time"

// Back-pressure: a publisher that is faster than a subscriber's peer is slowed
// down at the end of its read batch, so that the subscriber is not cut off for
// being an ordinary one. A peer that does not read at all may cost a publisher
// that time once, not again and again.

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
		c.out.waitedInVain(written)
	}
	return time.Since(start)
}

// congestedLocked reports whether more than three quarters of the limit are
// pending.
func (o *Outbox) congestedLocked() bool { return o.pending > o.max-o.max/4 }

// congestion returns a channel that is closed when the outbox has drained
// below the congestion mark, and how much was written until now. The channel
// is nil when a publisher need not wait: the outbox is not congested, or has
// made no progress since somebody last waited in vain.
func (o *Outbox) congestion() (drained <-chan struct{}, written uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state != outOpen || !o.congestedLocked() || o.stuckAt == o.written+1 {
		return nil, o.written
	}
	o.stalls++
	if o.drained == nil {
		o.drained = make(chan struct{})
	}
	return o.drained, o.written
}

// waitedInVain records that a publisher stalled here while nothing was
// written since the given count.
func (o *Outbox) waitedInVain(since uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.written == since {
		o.stuckAt = since + 1
	}
}

// wakeLocked lets stalled publishers go on.
func (o *Outbox) wakeLocked() {
	close(o.drained)
	o.drained = nil
}
