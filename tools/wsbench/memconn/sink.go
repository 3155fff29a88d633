package memconn

import (
	"io"
	"net"
)

// Sink is a connection that takes what is written and counts it. Nothing
// ever comes in. For one goroutine at a time.
type Sink struct {
	nothing
	// Bytes and Writes count what has come.
	Bytes, Writes int
	// Keep, if it is not nil, gets a copy of everything.
	Keep io.Writer
}

// Read implements net.Conn: the peer says nothing.
func (s *Sink) Read([]byte) (int, error) { return 0, io.EOF }

// Write implements net.Conn.
func (s *Sink) Write(p []byte) (int, error) {
	s.Bytes += len(p)
	s.Writes++
	if s.Keep != nil {
		return s.Keep.Write(p)
	}
	return len(p), nil
}

var _ net.Conn = (*Sink)(nil)
