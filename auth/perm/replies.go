package perm

import (
	"sync"
	"time"
)

// Replies remembers which requests a connection received and may still answer.
// It is safe for concurrent use: publishers track, the connection asks.
type Replies struct {
	max int   // answers to one request; 0 means any number
	ttl int64 // nanoseconds; 0 means for ever

	mu     sync.Mutex
	known  map[string]request // guarded by mu; by reply subject
	added  int                // guarded by mu: since the last look at all of them
	looked int64              // guarded by mu: when that was
}

// request is one that may be answered.
type request struct {
	at      int64 // when it came, unix nanoseconds
	answers int
}

const (
	// lookAfter is how many new requests make it worth while to look for old ones.
	lookAfter = 4096
	// lookEvery is how often there is a look otherwise, at most.
	lookEvery = int64(time.Second)
	// maxKnown bounds the requests that are remembered where none ever gets old.
	maxKnown = 1 << 17
)

// NewReplies returns the memory for a connection, nil unless s lets it answer.
func (s *Set) NewReplies() *Replies {
	if s == nil || s.rules.Responses == nil {
		return nil
	}
	r := &Replies{max: DefaultMaxResponses, ttl: int64(DefaultResponseTTL), known: make(map[string]request)}
	switch n := s.rules.Responses.Max; {
	case n > 0:
		r.max = n
	case n < 0:
		r.max = 0
	}
	switch d := s.rules.Responses.TTL; {
	case d > 0:
		r.ttl = int64(d)
	case d < 0:
		r.ttl = 0
	}
	return r
}

// Track notes that a message with this reply subject was delivered at the given
// time, in unix nanoseconds.
func (r *Replies) Track(reply []byte, now int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.added++; r.added > lookAfter || now-r.looked > lookEvery {
		r.forgetLocked(now)
	}
	if len(r.known) < maxKnown {
		r.known[string(reply)] = request{at: now}
	}
}

// forgetLocked drops requests that are too old to be answered.
func (r *Replies) forgetLocked(now int64) {
	r.added, r.looked = 0, now
	if r.ttl == 0 {
		return
	}
	for reply, q := range r.known {
		if now-q.at > r.ttl {
			delete(r.known, reply)
		}
	}
}

// Allow reports whether an answer may be published to the subject, and counts
// it.
func (r *Replies) Allow(subj []byte, now int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	q, ok := r.known[string(subj)]
	if !ok {
		return false
	}
	q.answers++
	if r.ttl > 0 && now-q.at > r.ttl || r.max > 0 && q.answers > r.max {
		delete(r.known, string(subj))
		return false
	}
	r.known[string(subj)] = q
	return true
}
