package load

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"time"

	"github.com/dunlin-mq/dunlin/tools/bench/load/ws"
)

// setupTimeout bounds every exchange that is not part of a measurement.
const setupTimeout = 20 * time.Second

// connect asks for a plain connection: no +OK, and (protocol 0) no INFO after the first one, so
// that a subscriber sees nothing but messages and PING.
const connect = `CONNECT {"verbose":false,"pedantic":false,"lang":"go","version":"1","name":"bench","protocol":0}` + "\r\n"

// connectAs is connect as a user whose password is its name; empty for nobody.
func connectAs(user string) []byte {
	if user == "" {
		return []byte(connect)
	}
	return fmt.Appendf(nil, `CONNECT {"verbose":false,"pedantic":false,"user":%q,"pass":%q,"lang":"go","version":"1","name":"bench","protocol":0}`+"\r\n", user, user)
}

// maxLine bounds a line that the server sends outside of a measurement, in bytes.
const maxLine = 64 << 10

// Conn is a client connection that has finished its handshake.
type Conn struct {
	*net.TCPConn
	ws *ws.Conn // nil on the plain port
}

// Dial connects to the server and exchanges INFO, CONNECT, PING and PONG. A user
// that is not empty logs in with its name as its password.
func Dial(ctx context.Context, server Server, t Transport, user string) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, setupTimeout)
	defer cancel()
	var d net.Dialer
	nc, err := d.DialContext(ctx, "tcp", t.addr(server))
	if err != nil {
		return nil, err
	}
	c := &Conn{TCPConn: nc.(*net.TCPConn)}
	if err := c.handshake(t, user); err != nil {
		c.Close()
		return nil, fmt.Errorf("handshake: %w", err)
	}
	return c, nil
}

func (c *Conn) handshake(t Transport, user string) error {
	c.SetDeadline(time.Now().Add(setupTimeout))
	defer c.SetDeadline(time.Time{})
	if t != TCP {
		var err error
		if c.ws, err = ws.Upgrade(c.TCPConn, c.RemoteAddr().String(), t == Deflate); err != nil {
			return err
		}
	}
	line, err := c.line()
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("INFO {")) {
		return fmt.Errorf("greeting is %.40q", line)
	}
	return c.exchange(connectAs(user))
}

// Read reads bytes of the NATS protocol.
func (c *Conn) Read(b []byte) (int, error) {
	if c.ws != nil {
		return c.ws.Read(b)
	}
	return c.TCPConn.Read(b)
}

// Write writes bytes of the NATS protocol, on a WebSocket as one message.
func (c *Conn) Write(b []byte) (int, error) {
	if c.ws != nil {
		return c.ws.Write(b)
	}
	return c.TCPConn.Write(b)
}

// reader returns a function that waits for bytes, reads once and hands what it got to take,
// which on a WebSocket sees messages that were compressed only if they are wanted (nil wants all).
// Nothing else reads the connection from then on.
func (c *Conn) reader(take func([]byte) error, wanted func() bool) (func() error, error) {
	if c.ws != nil {
		var err error
		if take, err = c.ws.Push(take, wanted); err != nil {
			return nil, err
		}
	}
	return newReader(c.TCPConn, take)
}

// Exchange writes commands that the server answers with nothing but errors, and waits until it
// has worked through them.
func (c *Conn) Exchange(commands []byte) error {
	c.SetDeadline(time.Now().Add(setupTimeout))
	defer c.SetDeadline(time.Time{})
	return c.exchange(commands)
}

func (c *Conn) exchange(commands []byte) error {
	if _, err := c.Write(append(commands[:len(commands):len(commands)], "PING\r\n"...)); err != nil {
		return err
	}
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		switch string(line) {
		case "PONG\r\n":
			return nil
		case "PING\r\n":
			if _, err := c.Write([]byte("PONG\r\n")); err != nil {
				return err
			}
		default:
			return fmt.Errorf("server answered %.80q", line)
		}
	}
}

// line reads one line byte by byte: slow, but it takes nothing away from who reads next.
func (c *Conn) line() ([]byte, error) {
	var line []byte
	for one := make([]byte, 1); len(line) < maxLine; {
		if _, err := c.Read(one); err != nil {
			return nil, err
		}
		line = append(line, one[0])
		if one[0] == '\n' {
			return line, nil
		}
	}
	return nil, fmt.Errorf("line of more than %d bytes", maxLine)
}
