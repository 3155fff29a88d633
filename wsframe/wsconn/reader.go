package wsconn

import (
	"io"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// MessageReader is one message as a stream of bytes, which ends with [io.EOF].
type MessageReader struct {
	c   *Conn
	seq uint64
}

// stream is the message that is being streamed.
type stream struct {
	// seq tells the readers of messages apart: that of the last is the one to
	// read.
	seq  uint64
	open bool
	last bool   // nothing of it comes after rest
	rest []byte // what is there of it
	size int    // of what came so far
}

// end drops what is there, which is in memory that goes back, and leaves a message
// that was not read to its end without one.
func (s *stream) end() {
	if len(s.rest) > 0 {
		s.rest, s.last = nil, false
	}
}

// NextReader returns the next message as a stream, for messages that should not
// stand in memory as a whole. What the caller leaves of it is skipped by the next
// read on the connection. The errors are those of [Conn.ReadMessage], from here
// or from the reader: then the message has no end.
//
// A compressed message does stand in memory, within the limit.
func (c *Conn) NextReader() (wsframe.Opcode, *MessageReader, error) {
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	op, err := c.nextStream()
	if err != nil {
		return 0, nil, err
	}
	return op, &MessageReader{c, c.in.stream.seq}, nil
}

// Read implements [io.Reader].
func (r *MessageReader) Read(b []byte) (int, error) {
	r.c.in.mu.Lock()
	defer r.c.in.mu.Unlock()
	if r.seq != r.c.in.stream.seq {
		return 0, ErrStale
	}
	return r.c.readStream(b)
}

// nextStream begins to stream a message.
func (c *Conn) nextStream() (wsframe.Opcode, error) {
	p, err := c.begin()
	if err != nil {
		return 0, err
	}
	next := stream{seq: c.in.stream.seq + 1, open: true, rest: p.Payload, last: p.Last}
	if p.Compressed || !p.First {
		if next.rest, err = c.complete(&p, nil, true); err != nil {
			return 0, err
		}
		next.last = true
	}
	c.in.stream = next
	return c.in.message.op, c.count(len(next.rest))
}

// skip takes what the caller has left of the message that is being streamed.
func (c *Conn) skip() error {
	s := &c.in.stream
	for s.open {
		if s.last {
			s.seq, s.open, s.rest = s.seq+1, false, nil
			return nil
		}
		p, err := c.piece(nil)
		if err != nil {
			return err
		}
		s.last = p.Last
		if err := c.count(len(p.Payload)); err != nil {
			return err
		}
	}
	return nil
}

// count counts bytes of the message that is being streamed.
func (c *Conn) count(n int) error {
	c.in.stream.size += n
	if c.in.tooLong(c.in.stream.size) {
		return c.fail(errTooBig)
	}
	return nil
}

// readStream reads some of the message that is being streamed.
func (c *Conn) readStream(b []byte) (int, error) {
	s := &c.in.stream
	if len(b) == 0 {
		return 0, nil
	}
	for len(s.rest) == 0 {
		if s.last {
			return 0, io.EOF
		}
		p, err := c.piece(b)
		if err != nil {
			return 0, err
		}
		s.last = p.Last
		if err := c.count(len(p.Payload)); err != nil {
			return 0, err
		}
		if len(p.Payload) > 0 {
			return len(p.Payload), nil
		}
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}
