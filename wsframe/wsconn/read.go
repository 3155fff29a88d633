package wsconn

import (
	"errors"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// ReadMessage returns the next message: [wsframe.Text], which is UTF-8, or
// [wsframe.Binary]. The payload is valid until the next call. Pings are answered
// on the way.
//
// The error is a [*CloseError] when the peer has closed, in which case it has its
// answer; a [*wsframe.Error] when it broke the rules or sent too much, which it
// was told; or that of the connection. It is the same in every later call.
func (c *Conn) ReadMessage() (wsframe.Opcode, []byte, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	for c.ended == nil {
		p, err := c.next()
		switch {
		case err != nil:
			c.fail(err)
		case p.Kind == wsframe.KindData:
			return p.Opcode, p.Payload, nil
		case p.Kind == wsframe.KindPing:
			// If it cannot be sent, reading will find out why.
			_ = c.writeFrame(wsframe.Pong, p.Payload)
		case p.Kind == wsframe.KindClose:
			c.fail(&CloseError{p.Code, string(p.Reason)})
		}
	}
	return 0, nil, c.ended
}

// next returns the next piece, reading if there are no bytes left.
func (c *Conn) next() (wsframe.Piece, error) {
	for {
		if len(c.unread) == 0 && len(c.early) > 0 {
			c.unread, c.early = c.early, nil
		}
		if len(c.unread) == 0 {
			n, err := c.nc.Read(c.buf[:])
			if n == 0 && err != nil {
				return wsframe.Piece{}, err
			}
			c.unread = c.buf[:n]
		}
		p, n, err := c.msgs.Next(c.unread)
		c.unread = c.unread[n:]
		if err != nil || p.Kind != wsframe.KindNothing {
			return p, err
		}
	}
}

// fail ends reading. The peer gets a close frame that fits the end, if it has
// got none yet, and TCP is closed.
func (c *Conn) fail(err error) {
	c.ended = err
	var broken *wsframe.Error
	var closed *CloseError
	switch {
	case errors.As(err, &broken):
		_ = c.sayGoodbye(broken.Code, broken.Text)
	case errors.As(err, &closed):
		_ = c.sayGoodbye(closed.Code, closed.Reason)
	default:
		c.silence()
	}
	c.finish(broken != nil)
	if c.windows != nil {
		c.windows.Close()
	}
}
