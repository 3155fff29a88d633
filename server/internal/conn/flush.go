package conn

import (
	"errors"
	"os"
	"time"
)

// Who may write when.
//
// Whoever finds queued bytes and a free owner bit takes both. It then tries to
// write in place, without blocking: first in [Conn.Flush], at the end of a
// publisher's read batch. What the kernel does not take, and batches too large
// to be copied on the way of the publisher, go to a writer goroutine together
// with the bit. The writer blocks, under the write deadline, until the queue
// is empty, clears the deadline, returns the bit and ends. While a writer
// lives nobody else calls RawConn.Write: it would wait for the writer.

const (
	// inPlace is the largest batch, bytes, that a publisher writes itself.
	// Larger ones go to a writer so that reading and writing overlap.
	inPlace = 96 << 10
	// closeGrace is how long the last bytes of a closing connection may take.
	closeGrace = 100 * time.Millisecond
)

// Flush writes what is queued, as far as the kernel takes it without
// blocking. It never waits for the peer.
func (c *Conn) Flush() {
	o := &c.out
	o.mu.Lock()
	o.dirty = false
	if o.owned || o.state == outClosed || !c.queuedLocked() {
		o.mu.Unlock()
		return
	}
	o.owned = true
	for round := 0; ; round++ {
		size := c.takeLocked()
		o.mu.Unlock()
		if c.raw == nil || size > inPlace || round == 2 {
			go c.writer(nil)
			return
		}
		err := c.w.seal(c.codec)
		if err == nil {
			err = c.w.try(c.raw)
		}
		if err != nil || !c.w.done() {
			go c.writer(err)
			return
		}
		o.mu.Lock()
		if o.state != outOpen {
			o.mu.Unlock()
			go c.writer(nil) // it ends the connection
			return
		}
		if !c.queuedLocked() {
			o.owned = false
			o.mu.Unlock()
			return
		}
	}
}

// queuedLocked reports whether there is anything to write.
func (c *Conn) queuedLocked() bool {
	return c.out.queue != nil || c.codec != nil && c.codec.queued()
}

// takeLocked moves the queue into the owner's batch and returns its size.
func (c *Conn) takeLocked() int {
	list, size := c.out.takeLocked()
	c.w.start(list, size, c.codec)
	return size
}

// wrote accounts for bytes that left.
func (c *Conn) wrote(n int) {
	c.out.mu.Lock()
	c.out.wroteLocked(n)
	c.out.mu.Unlock()
}

// writer owns the socket until there is nothing left to write. It begins with
// the batch, and the error if any, of whoever started it.
func (c *Conn) writer(err error) {
	o := &c.out
	for err == nil {
		if err = c.writeBatch(); err != nil {
			break
		}
		if !c.w.done() {
			continue
		}
		o.mu.Lock()
		switch {
		case c.queuedLocked() && o.state != outClosed:
			c.takeLocked()
		case o.state == outOpen:
			c.nc.SetWriteDeadline(time.Time{})
			o.owned = false
			o.mu.Unlock()
			return
		default:
			err = errFlushed
		}
		o.mu.Unlock()
	}
	c.endWriting(err)
}

// writeBatch writes what one deadline is for, waiting for the peer, and
// applies the write deadline policy. A nil error means to go on.
func (c *Conn) writeBatch() error {
	if err := c.w.seal(c.codec); err != nil {
		return err
	}
	if c.w.wire.left == 0 {
		return nil
	}
	d := c.armWriteDeadline()
	before := c.w.wire.left
	err := c.w.block(c.raw, c.nc)
	if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	c.out.mu.Lock()
	open := c.out.state == outOpen
	c.out.mu.Unlock()
	if !open {
		return err
	}
	stall := WriteStall{
		Chunks: len(c.w.wire.front()), Bytes: before, Wrote: before - c.w.wire.left, Deadline: d,
	}
	if c.session.WriteStalled(stall) {
		return nil
	}
	return ErrWriteDeadline
}

// armWriteDeadline starts the time allowed for the next batch. It does so
// under the lock, so that it cannot undo the shorter deadline of a close.
func (c *Conn) armWriteDeadline() time.Duration {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	d := c.session.WriteDeadline()
	if c.out.state != outOpen {
		d = closeGrace
	}
	c.nc.SetWriteDeadline(time.Now().Add(d))
	return d
}

// endWriting closes the socket: after an error, or because the connection is
// closing and everything was written. The owner bit is never returned.
func (c *Conn) endWriting(err error) {
	switch {
	case errors.Is(err, errFlushed), errors.Is(err, ErrWriteDeadline):
	default:
		err = errors.Join(ErrWrite, err)
	}
	c.setCause(err)
	c.w.discard()
	c.out.mu.Lock()
	c.out.discardLocked()
	c.out.mu.Unlock()
	c.nc.Close()
}
