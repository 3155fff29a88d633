//go:build unix

package conn

import (
	"errors"
	"syscall"
)

// smallBuffers makes the kernel buffer little, and use the segments of an
// Ethernet: with the large ones of a loopback a small window moves at the
// speed of TCP's timers.
func smallBuffers(_, _ string, raw syscall.RawConn) error {
	var err error
	cerr := raw.Control(func(fd uintptr) {
		err = errors.Join(
			syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDBUF, 8<<10),
			syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 8<<10),
			syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 1400),
		)
	})
	return errors.Join(cerr, err)
}
