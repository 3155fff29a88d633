package transport

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// After an error of accept the listener waits, twice as long each time in a
// row: most often there are no descriptors left, and trying does not help.
const (
	acceptMinDelay = 10 * time.Millisecond
	acceptMaxDelay = time.Second
)

// Listener accepts connections until it is closed.
type Listener struct {
	ln   net.Listener
	once sync.Once
	gone chan struct{} // closed by Close
}

// Listen opens a TCP port; port 0 takes a free one. Connections have no TCP
// keep-alive: the protocols on them have one of their own.
func Listen(addr string) (*Listener, error) {
	lc := net.ListenConfig{KeepAlive: -1}
	ln, err := lc.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	return newListener(ln), nil
}

func newListener(ln net.Listener) *Listener {
	return &Listener{ln: ln, gone: make(chan struct{})}
}

// Addr returns the address listened on.
func (l *Listener) Addr() *net.TCPAddr { return l.ln.Addr().(*net.TCPAddr) }

// Serve calls handle, in a goroutine of its own, for every connection. It
// returns when the listener is closed. Errors of a single accept (no
// descriptors left, a peer that went away) are reported and retried.
func (l *Listener) Serve(handle func(net.Conn), report func(error)) {
	delay := acceptMinDelay
	for {
		nc, err := l.ln.Accept()
		switch {
		case err == nil:
			delay = acceptMinDelay
			go handle(nc)
			continue
		case errors.Is(err, net.ErrClosed):
			return
		}
		report(err)
		select {
		case <-time.After(delay):
		case <-l.gone:
			return
		}
		delay = min(2*delay, acceptMaxDelay)
	}
}

// Close stops accepting. Connections that were accepted stay.
func (l *Listener) Close() {
	l.once.Do(func() {
		close(l.gone)
		l.ln.Close()
	})
}
