package transport

import (
	"errors"
	"net"
	"sync"
	"time"
)

const (
	acceptMinDelay = 10 * time.Millisecond
	acceptMaxDelay = time.Second
)

// Listener accepts connections until it is closed.
type Listener struct {
	ln     net.Listener
	closed sync.Once
}

// Listen opens a TCP port; port 0 takes a free one.
func Listen(addr string) (*Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &Listener{ln: ln}, nil
}

// Addr returns the address listened on.
func (l *Listener) Addr() *net.TCPAddr { return l.ln.Addr().(*net.TCPAddr) }

// Serve calls handle, in a goroutine of its own, for every connection. It
// returns nil when the listener is closed. Errors of a single accept (no
// descriptors left, a peer that went away) are reported and retried.
func (l *Listener) Serve(handle func(net.Conn), report func(error)) {
	delay := acceptMinDelay
	for {
		nc, err := l.ln.Accept()
		switch {
		case err == nil:
			delay = acceptMinDelay
			go handle(nc)
		case errors.Is(err, net.ErrClosed):
			return
		default:
			report(err)
			time.Sleep(delay)
			delay = min(2*delay, acceptMaxDelay)
		}
	}
}

// Close stops accepting. Connections that were accepted stay.
func (l *Listener) Close() {
	l.closed.Do(func() { l.ln.Close() })
}
