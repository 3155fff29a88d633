package wsconn

import (
	"bytes"
	"io"
	"net"
	"syscall"
)

// idleSize is how much memory waits with a connection for its next bytes where
// there is no other way to wait.
const idleSize = 4 << 10

// A source reads ahead from a connection. It belongs to who reads.
type source struct {
	conn net.Conn
	// rest is what was read and not yet taken.
	rest []byte
	// early are bytes that came with the handshake, until they are rest.
	early []byte

	// chunk is what rest is part of, nil if it is not part of one.
	chunk *chunk
	// idle is what small reads go to where raw is nil.
	idle []byte
	// large is set while reads are large: they go to a chunk at once.
	large bool

	// raw waits for bytes before there is memory for them, so that a connection
	// with nothing to read holds none. It is nil where that does not work. read
	// is called when there are bytes; n and err are its results.
	raw  syscall.RawConn
	read func(fd uintptr) bool
	n    int
	err  error
}

func (s *source) init(conn net.Conn, early []byte) {
	s.conn, s.early = conn, early
	if s.raw = rawConn(conn); s.raw != nil {
		s.read = s.readable
	}
}

// fill waits for bytes. All of those before must have been taken, and nobody may
// look at their memory any more.
func (s *source) fill() error {
	if len(s.early) > 0 {
		s.rest, s.early = s.early, nil
		return nil
	}
	if s.raw != nil {
		return s.fillRaw()
	}
	return s.fillAny()
}

// fillAny reads into memory that is there already: little, unless much came
// last time.
func (s *source) fillAny() error {
	var b []byte
	if s.large {
		if s.chunk == nil {
			s.chunk = chunks.Get().(*chunk)
		}
		b = s.chunk[:]
	} else {
		s.release()
		if s.idle == nil {
			s.idle = make([]byte, idleSize)
		}
		b = s.idle
	}
	n, err := s.conn.Read(b)
	s.rest = b[:n]
	// Half a chunk keeps it; anything below that may well be the last for a
	// while.
	s.large = n == len(b) || n > chunkSize/2
	if n > 0 {
		return nil // the error will come again
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// release gives the chunk back.
func (s *source) release() {
	if s.chunk != nil {
		chunks.Put(s.chunk)
		s.chunk, s.rest = nil, nil
	}
}

// end gives all memory back.
func (s *source) end() {
	s.release()
	s.idle, s.early, s.rest = nil, nil, nil
}

// disown leaves the memory of what was taken to whoever may still look at it.
func (s *source) disown() {
	s.rest = bytes.Clone(s.rest)
	s.chunk, s.idle = nil, nil
}
