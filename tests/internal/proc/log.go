package proc

import (
	"bytes"
	"strings"
	"sync"
)

// log collects what a process writes and wakes those who wait for a line.
// Safe for concurrent use.
type log struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	changed chan struct{} // closed and replaced by every write
}

func newLog() *log { return &log{changed: make(chan struct{})} }

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf.Write(p)
	close(l.changed)
	l.changed = make(chan struct{})
	return len(p), nil
}

// find returns the first complete line from offset on that contains text, and
// the channel that closes when there is more to look at.
func (l *log) find(text string, offset int) (line string, end int, more <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := l.buf.String()[offset:]
	pos := offset
	for {
		one, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return "", 0, l.changed
		}
		pos += len(one) + 1
		if strings.Contains(one, text) {
			return one, pos, nil
		}
		rest = after
	}
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Len()
}
