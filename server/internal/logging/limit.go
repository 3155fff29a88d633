package logging

import (
	"hash/maphash"
	"sync"
	"time"
)

const (
	// limitedInterval is how long a text stays silent once it was logged.
	limitedInterval = time.Second
	// limitedTexts is how many texts are remembered, and thus the most lines
	// that rate-limited logging makes in an interval.
	limitedTexts = 1024
)

// limiter remembers which texts were logged lately. The zero value is ready.
type limiter struct {
	mu   sync.Mutex
	seed maphash.Seed
	last map[uint64]time.Time // by hash of the text
	// swept is when expired texts were last looked for: during a flood of
	// different ones, not for every line.
	swept time.Time
}

// allow says whether the text may be logged now.
func (l *limiter) allow(prefix string, text []byte, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil {
		l.seed = maphash.MakeSeed()
		l.last = make(map[uint64]time.Time)
	}
	var h maphash.Hash
	h.SetSeed(l.seed)
	h.WriteString(prefix)
	h.Write(text)
	key := h.Sum64()
	if last, ok := l.last[key]; ok && now.Sub(last) < limitedInterval {
		return false
	}
	if len(l.last) >= limitedTexts && !l.forget(now) {
		return false
	}
	l.last[key] = now
	return true
}

// forget drops the texts that may be logged again and says whether there is
// room for another one.
func (l *limiter) forget(now time.Time) bool {
	if now.Sub(l.swept) < limitedInterval/10 {
		return false
	}
	l.swept = now
	for key, last := range l.last {
		if now.Sub(last) >= limitedInterval {
			delete(l.last, key)
		}
	}
	return len(l.last) < limitedTexts
}
