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
)

// Session is what a connection carries.
type Session interface {
	// Receive is called by the read loop with the unread bytes. It returns
	// how many it used and, when it knows, how many it wants to see in one
	// piece from there. It may keep parts of b only by retaining owner. An
	// error ends the read loop; the session has closed the connection then.
	Receive(b []byte, owner *chunk.Chunk) (used, need int, err error)
	// WriteDeadline is how long the peer may take for a batch.
	WriteDeadline() time.Duration
	// WriteStalled is called, by the writer, when a batch missed the
	// deadline. It reports whether to go on.
	WriteStalled(WriteStall) bool
	// WriteRecovered is called, by the writer, when the peer takes bytes in
	// time again. late is how long after the missed batch was begun.
	WriteRecovered(late time.Duration)
}

// WriteStall describes a write that missed its deadline.
type WriteStall struct {
	Chunks   int // left to be written
	Bytes    int // tried to write
	Wrote    int // of these, written nevertheless
	Deadline time.Duration
	Repeated bool // another one was missed right before
}

// codec stands between the wire and the session: TLS records, WebSocket
// frames. One may stand on another.
type codec interface {
	// Open decodes wire bytes into dst. It returns how many it used; the
	// others come again in front of what follows them. Called by the read
	// loop.
	Open(wire []byte, dst sink) (used int, err error)
	// Seal takes about limit plain bytes from the front of p, encodes them
	// and queues the result. It returns how many it took. Called by the owner
	// of the outbox, possibly at the same time as Open.
	Seal(p *cursor, limit int) (taken int, err error)
	// Shut queues what tells the peer that nothing comes after. Called like
	// Seal, last.
	Shut() error
	// parting reports whether Shut says something that the peer should be
	// given time to read. May be called at any time.
	parting() bool

	// take hands over the wire bytes queued by Seal and Shut, and by Open
	// (TLS and WebSocket answer some of what comes by themselves). Called by
	// the owner of the outbox, or when there is none any more. queued may be
	// called at any time.
	take() (*segs, error)
	queued() bool
}

// sink is where a codec puts what it decodes.
type sink interface {
	// room returns space for more; it is never empty. It may pass on what is
	// there already, and fail as that fails.
	room() ([]byte, error)
	// filled records that the first n bytes of room were written.
	filled(n int)
}

// Conn is one connection.
type Conn struct {
	out Outbox // first, where a cache line begins

	// Immutable after Attach.
	nc      net.Conn
	raw     syscall.RawConn // nil where reads and writes cannot be tried
	session Session

	codec codec    // nil for plain transports; set before Serve, under out.mu
	ws    *wsCodec // the codec, if that is one
	w     batch    // of the holder of the outbox's owner bit

	cause atomic.Pointer[error]

	// Owned by the read loop.
	wire  input // bytes off the socket
	plain input // decoded bytes, with a codec
	fresh int   // of these, bytes that the session has not seen
	read  struct {
		n      int
		err    error
		fn     func(fd uintptr) bool
		filled bool // the last read that could not be tried filled its buffer
		gone   bool // the peer sends no more
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

// Attach names the session, before anything else is done with the connection.
func (c *Conn) Attach(s Session) { c.session = s }

// Outbox returns the queue of bytes for the peer.
func (c *Conn) Outbox() *Outbox { return &c.out }

// NetConn returns the socket, to ask for its addresses. Reading and writing
// belong to the Conn.
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
