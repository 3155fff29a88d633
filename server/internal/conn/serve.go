package conn

import (
	"errors"
	"io"
	"os"
	"time"
)

// Serve reads until the connection ends and returns why: io.EOF when the peer
// closed, or an error of the session or the socket. The caller's goroutine is
// the connection's read loop; it calls Close, if nobody has, and Finish
// afterwards.
func (c *Conn) Serve() error {
	err := c.Cause()
	if err == nil {
		err = c.loop()
	}
	c.wire.release()
	c.plain.release()
	return err
}

// Hello queues the first bytes that the peer gets, whatever the limits are,
// and writes them. It does not wait for the peer.
func (c *Conn) Hello(b []byte) error {
	o := &c.out
	o.mu.Lock()
	if o.state == outOpen {
		o.forceLocked(b)
	}
	o.mu.Unlock()
	c.Flush()
	return c.Cause()
}

// Prefetch waits, before Serve, for bytes from the peer, and keeps them for
// whoever reads next: see [Conn.Prefetched].
func (c *Conn) Prefetch(deadline time.Time) error {
	if c.codec == nil {
		return c.fillBy(deadline)
	}
	had := len(c.plain.bytes())
	for {
		used, err := c.codec.Open(c.wire.bytes(), (*prefetch)(c))
		c.wire.consumed(used, 0)
		if c.codec.queued() {
			c.Flush()
		}
		c.plain.park()
		if err != nil || len(c.plain.bytes()) > had {
			return err
		}
		if err := c.fillBy(deadline); err != nil {
			return err
		}
	}
}

// prefetch is a [sink] that only keeps.
type prefetch Conn

func (p *prefetch) room() ([]byte, error) {
	if free := p.plain.free(); len(free) >= leastRoom {
		return free, nil
	}
	return p.plain.room(readSize), nil
}

func (p *prefetch) filled(n int) { p.plain.filled(n) }

// fillBy reads once, before the deadline.
func (c *Conn) fillBy(deadline time.Time) error {
	c.nc.SetReadDeadline(deadline)
	err := c.fill()
	c.wire.park()
	c.clearDeadline(c.nc.SetReadDeadline)
	return err
}

// clearDeadline takes a deadline back, but not that of a connection which is
// about to end.
func (c *Conn) clearDeadline(set func(time.Time) error) {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	if c.out.state < outClosing {
		set(time.Time{})
	}
}

// Prefetched returns the bytes read that nobody has used yet.
func (c *Conn) Prefetched() []byte { return c.prefetched().bytes() }

// Unread puts b in front of what is read: somebody else has read it. It is
// called before anything else is read.
func (c *Conn) Unread(b []byte) {
	for len(b) > 0 {
		n := copy(c.wire.room(len(b)), b)
		c.wire.filled(n)
		b = b[n:]
	}
}

// Skip drops the first n prefetched bytes.
func (c *Conn) Skip(n int) { c.prefetched().consumed(n, 0) }

func (c *Conn) prefetched() *input {
	if c.codec != nil {
		return &c.plain
	}
	return &c.wire
}

func (c *Conn) loop() error {
	if c.codec != nil || len(c.wire.bytes()) > 0 {
		if err := c.dispatch(); err != nil {
			return err
		}
	}
	for {
		if err := c.fill(); err != nil {
			return err
		}
		if err := c.dispatch(); err != nil {
			return err
		}
	}
}

// dispatch gives what was read to the session, through the codec if any.
func (c *Conn) dispatch() error {
	if c.codec == nil {
		used, need, err := c.session.Receive(c.wire.bytes(), c.wire.c)
		c.wire.consumed(used, need)
		return err
	}
	used, err := c.codec.Open(c.wire.bytes(), c)
	c.wire.consumed(used, 0)
	// What came before an error still counts, and may have ended the session.
	if derr := c.deliver(); derr != nil {
		err = derr
	}
	if c.codec.queued() {
		c.Flush()
	}
	c.plain.park()
	return err
}

// leastRoom is the least that a codec should find free for a piece of what it
// decodes, unless it begins a buffer.
const leastRoom = 512

// room implements [sink]: it collects decoded bytes, so that the session sees
// many small pieces at once.
func (c *Conn) room() ([]byte, error) {
	if free := c.plain.free(); len(free) >= leastRoom {
		return free, nil
	}
	if err := c.deliver(); err != nil {
		return nil, err
	}
	return c.plain.room(readSize), nil
}

// filled implements [sink].
func (c *Conn) filled(n int) {
	c.plain.filled(n)
	c.fresh += n
}

// deliver gives decoded bytes to the session, if there are new ones.
func (c *Conn) deliver() error {
	if c.fresh == 0 {
		return nil
	}
	c.fresh = 0
	used, need, err := c.session.Receive(c.plain.bytes(), c.plain.c)
	c.plain.consumed(used, need)
	return err
}

// fill reads once, waiting for bytes if there are none.
func (c *Conn) fill() (err error) {
	if c.raw == nil {
		err = c.fillBlocking()
	} else if err = c.raw.Read(c.read.fn); err == nil {
		err = c.read.err
	}
	if err != nil {
		c.read.gone = !errors.Is(err, os.ErrDeadlineExceeded)
		return err
	}
	c.wire.filled(c.read.n)
	return nil
}

// tryRead is called by RawConn.Read, again and again until it returns true.
func (c *Conn) tryRead(fd uintptr) bool {
	n, again, err := tryRead(fd, c.wire.room(readSize))
	if again {
		c.wire.park()
		return false
	}
	c.read.n, c.read.err = n, err
	return true
}

// fillBlocking reads where a read cannot be tried. It holds its buffer while
// it waits, so it takes a small one as long as that suffices.
func (c *Conn) fillBlocking() error {
	size := waitSize
	if c.read.filled {
		size = readSize
	}
	c.wire.park()
	room := c.wire.room(size)
	n, err := c.nc.Read(room)
	c.read.n, c.read.filled = n, n == len(room)
	switch {
	case n > 0:
		return nil // an error comes again
	case err == nil:
		return io.ErrNoProgress
	}
	return err
}
