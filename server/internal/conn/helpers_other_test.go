//go:build !unix

package conn

import "syscall"

// smallBuffers is for systems with poll.
func smallBuffers(_, _ string, _ syscall.RawConn) error { return nil }
