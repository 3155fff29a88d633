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
	bytes  int                // guarded by mu: of the subjects in known
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
	// maxKnown and maxKnownBytes bound the requests that are remembered: those who
	// ask are not those who pay for it.
	maxKnown      = 1 << 17
	maxKnownBytes = 16 << 20
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
	if _, ok := r.known[string(reply)]; !ok {
		r.makeRoomLocked(len(reply))
		r.bytes += len(reply)
	}
	r.known[string(reply)] = request{at: now}
}

// makeRoomLocked drops any requests to stay within the bounds. Which ones is
// left to chance, so that a flood cannot keep others out for good.
func (r *Replies) makeRoomLocked(need int) {
	for reply := range r.known {
		if len(r.known) < maxKnown && r.bytes+need <= maxKnownBytes {
			return
		}
		r.dropLocked(reply)
	}
}

func (r *Replies) dropLocked(reply string) {
	delete(r.known, reply)
	r.bytes -= len(reply)
}

// forgetLocked drops requests that are too old to be answered.
func (r *Replies) forgetLocked(now int64) {
	r.added, r.looked = 0, now
	if r.ttl == 0 {
		return
	}
	for reply, q := range r.known {
		if now-q.at > r.ttl {
			r.dropLocked(reply)
		}
	}
}

// Allow reports whether an answer may be published to the subject, and counts
// it. A request that has all its answers is forgotten.
func (r *Replies) Allow(subj []byte, now int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	q, ok := r.known[string(subj)]
	if !ok {
		return false
	}
	q.answers++
	late := r.ttl > 0 && now-q.at > r.ttl
	switch {
	case late, r.max > 0 && q.answers == r.max:
		r.dropLocked(string(subj))
	case r.max > 0: // without a bound there is nothing to count
		r.known[string(subj)] = q
	}
	return !late
}
