package load

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// Progress counts received messages and wakes who waits for a certain count. Several subscribers
// may share one (a queue group), and several publishers may wait on it.
type Progress struct {
	count atomic.Int64
	next  atomic.Int64 // smallest count that somebody waits for

	mu      sync.Mutex
	waiters []waiter
}

// waiter is one goroutine in Wait. Its channel belongs to the goroutine and is reused.
type waiter struct {
	count int64
	ready chan struct{}
}

// NewProgress returns a Progress at zero.
func NewProgress() *Progress {
	p := &Progress{}
	p.next.Store(math.MaxInt64)
	return p
}

// Count returns the number of messages received so far.
func (p *Progress) Count() int64 { return p.count.Load() }

// Add records n more messages. It costs two atomic operations unless it wakes somebody.
func (p *Progress) Add(n int64) {
	if count := p.count.Add(n); count >= p.next.Load() {
		p.wake(count)
	}
}

// Wait blocks until the count is reached or the context ends; ready is a channel of capacity one
// that the caller keeps for this purpose. After an error the channel must not be used again: the
// wake-up may still come.
func (p *Progress) Wait(ctx context.Context, count int64, ready chan struct{}) error {
	if p.count.Load() >= count {
		return nil
	}
	p.mu.Lock()
	p.waiters = append(p.waiters, waiter{count, ready})
	p.rearmLocked()
	p.mu.Unlock()
	// The count may have passed between the look at it and the arming, unseen by Add.
	if now := p.count.Load(); now >= count {
		p.wake(now)
	}
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// wake releases the waiters whose count is reached.
func (p *Progress) wake(count int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiters = slices.DeleteFunc(p.waiters, func(w waiter) bool {
		if w.count > count {
			return false
		}
		w.ready <- struct{}{}
		return true
	})
	p.rearmLocked()
}

func (p *Progress) rearmLocked() {
	next := int64(math.MaxInt64)
	for _, w := range p.waiters {
		next = min(next, w.count)
	}
	p.next.Store(next)
}
