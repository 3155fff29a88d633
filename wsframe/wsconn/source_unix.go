//go:build unix

package wsconn

import (
	"io"
	"net"
	"os"
	"syscall"
)

// rawConn returns the socket of a connection that is nothing more than one.
// Around any other, as one with TLS, the bytes of the socket are not those of the
// connection.
func rawConn(conn net.Conn) syscall.RawConn {
	var raw syscall.RawConn
	var err error
	switch conn := conn.(type) {
	case *net.TCPConn:
		raw, err = conn.SyscallConn()
	case *net.UnixConn:
		raw, err = conn.SyscallConn()
	}
	if err != nil {
		return nil
	}
	return raw
}

// fillRaw reads when there is something to read.
func (s *source) fillRaw() error {
	s.n, s.err = 0, nil
	if err := s.raw.Read(s.read); err != nil {
		s.release()
		return err
	}
	if s.err != nil {
		s.release()
		return s.err
	}
	s.rest = s.chunk[:s.n]
	return nil
}

// readable tries to read. If there is nothing it gives the chunk back, and
// returns false to be called again when there is.
func (s *source) readable(fd uintptr) bool {
	if s.chunk == nil {
		s.chunk = chunks.Get().(*chunk)
	}
	for {
		n, err := syscall.Read(int(fd), s.chunk[:])
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			s.release()
			return false
		case err != nil:
			s.err = &net.OpError{
				Op: "read", Net: s.conn.LocalAddr().Network(), Source: s.conn.LocalAddr(), Addr: s.conn.RemoteAddr(),
				Err: os.NewSyscallError("read", err),
			}
		case n == 0:
			s.err = io.EOF
		default:
			s.n = n
		}
		return true
	}
}
