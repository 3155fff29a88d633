package memconn

import (
	"io"
	"net"
)

// Source is a connection on which the frames of a stream arrive, over and over,
// until the number that was asked for has come. Each read is filled as far as
// there is room, as from a socket whose peer is ahead. What is written is
// forgotten. For one goroutine.
type Source struct {
	nothing
	data []byte
	at   int // where in data the next read begins
	left int // bytes until the end
}

// NewSource serves n frames of s and then ends with io.EOF.
func NewSource(s *Stream, n int) *Source {
	return &Source{data: s.data, left: s.size(n)}
}

// Read implements net.Conn.
func (s *Source) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	if len(p) > s.left {
		p = p[:s.left]
	}
	n := 0
	for n < len(p) {
		k := copy(p[n:], s.data[s.at:])
		n += k
		if s.at += k; s.at == len(s.data) {
			s.at = 0
		}
	}
	s.left -= n
	return n, nil
}

// Write implements net.Conn.
func (s *Source) Write(p []byte) (int, error) { return len(p), nil }

var _ net.Conn = (*Source)(nil)
