package resolver

import (
	"errors"
	"sync"
	"time"
)

// ErrTooSoon is the error of an account that was fetched a moment ago.
var ErrTooSoon = errors.New("account resolver update too soon")

// Throttle keeps accounts from being fetched over and over: by users of an account
// that is nowhere, say. The zero value is ready.
type Throttle struct {
	mu   sync.Mutex
	last map[string]time.Time // guarded by mu
}

const (
	// pause is how long an account is left alone after it was fetched.
	pause = time.Second
	// maxRemembered is how many accounts are remembered. Keys come from strangers.
	maxRemembered = 10_000
)

// Begin reports whether an account may be fetched now, and takes note of it.
func (t *Throttle) Begin(account string, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at, ok := t.last[account]; ok && now.Sub(at) < pause {
		return ErrTooSoon
	}
	if len(t.last) >= maxRemembered {
		for key, at := range t.last {
			if now.Sub(at) >= pause {
				delete(t.last, key)
			}
		}
	}
	if t.last == nil {
		t.last = make(map[string]time.Time)
	}
	if len(t.last) >= maxRemembered {
		return ErrTooSoon
	}
	t.last[account] = now
	return nil
}
