package logging

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Logger writes lines. [Logger.With] derives loggers that share its
// configuration and destination: configuring or closing one does it for all.
type Logger struct {
	core   *core
	conn   *Conn  // nil for the server as a whole
	prefix string // of text lines
}

// core is what a logger and those derived from it share.
type core struct {
	flags   atomic.Uint32 // levels that are on, as bits
	sink    atomic.Pointer[Sink]
	limiter limiter

	mu      sync.Mutex
	cfg     Config
	enc     encoder
	dest    destination // nil when a sink has the log, it is discarded, or after Close
	line    []byte      // scratch
	failing bool        // the last write failed, which has been reported
}

// New opens the destination of cfg. The error is one to refuse to start with.
func New(cfg Config) (*Logger, error) {
	dest, err := cfg.open()
	if err != nil {
		return nil, err
	}
	c := &core{}
	c.adopt(cfg, dest)
	return &Logger{core: c}, nil
}

// adopt makes cfg the configuration. The caller holds mu or is the only user.
func (c *core) adopt(cfg Config, dest destination) {
	c.cfg, c.dest, c.enc = cfg, dest, cfg.encoder()
	flags := uint32(1<<Info | 1<<Warn | 1<<Error | 1<<Fatal)
	if cfg.Debug {
		flags |= 1 << Debug
	}
	if cfg.Trace {
		flags |= 1 << Trace
	}
	c.flags.Store(flags)
	if cfg.Sink == nil {
		c.sink.Store(nil)
	} else {
		c.sink.Store(&cfg.Sink)
	}
}

// Reconfigure changes what is logged, how and where, from the next line on. If
// the new destination cannot be opened, nothing changes; that the old one
// cannot be closed is logged.
func (l *Logger) Reconfigure(cfg Config) error {
	c := l.core
	c.mu.Lock()
	same := cfg.sameDestination(c.cfg) && c.dest != nil
	if same {
		c.adopt(cfg, c.dest)
	}
	c.mu.Unlock()
	if same {
		return nil
	}
	dest, err := cfg.open()
	if err != nil {
		return err
	}
	c.mu.Lock()
	old := c.dest
	c.adopt(cfg, dest)
	c.failing = false
	c.mu.Unlock()
	if err := closeDestination(old); err != nil {
		l.Warnf("Closing the former log: %v", err)
	}
	return nil
}

// Reopen closes and opens the log file, as is needed after a tool for log
// rotation has renamed it. Other destinations stay as they are.
func (l *Logger) Reopen() error {
	l.core.mu.Lock()
	defer l.core.mu.Unlock()
	if l.core.dest == nil {
		return nil
	}
	return l.core.dest.reopen()
}

// Close closes the destination. Later lines are dropped.
func (l *Logger) Close() error {
	c := l.core
	c.mu.Lock()
	old := c.dest
	c.dest = nil
	c.mu.Unlock()
	c.sink.Store(nil)
	return closeDestination(old)
}

func closeDestination(d destination) error {
	if d == nil {
		return nil
	}
	return d.close()
}

// DebugEnabled says whether Debugf writes anything. Asking costs one atomic
// load; calling Debugf in vain costs its arguments.
func (l *Logger) DebugEnabled() bool { return l.Enabled(Debug) }

// TraceEnabled says whether Tracef writes anything.
func (l *Logger) TraceEnabled() bool { return l.Enabled(Trace) }

// Enabled says whether lines of the level are written.
func (l *Logger) Enabled(level Level) bool { return l.core.flags.Load()&(1<<level) != 0 }

// Infof logs what an operator may want to know.
func (l *Logger) Infof(format string, args ...any) { l.logf(Info, format, args) }

// Warnf logs what an operator should look at.
func (l *Logger) Warnf(format string, args ...any) { l.logf(Warn, format, args) }

// Errorf logs what went wrong.
func (l *Logger) Errorf(format string, args ...any) { l.logf(Error, format, args) }

// Fatalf logs why the server ends. Ending it is up to the caller.
func (l *Logger) Fatalf(format string, args ...any) { l.logf(Fatal, format, args) }

// Debugf logs what a developer may want to know, if debugging is on.
func (l *Logger) Debugf(format string, args ...any) { l.logf(Debug, format, args) }

// Tracef logs protocol traffic, if tracing is on.
func (l *Logger) Tracef(format string, args ...any) { l.logf(Trace, format, args) }

// Limited logs like the method for the level, but the same text at most once a
// second. Beyond [limitedTexts] different texts a second, lines are dropped.
func (l *Logger) Limited(level Level, format string, args ...any) {
	if !l.Enabled(level) {
		return
	}
	buf := getBuffer()
	defer putBuffer(buf)
	*buf = fmt.Appendf(*buf, format, args...)
	if l.core.limiter.allow(l.prefix, *buf, time.Now()) {
		l.emit(level, *buf)
	}
}

func (l *Logger) logf(level Level, format string, args []any) {
	if !l.Enabled(level) {
		return
	}
	buf := getBuffer()
	defer putBuffer(buf)
	*buf = fmt.Appendf(*buf, format, args...)
	l.emit(level, *buf)
}

// emit hands a message to the sink or the destination.
func (l *Logger) emit(level Level, text []byte) {
	if n := len(text); n > 0 && text[n-1] == '\n' {
		text = text[:n-1]
	}
	if sink := l.core.sink.Load(); sink != nil {
		(*sink).Log(Record{Time: time.Now(), Level: level, Conn: l.conn, Text: string(text)})
		return
	}
	l.core.mu.Lock()
	defer l.core.mu.Unlock()
	if l.core.dest == nil {
		return
	}
	l.core.writeLocked(&message{level: level, conn: l.conn, prefix: l.prefix, text: text})
	for _, notice := range l.core.dest.maintain() {
		l.core.writeLocked(&message{level: Info, text: []byte(notice)})
	}
}

// writeLocked writes one line to the destination or, failing that, to standard
// error.
func (c *core) writeLocked(m *message) {
	m.time = time.Now()
	c.line = c.enc.append(c.line[:0], m)
	err := c.dest.write(m.level, c.line)
	if cap(c.line) > maxPooled {
		c.line = nil
	}
	if _, isLast := c.dest.(stream); isLast {
		return // nobody is left to be told about an error
	}
	switch {
	case err == nil && c.failing:
		c.failing = false
		c.fallBackLocked(&message{level: Info, text: fmt.Appendf(nil, "Log goes to %v again", c.dest)})
	case err != nil && !c.failing:
		c.failing = true
		c.fallBackLocked(&message{level: Error, text: fmt.Appendf(nil, "Log goes to standard error, because writing to %v failed: %v", c.dest, err)})
	}
	if err != nil {
		c.fallBackLocked(m)
	}
}

// fallBackLocked writes a line to standard error.
func (c *core) fallBackLocked(m *message) {
	m.time = time.Now()
	enc := c.enc
	enc.bare, enc.coloured = false, false
	_, _ = c.cfg.stderr().Write(enc.append(nil, m))
}

// maxPooled is the capacity in bytes beyond which scratch space is left to the
// garbage collector: one huge payload in a trace should not stay around.
const maxPooled = 64 << 10

var buffers = sync.Pool{New: func() any { return new([]byte) }}

func getBuffer() *[]byte { return buffers.Get().(*[]byte) }

func putBuffer(b *[]byte) {
	if cap(*b) <= maxPooled {
		*b = (*b)[:0]
		buffers.Put(b)
	}
}
