package ws

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
)

// Conn is an upgraded connection.
type Conn struct {
	nc      net.Conn
	r       *bufio.Reader // of nc; unused once the caller pushes
	decoder Decoder
	pending []byte // decoded and not yet read
	frame   []byte // the last one written
}

// Upgrade asks the server at the other end of nc for a WebSocket and waits for its agreement. The
// caller closes nc, whatever the outcome.
func Upgrade(nc net.Conn, host string, deflate bool) (*Conn, error) {
	if _, err := nc.Write(Request(host, deflate)); err != nil {
		return nil, err
	}
	c := &Conn{nc: nc, r: bufio.NewReader(nc)}
	if err := ReadResponse(c.r, deflate); err != nil {
		return nil, err
	}
	c.decoder = Decoder{Control: c.control, Data: func(b []byte) error {
		c.pending = append(c.pending, b...)
		return nil
	}}
	return c, nil
}

// Read reads what messages carry.
func (c *Conn) Read(b []byte) (int, error) {
	for len(c.pending) == 0 {
		// At least one byte, and then all that is there.
		if _, err := c.r.Peek(1); err != nil {
			return 0, err
		}
		if err := c.feedBuffered(); err != nil {
			return 0, err
		}
	}
	n := copy(b, c.pending)
	c.pending = c.pending[n:]
	return n, nil
}

func (c *Conn) feedBuffered() error {
	chunk, err := c.r.Peek(c.r.Buffered())
	if err != nil {
		return err
	}
	if err := c.decoder.Feed(chunk); err != nil {
		return err
	}
	_, err = c.r.Discard(len(chunk))
	return err
}

// Write sends b as one message in one frame, uncompressed.
func (c *Conn) Write(b []byte) (int, error) {
	return c.write(Binary, b)
}

func (c *Conn) write(op Opcode, b []byte) (int, error) {
	c.frame = AppendFrame(c.frame[:0], op, false, rand.Uint32(), b)
	if _, err := c.nc.Write(c.frame); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Push turns the connection around: data receives what messages carry, and the returned function
// takes what the caller has read from the socket. See Decoder for wanted. What was read and
// not consumed so far comes first.
func (c *Conn) Push(data func([]byte) error, wanted func() bool) (func([]byte) error, error) {
	if err := c.feedBuffered(); err != nil {
		return nil, err
	}
	if len(c.pending) > 0 {
		if err := data(c.pending); err != nil {
			return nil, err
		}
	}
	c.pending, c.r = nil, nil
	c.decoder.Data, c.decoder.Wanted = data, wanted
	return c.decoder.Feed, nil
}

// control answers a ping. A close is an error: no load lets a server go.
func (c *Conn) control(op Opcode, payload []byte) error {
	switch op {
	case Ping:
		_, err := c.write(Pong, payload)
		return err
	case Close:
		if len(payload) < 2 {
			return fmt.Errorf("server closed the connection")
		}
		return fmt.Errorf("server closed the connection: %d %q", binary.BigEndian.Uint16(payload), payload[2:])
	}
	return nil
}
