package conn

import (
	"io"
	"time"
)

// Serve reads until the connection ends and returns the cause: io.EOF when
// the peer closed, an error of the session or the socket, or what was given
// to Close. The caller's goroutine is the connection's read loop.
func (c *Conn) Serve(s Session) error {
	c.session = s
	err := c.loop()
	c.wire.release()
	c.plain.release()
	return err
}

// Attach names the session before Serve is called, so that bytes can already
// be written.
func (c *Conn) Attach(s Session) { c.session = s }

// Preload puts bytes that were already read off the socket in front of what
// Serve reads.
func (c *Conn) Preload(b []byte) {
	for len(b) > 0 {
		n := copy(c.wire.room(), b)
		c.wire.filled(n)
		b = b[n:]
	}
}

// Preloaded returns the bytes read off the socket that nobody has used yet.
func (c *Conn) Preloaded() []byte { return c.wire.bytes() }

// Unload drops the first n preloaded bytes.
func (c *Conn) Unload(n int) { c.wire.consumed(n, 0) }

// Hello writes the first bytes that the peer gets, before Serve. It may take
// until the deadline; a new socket takes them at once.
func (c *Conn) Hello(b []byte, deadline time.Time) error {
	if c.codec != nil {
		c.out.Put(b)
		c.Flush()
		return c.Cause()
	}
	c.nc.SetWriteDeadline(deadline)
	defer c.nc.SetWriteDeadline(time.Time{})
	_, err := c.nc.Write(b)
	return err
}

func (c *Conn) loop() error {
	if c.codec != nil || c.wire.end > c.wire.start {
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
	for {
		n, used, err := c.codec.Open(c.plain.room(), c.wire.bytes())
		if used > 0 {
			c.wire.consumed(used, 0)
		}
		if n > 0 {
			c.plain.filled(n)
			took, need, rerr := c.session.Receive(c.plain.bytes(), c.plain.c)
			c.plain.consumed(took, need)
			if rerr != nil {
				return rerr
			}
		}
		if c.codec.queued() {
			c.Flush()
		}
		if err != nil {
			return err
		}
		if n == 0 {
			c.plain.park()
			return nil
		}
	}
}

// fill reads once, waiting for bytes if there are none.
func (c *Conn) fill() error {
	if c.raw == nil {
		n, err := c.nc.Read(c.wire.room())
		if n > 0 {
			c.wire.filled(n)
			return nil
		}
		if err == nil {
			err = io.ErrNoProgress
		}
		return err
	}
	if err := c.raw.Read(c.read.fn); err != nil {
		return err
	}
	if c.read.err != nil {
		return c.read.err
	}
	c.wire.filled(c.read.n)
	return nil
}

// tryRead is called by RawConn.Read, again and again until it returns true.
func (c *Conn) tryRead(fd uintptr) bool {
	n, again, err := tryRead(fd, c.wire.room())
	if again {
		c.wire.park()
		return false
	}
	c.read.n, c.read.err = n, err
	return true
}
