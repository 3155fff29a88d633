package wsconn

import (
	"errors"
	"io"
	"net"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// ReadMessage returns the next message: [wsframe.Text], which is UTF-8, or
// [wsframe.Binary]. The payload is valid until the next read on the connection:
// then its memory goes to whoever needs some. Pings are answered on the way.
//
// The error is a [*CloseError] when the peer has closed, in which case it has its
// answer; a [*wsframe.Error] when it broke the rules or sent too much, which it
// was told; [io.ErrUnexpectedEOF] when it went without a word; or that of the
// connection. With any of these the connection is closed, and they stay for every
// later call. Only a deadline that has passed leaves everything as it is.
func (c *Conn) ReadMessage() (wsframe.Opcode, []byte, error) {
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	return c.readMessage(nil, true)
}

// AppendMessage is ReadMessage into the memory of the caller: the payload is
// appended to dst, which is returned as it was with an error.
func (c *Conn) AppendMessage(dst []byte) (wsframe.Opcode, []byte, error) {
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	op, b, err := c.readMessage(dst, false)
	if err != nil {
		return 0, dst, err
	}
	return op, b, nil
}

// piece returns the next piece of a message, and answers everything else that
// comes. The payload goes to dst, at most as much as fits; if that is nil it stays
// where it was read. Dst is nil or has room.
func (c *Conn) piece(dst []byte) (p wsframe.Piece, err error) {
	in := &c.in
	for in.ended == nil {
		if len(in.source.rest) == 0 {
			if err := in.source.fill(); err != nil {
				return p, c.unreadable(err)
			}
		}
		var n int
		if dst == nil {
			p, n, err = in.reader.Next(in.source.rest)
		} else {
			p, n, err = in.reader.NextTo(dst, in.source.rest)
		}
		in.source.rest = in.source.rest[n:]
		if err != nil {
			return p, c.fail(err)
		}
		switch p.Kind {
		case wsframe.KindData:
			return p, nil
		case wsframe.KindPing:
			c.out.answer(p.Payload)
		case wsframe.KindPong:
			if in.onPong != nil {
				in.onPong(p.Payload)
			}
		case wsframe.KindClose:
			return wsframe.Piece{}, c.fail(&CloseError{p.Code, string(p.Reason)})
		}
	}
	return p, in.ended
}

// unreadable is what reading returns where the connection has none to read.
func (c *Conn) unreadable(err error) error {
	switch {
	case isTimeout(err):
		if !c.out.deadlines.closing() {
			return err
		}
		err = ErrClosed // the peer did not answer in time
	case errors.Is(err, net.ErrClosed):
		err = ErrClosed
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	return c.fail(err)
}

// fail ends reading. The peer gets a close frame that fits the end, if it has
// got none yet, and the connection is closed.
func (c *Conn) fail(err error) error {
	c.in.ended = err
	var broken *wsframe.Error
	var closed *CloseError
	switch {
	case errors.As(err, &broken):
		_ = c.out.goodbye(broken.Code, broken.Text)
		c.hangUp(true)
	case errors.As(err, &closed):
		_ = c.out.goodbye(closed.Code, closed.Reason)
		c.hangUp(!c.in.client)
	default:
		_ = c.conn.Close() // first, for a writer may be stuck
		c.out.end()
	}
	c.in.end()
	return err
}

// end gives all memory back.
func (in *inbox) end() {
	in.source.end()
	in.message.open = false
	in.message.forget()
	in.stream.end()
	if in.windows != nil {
		in.windows.Close()
	}
}

// disown leaves memory that the caller of an earlier read may still look at to the
// garbage collector.
func (in *inbox) disown() {
	in.source.disown()
	in.message.raw, in.message.out = nil, nil
}
