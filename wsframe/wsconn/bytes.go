package wsconn

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// ByteStream is a connection whose bytes travel in binary messages, where one
// ends and the next begins means nothing: for protocols that want a [net.Conn].
type ByteStream struct {
	c *Conn
}

var _ net.Conn = (*ByteStream)(nil)

// Bytes makes a stream of bytes of a connection, of which nothing was read so
// far or a message as a whole.
func (c *Conn) Bytes() *ByteStream { return &ByteStream{c} }

// Read implements [io.Reader]. It returns [io.EOF] when the peer has closed with
// status 1000 or 1001 or none. A text message breaks the rules: the connection is
// closed with status 1003.
func (s *ByteStream) Read(b []byte) (int, error) {
	in := &s.c.in
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(b) == 0 {
		return 0, nil
	}
	for {
		if in.stream.open {
			n, err := s.c.readStream(b)
			if err != io.EOF {
				return n, endOfBytes(err)
			}
		}
		op, err := s.c.nextStream()
		if err == nil && op != wsframe.Binary {
			err = s.c.fail(errNoBytes)
		}
		if err != nil {
			return 0, endOfBytes(err)
		}
	}
}

// errNoBytes is what a peer reads that sends text to a ByteStream.
var errNoBytes = &wsframe.Error{Code: wsframe.StatusUnsupportedData, Text: "binary messages only"}

// endOfBytes is io.EOF for errors that say that the peer had no more to send.
func endOfBytes(err error) error {
	var closed *CloseError
	if errors.As(err, &closed) {
		switch closed.Code {
		case 0, wsframe.StatusNormal, wsframe.StatusGoingAway:
			return io.EOF
		}
	}
	return err
}

// Write sends one binary message.
func (s *ByteStream) Write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if err := s.c.WriteMessage(wsframe.Binary, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close closes the connection with status 1000.
func (s *ByteStream) Close() error { return s.c.Close(wsframe.StatusNormal, "") }

// LocalAddr implements [net.Conn].
func (s *ByteStream) LocalAddr() net.Addr { return s.c.conn.LocalAddr() }

// RemoteAddr implements [net.Conn].
func (s *ByteStream) RemoteAddr() net.Addr { return s.c.conn.RemoteAddr() }

// SetDeadline implements [net.Conn].
func (s *ByteStream) SetDeadline(t time.Time) error { return s.c.SetDeadline(t) }

// SetReadDeadline implements [net.Conn].
func (s *ByteStream) SetReadDeadline(t time.Time) error { return s.c.SetReadDeadline(t) }

// SetWriteDeadline implements [net.Conn].
func (s *ByteStream) SetWriteDeadline(t time.Time) error { return s.c.SetWriteDeadline(t) }
