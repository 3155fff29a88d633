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
	skipped int           // bytes that find does not look at
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

// find returns the first complete line that contains text, or the channel
// that closes when there is more to look at.
func (l *log) find(text string) (line string, more <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := l.buf.String()[l.skipped:]
	for {
		line, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return "", l.changed
		}
		if strings.Contains(line, text) {
			return line, nil
		}
		rest = after
	}
}

// skip hides what is there from find.
func (l *log) skip() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.skipped = l.buf.Len()
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
