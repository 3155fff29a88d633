//go:build unix

package load

import (
	"io"
	"net"
	"sync"
	"syscall"
)

// readSize is the most that one read takes, in bytes.
const readSize = 128 << 10

// readBuffers are shared by all connections: with one buffer each, a hundred subscribers would
// sweep the processor's caches, at the expense of the server that shares them.
var readBuffers = sync.Pool{New: func() any { return new([readSize]byte) }}

// newReader returns a function that waits for bytes, reads once and hands them to take. The
// buffer is borrowed only while there is something to read.
func newReader(conn *net.TCPConn, take func([]byte) error) (func() error, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	var failed error
	attempt := func(fd uintptr) bool {
		buf := readBuffers.Get().(*[readSize]byte)
		defer readBuffers.Put(buf)
		n, err := syscall.Read(int(fd), buf[:])
		switch {
		case err == syscall.EAGAIN:
			return false
		case err == syscall.EINTR:
		case err != nil:
			failed = err
		case n == 0:
			failed = io.ErrUnexpectedEOF
		default:
			failed = take(buf[:n])
		}
		return true
	}
	return func() error {
		if err := raw.Read(attempt); err != nil {
			return err
		}
		return failed
	}, nil
}
