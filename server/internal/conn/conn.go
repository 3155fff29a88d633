package conn

import (
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// Causes of an ending that the connection itself finds. A session has causes
// of its own; see [Conn.Close].
var (
	// ErrWriteDeadline: the peer did not take a batch within the write deadline.
	ErrWriteDeadline = errors.New("write deadline exceeded")
	// ErrWrite wraps every other error of a write.
	ErrWrite = errors.New("write error")
	// errFlushed ends a writer that has written the last bytes of a closing
	// connection. The cause of the close was set before.
	errFlushed = errors.New("closed")
)

// Session is what a connection carries.
type Session interface {
	// Receive is called by the read loop with the unread bytes. It returns
	// how many it used and, when it knows, how many it wants to see in one
	// piece from there. It may keep parts of b only by retaining owner. An
	// error ends the connection.
	Receive(b []byte, owner *chunk.Chunk) (used, need int, err error)
	// WriteDeadline is how long the peer may take for a batch.
	WriteDeadline() time.Duration
	// WriteStalled is called, by the writer, when a batch missed the
	// deadline. It reports whether to go on.
	WriteStalled(WriteStall) bool
}

// WriteStall describes a write that missed its deadline.
type WriteStall struct {
	Chunks   int // left to be written
	Bytes    int // tried to write
	Wrote    int // written nevertheless
	Deadline time.Duration
}

// Codec stands between the wire and the session: TLS records, WebSocket
// frames.
type Codec interface {
	// Open decodes wire bytes into dst. It returns how many wire bytes it
	// used and how many plain bytes it wrote; n == 0 means that it needs more
	// wire bytes. Called by the read loop.
	Open(dst, wire []byte) (n, used int, err error)
	// Seal encodes plain bytes and queues the result. Called by the owner of
	// the outbox, possibly at the same time as Open.
	Seal(plain []byte) error

	// take and queued give access to the wire bytes queued by Seal, and by
	// Open (TLS answers some records by itself).
	take() *segs
	queued() bool
}

// Conn is one connection.
type Conn struct {
	nc      net.Conn
	raw     syscall.RawConn // nil where reads and writes cannot be tried
	codec   Codec           // nil for plain transports; set before Serve
	session Session

	out Outbox
	w   batch // of the holder of the outbox's owner bit

	cause atomic.Pointer[error]

	// Owned by the read loop.
	wire  input // bytes off the socket
	plain input // decoded bytes, with a codec
	read  struct {
		n   int
		err error
		fn  func(fd uintptr) bool
	}
}

// New returns a connection over nc. maxPending bounds the bytes queued for
// the peer; with drop set, messages for a congested peer are dropped instead
// of slowing their publisher down.
func New(nc net.Conn, maxPending int64, drop bool) *Conn {
	c := &Conn{nc: nc}
	c.out.max, c.out.drop = maxPending, drop
	c.w.init(c.wrote)
	c.read.fn = c.tryRead
	if sc, ok := nc.(syscall.Conn); ok && canPoll {
		if raw, err := sc.SyscallConn(); err == nil {
			c.raw = raw
		}
	}
	return c
}

// Outbox returns the queue of bytes for the peer.
func (c *Conn) Outbox() *Outbox { return &c.out }

// NetConn returns the socket. Whoever reads or writes it directly must not do
// so while Serve runs.
func (c *Conn) NetConn() net.Conn { return c.nc }

// Cause returns why the connection ended, or nil as long as it has not.
func (c *Conn) Cause() error {
	if p := c.cause.Load(); p != nil {
		return *p
	}
	return nil
}

// setCause records the first cause; later ones are consequences of it.
func (c *Conn) setCause(err error) bool {
	return c.cause.CompareAndSwap(nil, &err)
}

// Close ends the connection: last, if any, and what is queued get one short
// chance to be written, then the socket is closed. Serve returns soon after.
// The first cause is kept. Safe for concurrent use; never blocks.
func (c *Conn) Close(cause error, last []byte) {
	if !c.setCause(cause) {
		return
	}
	o := &c.out
	o.mu.Lock()
	if o.state != outOpen {
		o.mu.Unlock()
		c.nc.Close()
		return
	}
	if len(last) > 0 {
		o.copyLocked(len(last), last, nil, nil, nil)
		o.pending += int64(len(last))
	}
	o.state = outClosing
	c.nc.SetWriteDeadline(time.Now().Add(closeGrace))
	mine := !o.owned
	if mine {
		o.owned = true
		c.takeLocked()
	}
	o.mu.Unlock()
	if mine {
		go c.writer(nil)
	}
	// The read loop need not see more of what the peer sends.
	c.nc.SetReadDeadline(aLongTimeAgo)
}

// Abort ends the connection at once; what is queued is lost.
func (c *Conn) Abort(cause error) {
	c.setCause(cause)
	o := &c.out
	o.mu.Lock()
	if !o.owned {
		o.discardLocked()
	}
	o.state = outClosed
	o.mu.Unlock()
	c.nc.Close()
}

// aLongTimeAgo is a deadline that has passed.
var aLongTimeAgo = time.Unix(1, 0)

// AwaitDrain slows a publisher down that is faster than this connection's
// peer: it waits until the outbox is no longer congested, at most for limit,
// and returns how long it waited.
func (c *Conn) AwaitDrain(limit time.Duration) time.Duration {
	o := &c.out
	o.mu.Lock()
	before := o.written
	o.mu.Unlock()
	drained := o.congestion()
	if drained == nil || limit <= 0 {
		return 0
	}
	start := time.Now()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-drained:
	case <-timer.C:
		o.waitedInVain(before)
	}
	return time.Since(start)
}
