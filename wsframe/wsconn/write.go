package wsconn

import (
	"crypto/rand"
	"io"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// WriteMessage sends one message, compressed if that was agreed on and makes it
// smaller. It may be called by several goroutines.
func (c *Conn) WriteMessage(op wsframe.Opcode, payload []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.said {
		return ErrClosed
	}
	packed := false
	switch {
	case !c.compress || len(payload) < compressMin:
	case c.takeover != nil:
		// The receiver's window follows what was compressed, so it has to be sent.
		c.packed = c.takeover.AppendMessage(c.packed[:0], payload)
		payload, packed = c.packed, true
	default:
		c.packed = c.window.AppendMessage(c.packed[:0], payload)
		if len(c.packed) < len(payload) {
			payload, packed = c.packed, true
		}
	}
	err := c.sendLocked(op, packed, payload)
	if cap(c.packed) > keepSize {
		c.packed = nil
	}
	return err
}

// Ping asks the peer for a pong with the same payload, of at most 125 bytes.
func (c *Conn) Ping(payload []byte) error { return c.writeFrame(wsframe.Ping, payload) }

// writeFrame sends a control frame.
func (c *Conn) writeFrame(op wsframe.Opcode, payload []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.said {
		return ErrClosed
	}
	return c.sendLocked(op, false, payload)
}

func (c *Conn) sendLocked(op wsframe.Opcode, packed bool, payload []byte) error {
	if c.client {
		c.out = wsframe.AppendMaskedFragment(c.out[:0], op, true, packed, newKey(), payload)
	} else {
		c.out = wsframe.AppendFragment(c.out[:0], op, true, packed, payload)
	}
	_, err := c.nc.Write(c.out)
	if cap(c.out) > keepSize {
		c.out = nil
	}
	return err
}

// newKey returns a mask that nobody can guess (RFC 6455 section 10.3).
func newKey() (key [4]byte) {
	rand.Read(key[:]) // never fails
	return key
}

// sayGoodbye sends a close frame, once.
func (c *Conn) sayGoodbye(code wsframe.CloseCode, reason string) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.said {
		return ErrClosed
	}
	c.silenceLocked()
	if c.client {
		c.out = wsframe.AppendMaskedClose(c.out[:0], newKey(), code, reason)
	} else {
		c.out = wsframe.AppendClose(c.out[:0], code, reason)
	}
	_ = c.nc.SetWriteDeadline(time.Now().Add(closeWait))
	_, err := c.nc.Write(c.out)
	return err
}

// silence ends writing without a word.
func (c *Conn) silence() {
	c.writing.Lock()
	defer c.writing.Unlock()
	if !c.said {
		c.silenceLocked()
	}
}

func (c *Conn) silenceLocked() {
	c.said = true
	if c.takeover != nil {
		c.takeover.Close()
	}
}

// Close ends the connection with a closing handshake: it sends a close frame,
// waits up to two seconds for the peer's, and closes TCP. Messages that come
// meanwhile are lost, except for a ReadMessage that is waiting, which returns what
// it gets. The error is that of sending.
func (c *Conn) Close(code wsframe.CloseCode, reason string) error {
	err := c.sayGoodbye(code, reason)
	_ = c.nc.SetReadDeadline(time.Now().Add(closeWait))
	for {
		if _, _, ended := c.ReadMessage(); ended != nil {
			return err
		}
	}
}

// finish closes TCP. With drain it lets a peer that goes on sending read the
// close frame first: closing with bytes unread would reset the connection.
func (c *Conn) finish(drain bool) {
	half, ok := c.nc.(interface{ CloseWrite() error })
	if drain && ok && half.CloseWrite() == nil {
		_ = c.nc.SetReadDeadline(time.Now().Add(closeWait))
		_, _ = io.CopyN(io.Discard, c.nc, 1<<20)
	}
	_ = c.nc.Close()
}
