//go:build !unix

package load

import "net"

// readSize is the most that one read takes, in bytes.
const readSize = 128 << 10

// newReader returns a function that waits for bytes, reads once and hands them to take.
func newReader(conn *net.TCPConn, take func([]byte) error) (func() error, error) {
	buf := make([]byte, readSize)
	return func() error {
		n, err := conn.Read(buf)
		if n > 0 {
			if err := take(buf[:n]); err != nil {
				return err
			}
		}
		return err
	}, nil
}
