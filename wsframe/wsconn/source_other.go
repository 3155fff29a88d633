//go:build !unix

package wsconn

import (
	"net"
	"syscall"
)

// rawConn returns nil: where reading is not asynchronous by itself, waiting
// takes memory to read into.
func rawConn(net.Conn) syscall.RawConn { return nil }

func (s *source) fillRaw() error { return s.fillAny() }

func (s *source) readable(uintptr) bool { return true }
