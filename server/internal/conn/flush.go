package conn

import (
	"errors"
	"os"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/memo"
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
//
// The owner looks at the queue once more, under the lock, before it returns
// the bit; so whoever queues bytes and finds the bit taken may go.

const (
	// inPlace is the largest batch, bytes, that a publisher writes itself.
	// Larger ones go to a writer so that reading and writing overlap.
	inPlace = 96 << 10
	// inPlaceRounds is how many batches in a row it writes: others may be
	// filling the queue as fast as it empties it.
	inPlaceRounds = 2
)

// Flush writes what is queued, as far as the kernel takes it without
// blocking. It never waits for the peer.
func (c *Conn) Flush() { c.FlushSharing(nil) }

// FlushSharing is [Conn.Flush] by somebody who flushes many connections, and
// lets those that compress the same bytes do it once.
func (c *Conn) FlushSharing(m *memo.Memo) {
	o := &c.out
	o.mu.Lock()
	o.dirty = false
	if o.owned || !c.takeLocked() {
		o.mu.Unlock()
		return
	}
	o.owned = true
	o.mu.Unlock()
	for round := 0; ; round++ {
		if c.raw == nil || round == inPlaceRounds || c.w.left() > inPlace {
			go c.writer(nil)
			return
		}
		if err := c.tryWrite(m); err != nil || c.w.left() > 0 {
			go c.writer(err)
			return
		}
		if !c.next() {
			return
		}
	}
}

// tryWrite writes the batch in place. The memo is another goroutine's as soon
// as the owner bit is passed on.
func (c *Conn) tryWrite(m *memo.Memo) error {
	if c.ws == nil {
		return c.w.try(c.raw)
	}
	c.ws.frames.memo = m
	err := c.w.try(c.raw)
	c.ws.frames.memo = nil
	return err
}

// next is called by the owner when its batch is written: it takes the next
// one, or returns the bit, or ends the connection. It reports whether there is
// something to write.
func (c *Conn) next() bool {
	o := &c.out
	o.mu.Lock()
	if c.takeLocked() {
		o.mu.Unlock()
		return true
	}
	end := o.state >= outClosing
	if !end {
		c.disarmLocked()
		o.owned = false
		o.quietLocked()
	}
	o.mu.Unlock()
	if end {
		c.endWriting(nil)
	}
	return false
}

// takeLocked moves what is queued into the batch of the owner, and reports
// whether there is anything to write. A closing connection has a last batch
// even if it is empty: it ends the stream.
func (c *Conn) takeLocked() bool {
	o := &c.out
	final := o.state == outClosing
	switch {
	case o.state == outClosed || c.w.final:
		return false
	case o.bytes.size > 0, final, c.codec != nil && c.codec.queued():
		list, size := o.bytes.take()
		c.w.start(list, size, c.codec, final)
		return true
	}
	return false
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
	for err == nil {
		err = c.w.seal()
		switch {
		case err != nil:
		case c.w.wire.left > 0:
			err = c.writeRound()
		case c.w.plain.left == 0 && !c.next():
			return
		}
	}
	c.endWriting(err)
}

// writeRound writes what one deadline is for, waiting for the peer, and
// applies the write deadline policy. A nil error means to go on.
func (c *Conn) writeRound() error {
	d := c.session.WriteDeadline()
	c.arm(d)
	begun, before := time.Now(), c.w.wire.left
	err := c.w.block(c.raw, c.nc)
	if err == nil && !c.w.stalled.IsZero() {
		c.session.WriteRecovered(time.Since(c.w.stalled))
		c.w.stalled = time.Time{}
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) || c.closing() {
		return err
	}
	stall := WriteStall{
		Chunks: len(c.w.wire.front()), Bytes: before, Wrote: before - c.w.wire.left, Deadline: d,
		Repeated: !c.w.stalled.IsZero(),
	}
	if !stall.Repeated {
		c.w.stalled = begun
	}
	if c.session.WriteStalled(stall) {
		return nil
	}
	return ErrWriteDeadline
}

// arm starts the time allowed for a round. A closing connection keeps the
// deadline of its end.
func (c *Conn) arm(d time.Duration) {
	o := &c.out
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state < outClosing {
		c.w.armed = true
		c.nc.SetWriteDeadline(time.Now().Add(d))
	}
}

// disarmLocked ends it, so that it cannot hit a later write in place.
func (c *Conn) disarmLocked() {
	if c.w.armed {
		c.w.armed = false
		c.nc.SetWriteDeadline(time.Time{})
	}
}
