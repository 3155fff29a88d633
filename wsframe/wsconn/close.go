package wsconn

import (
	"errors"
	"io"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// drainLimit is how much of what a peer goes on sending is read and thrown
// away, bytes, so that it gets to read why the connection ends.
const drainLimit = 64 << 20

// Close ends the connection with a closing handshake: it sends a close frame,
// waits for the peer's, and closes TCP when the peer has, or has had the time to.
// Each of the three may take two seconds. The reason is cut if it is longer than
// 123 bytes. A code that may not be sent, as 0, makes a frame without either.
//
// Messages that come meanwhile are lost, except to a ReadMessage that is
// waiting, which returns what it gets. The error is nil if the peer has closed,
// whether it was asked to or not.
func (c *Conn) Close(code wsframe.CloseCode, reason string) error {
	failed := c.out.goodbye(code, reason)
	if failed != nil {
		_ = c.conn.Close() // nobody will answer
	} else {
		_ = c.conn.SetReadDeadline(time.Now().Add(closeWait))
	}
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	if c.in.ended == nil {
		c.in.disown()
	}
	for c.in.ended == nil {
		_, _ = c.piece(nil) // until that sets ended
	}
	var closed *CloseError
	switch {
	case errors.As(c.in.ended, &closed):
		return nil
	case failed != nil && failed != ErrClosed:
		return failed
	}
	return c.in.ended
}

// goodbye sends a close frame, unless one was sent or the connection is broken.
// The error is that of sending.
func (o *outbox) goodbye(code wsframe.CloseCode, reason string) error {
	// This also ends the waiting of a writer that is stuck.
	o.deadlines.last(time.Now().Add(closeWait), o.conn.SetWriteDeadline)
	o.mu.Lock()
	defer o.unlock()
	switch {
	case o.said:
		return nil
	case o.err != nil:
		return o.err
	}
	if o.unsent.Load() {
		o.sendPong()
	}
	o.frame(wsframe.Close, true, false, closePayload(code, reason))
	if err := o.flush(); err != nil {
		return err
	}
	o.err, o.said = ErrClosed, true
	o.forget()
	return nil
}

// closePayload is what a close frame says.
func closePayload(code wsframe.CloseCode, reason string) []byte {
	const header = 2 // of a control frame without mask
	return wsframe.AppendClose(nil, code, reason)[header:]
}

// end ends writing without a word.
func (o *outbox) end() {
	o.mu.Lock()
	defer o.unlock()
	if o.err == nil {
		o.err = ErrClosed
		o.forget()
	}
}

// hangUp closes TCP. Closing it with bytes unread, or while the peer still sends,
// resets the connection, and then the peer may never read the close frame. So
// this end says that it will send no more and reads until the peer does the same.
// A server does so first (RFC 6455 section 7.1.1), a client, with first unset,
// gives it the time to.
func (c *Conn) hangUp(first bool) {
	defer c.conn.Close()
	if first {
		half, ok := c.conn.(interface{ CloseWrite() error })
		if !ok || half.CloseWrite() != nil {
			return
		}
	}
	if c.conn.SetReadDeadline(time.Now().Add(closeWait)) == nil {
		_, _ = io.CopyN(io.Discard, c.conn, drainLimit)
	}
}
