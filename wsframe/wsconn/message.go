package wsconn

import (
	"errors"
	"unicode/utf8"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// message is the one that is being read, and the memory of the last.
type message struct {
	// open is set while a message has begun whose end is not there yet: a
	// deadline may pass in the middle.
	open       bool
	op         wsframe.Opcode
	compressed bool

	// raw is what came of it, if that was not all there in what was read. out is
	// what it says, if it was compressed. Of a message that is not open the
	// caller may hold a part, until the next read.
	raw, out *buffer
	// usualRaw and usualOut are how long they were the last time: the next may
	// well need as much.
	usualRaw, usualOut int
}

// forget gives back the memory of a message that was read.
func (m *message) forget() {
	if !m.open {
		m.raw.free()
		m.raw = nil
	}
	m.out.free()
	m.out = nil
}

// readMessage returns the next message, appended to dst. With lend it is in
// memory that is valid until the next read, and dst is nil.
func (c *Conn) readMessage(dst []byte, lend bool) (wsframe.Opcode, []byte, error) {
	p, err := c.begin()
	if err != nil {
		return 0, nil, err
	}
	b, err := c.complete(&p, dst, lend)
	if err != nil {
		return 0, nil, err
	}
	return c.in.message.op, b, nil
}

// begin returns the first piece of the next message; one without First if the
// message is open.
func (c *Conn) begin() (wsframe.Piece, error) {
	m := &c.in.message
	m.forget()
	if err := c.skip(); err != nil || m.open {
		return wsframe.Piece{}, err
	}
	p, err := c.piece(nil)
	m.op, m.compressed = p.Opcode, p.Compressed
	return p, err
}

// complete reads the rest of a message behind what begin returned, and returns
// the message as readMessage does.
func (c *Conn) complete(p *wsframe.Piece, dst []byte, lend bool) ([]byte, error) {
	raw, err := c.gather(p)
	if err != nil {
		return nil, err
	}
	m := &c.in.message
	m.open = false
	switch {
	case m.compressed:
		return c.inflate(raw, dst, lend)
	case c.in.tooLong(len(raw)):
		return nil, c.fail(errTooBig)
	case lend:
		return raw, nil
	}
	return append(dst, raw...), nil
}

// tooLong reports whether a message must not have n bytes.
func (in *inbox) tooLong(n int) bool { return in.limit > 0 && n > in.limit }

// gather returns a message as it came, of which p is what begin returned. One
// that was there as a whole is not copied.
func (c *Conn) gather(p *wsframe.Piece) ([]byte, error) {
	m := &c.in.message
	if p.First {
		if p.Last {
			return p.Payload, nil
		}
		m.open = true
		m.raw = newBuffer(max(2*len(p.Payload), m.usualRaw))
		m.raw.b = append(m.raw.b, p.Payload...)
	}
	for last := false; !last; {
		m.raw = m.raw.grown(1)
		b := m.raw.b
		p, err := c.piece(b[len(b):cap(b)])
		if err != nil {
			return nil, err
		}
		m.raw.b = b[:len(b)+len(p.Payload)]
		last = p.Last
	}
	m.usualRaw = len(m.raw.b)
	return m.raw.b, nil
}

// inflate returns what a compressed message says, as readMessage does.
func (c *Conn) inflate(raw, dst []byte, lend bool) ([]byte, error) {
	in, m := &c.in, &c.in.message
	limit := in.limit
	if limit == 0 {
		limit = -1
	}
	if lend {
		m.out = newBuffer(max(4*len(raw), m.usualOut))
		dst = m.out.b
	}
	b, err := in.inflater(dst, raw, limit)
	if lend {
		m.out.b = b
	}
	m.usualOut = len(b) - len(dst)
	switch {
	case errors.Is(err, deflate.ErrTooLarge):
		return nil, c.fail(errTooBig)
	case err != nil:
		return nil, c.fail(&wsframe.Error{Code: wsframe.StatusInvalidPayload, Text: err.Error()})
	case m.op == wsframe.Text && !utf8.Valid(b[len(dst):]):
		return nil, c.fail(errUTF8)
	}
	return b, nil
}

// inflater inflates as the peer compresses.
func (in *inbox) inflater(dst, src []byte, limit int) ([]byte, error) {
	if in.windows != nil {
		return in.windows.Inflate(dst, src, limit)
	}
	return deflate.Inflate(dst, src, limit)
}
