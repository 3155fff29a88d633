package conn

import (
	"errors"
	"fmt"
	"time"
)

// How a connection ends.
//
// Somebody calls Close or Abort, or a write fails: the first of these sets the
// cause. The read loop is made to return; its goroutine cleans up after the
// session and calls Finish.
//
// Closing a socket while bytes that it received are unread makes the kernel
// send a reset, which can overtake the last line at the peer: the one that
// says why. Therefore a Close with last words only shuts the sending side
// down; Finish then discards what the peer still sends, until it closes too,
// and no longer than is reasonable.

const (
	// closeGrace is how long the last bytes of a connection may take.
	closeGrace = 100 * time.Millisecond
	// lingerTime is how long Finish waits for the peer to close after the
	// last words, and lingerBytes how much it reads from it meanwhile.
	lingerTime  = 500 * time.Millisecond
	lingerBytes = 1 << 20
)

// aLongTimeAgo is a deadline that has passed.
var aLongTimeAgo = time.Unix(1, 0)

// Close ends the connection: last, if any, and what is queued get one short
// chance to be written, then the peer sees the end of the stream. Serve
// returns soon after. The first cause is kept. Safe for concurrent use; never
// blocks.
func (c *Conn) Close(cause error, last []byte) {
	if !c.setCause(cause) {
		return
	}
	o := &c.out
	o.mu.Lock()
	if o.state < outClosing {
		if len(last) > 0 && o.state == outOpen {
			o.forceLocked(last)
			o.linger = true
		}
		if c.codec != nil && c.codec.parting() {
			o.linger = true
		}
		o.state = outClosing
		o.closeBy = time.Now().Add(closeGrace)
		c.nc.SetWriteDeadline(o.closeBy)
		// The session need not see more of what the peer sends.
		c.nc.SetReadDeadline(aLongTimeAgo)
	}
	o.mu.Unlock()
	c.Flush()
}

// Abort ends the connection at once; what is queued is lost. Safe for
// concurrent use; never blocks.
func (c *Conn) Abort(cause error) {
	c.setCause(cause)
	o := &c.out
	o.mu.Lock()
	if !o.owned {
		o.endLocked()
	}
	o.state = outClosed // the owner, if any, ends it
	o.mu.Unlock()
	c.nc.Close()
}

// Finish closes the socket as soon as the last bytes are out and nothing more
// is to be expected from the peer. The goroutine that called Serve, or would
// have, calls it last, after Close or Abort was called. When it returns,
// nothing of the connection is left.
func (c *Conn) Finish() {
	o := &c.out
	if c.raw == nil {
		c.drainPipe()
	}
	o.awaitQuiet(func() bool { return o.isOver }, nil)
	if o.linger && !c.read.gone {
		c.linger()
	}
	c.nc.Close()
	c.wire.release()
	c.plain.release()
	if c.ws != nil {
		c.ws.release()
	}
	if c.codec != nil {
		// What Open queued when nobody wrote any more.
		if list, _ := c.codec.take(); list != nil {
			list.release()
		}
	}
}

// expectReader makes Finish give the peer time to read what it was sent, even
// if nothing more is said.
func (c *Conn) expectReader() {
	c.out.mu.Lock()
	c.out.linger = true
	c.out.mu.Unlock()
}

// drainPipe discards what the peer of a pipe sends while the last words are on
// their way: it may not read before it has written.
func (c *Conn) drainPipe() {
	c.out.mu.Lock()
	talks, until := c.out.state == outClosing && c.out.linger, c.out.closeBy
	c.out.mu.Unlock()
	if !talks || c.nc.SetReadDeadline(until) != nil {
		return
	}
	var scrap [512]byte
	for left := lingerBytes; left > 0; {
		n, err := c.nc.Read(scrap[:]) // fails when the last words are out
		if err != nil {
			return
		}
		left -= n
	}
}

// linger discards what the peer sends until it closes.
func (c *Conn) linger() {
	if c.raw == nil {
		return // a pipe has delivered what was written
	}
	c.nc.SetReadDeadline(time.Now().Add(lingerTime))
	for left := lingerBytes; left > 0; {
		if err := c.fill(); err != nil || c.ws != nil && c.ws.endsIn(c.wire.bytes()) {
			return
		}
		left -= len(c.wire.bytes())
		c.wire.release()
	}
	// It sends and sends. With a full window it may find time to read.
	_ = c.raw.Read(func(uintptr) bool { return false }) // until the deadline
}

// closing reports whether the connection is about to end.
func (c *Conn) closing() bool {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	return c.out.state >= outClosing
}

// endWriting is the last act of the owner of the outbox: after an error, or
// when a closing connection has written everything. The bit is never returned.
func (c *Conn) endWriting(err error) {
	if err != nil {
		if !errors.Is(err, ErrWriteDeadline) {
			err = fmt.Errorf("%w: %w", ErrWrite, err)
		}
		c.setCause(err)
	}
	c.w.discard()
	o := &c.out
	o.mu.Lock()
	linger := o.linger && o.state == outClosing && err == nil
	o.mu.Unlock()
	if linger = linger && c.closeWrite(); !linger {
		c.nc.Close()
	}
	o.mu.Lock()
	o.linger = linger
	o.endLocked()
	o.mu.Unlock()
}

// closeWrite tells the peer that nothing more comes. It reports false where
// there is no such thing.
func (c *Conn) closeWrite() bool {
	half, ok := c.nc.(interface{ CloseWrite() error })
	return ok && half.CloseWrite() == nil
}
