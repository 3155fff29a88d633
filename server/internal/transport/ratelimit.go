package transport

import (
	"sync"
	"time"
)

// RateLimit counts new connections per second, in fixed windows. The zero
// value is ready. It is safe for concurrent use.
type RateLimit struct {
	mu       sync.Mutex
	window   time.Time
	taken    int
	rejected int
}

// Allow reports whether another connection fits into the present second. When
// a new second begins it returns how many were rejected in the one before.
func (r *RateLimit) Allow(limit int, now time.Time) (ok bool, rejected int) {
	if limit <= 0 {
		return true, 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.window) >= time.Second {
		rejected = r.rejected
		r.window, r.taken, r.rejected = now, 0, 0
	}
	if r.taken >= limit {
		r.rejected++
		return false, rejected
	}
	r.taken++
	return true, rejected
}
