package conn

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// StartTLS performs the server's handshake, which may take until the
// deadline, and puts TLS between the socket and the session. It is called
// before Serve; bytes prefetched so far are the start of the handshake.
func (c *Conn) StartTLS(cfg *tls.Config, deadline time.Time) (tls.ConnectionState, error) {
	t := &tlsTransport{nc: c.nc, in: append([]byte(nil), c.wire.bytes()...)}
	c.wire.release()
	tc := tls.Server(t, cfg)
	if !c.settle(deadline) {
		return tls.ConnectionState{}, os.ErrDeadlineExceeded
	}
	c.nc.SetDeadline(deadline)
	err := tc.Handshake()
	c.clearDeadline(c.nc.SetDeadline)
	if err != nil {
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			c.expectReader() // an alert is under way
		}
		return tls.ConnectionState{}, err
	}
	if len(t.in) > 0 {
		// crypto/tls read less than was prefetched.
		n := copy(c.wire.room(len(t.in)), t.in)
		c.wire.filled(n)
	}
	t.in, t.detached = nil, true
	c.out.mu.Lock()
	c.codec = &tlsCodec{tc: tc, t: t}
	c.out.mu.Unlock()
	return tc.ConnectionState(), nil
}

// settle waits until what was said in clear is written. A socket has taken a
// greeting at once; a pipe waits for its reader.
func (c *Conn) settle(deadline time.Time) bool {
	o := &c.out
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	return o.awaitQuiet(func() bool { return !o.owned && o.pending == 0 || o.isOver }, timer.C)
}

// tlsCodec runs crypto/tls over a transport that never blocks, so that a TLS
// connection waits for the socket in the same place as a plain one and holds
// no buffer of ours while it does.
type tlsCodec struct {
	tc *tls.Conn
	t  *tlsTransport
}

// Open implements [codec].
func (c *tlsCodec) Open(wire []byte, dst sink) (used int, err error) {
	c.t.in = wire
	for err == nil {
		var room []byte
		if room, err = dst.room(); err != nil {
			break
		}
		var n int
		n, err = c.tc.Read(room)
		dst.filled(n)
	}
	used = len(wire) - len(c.t.in)
	c.t.in = nil
	if errors.Is(err, errWouldBlock) {
		err = nil
	}
	return used, err
}

// Seal implements [codec].
func (c *tlsCodec) Seal(p *cursor, limit int) (taken int, err error) {
	for p.left > 0 && taken < limit {
		b := p.front()[0].b
		if _, err := c.tc.Write(b); err != nil {
			return taken, err
		}
		taken += len(b)
		p.advance(len(b))
	}
	return taken, nil
}

// Shut implements [codec].
func (c *tlsCodec) Shut() error { return c.tc.CloseWrite() }

// parting implements [codec]: who does not get the end of a TLS stream has
// missed nothing.
func (c *tlsCodec) parting() bool { return false }

func (c *tlsCodec) queued() bool {
	c.t.mu.Lock()
	defer c.t.mu.Unlock()
	return c.t.out != nil
}

func (c *tlsCodec) take() (*segs, error) {
	c.t.mu.Lock()
	defer c.t.mu.Unlock()
	out := c.t.out
	c.t.out, c.t.free = nil, nil
	return out, nil
}

// tlsTransport is the net.Conn under a tls.Conn. During the handshake it is
// the socket; once detached, Read takes the bytes that Open was given and
// Write queues.
type tlsTransport struct {
	nc       net.Conn
	in       []byte // owned by the reading side
	detached bool   // set between the handshake and Serve

	mu   sync.Mutex // a leaf: Write runs under crypto/tls's own lock
	out  *segs
	free []byte // rest of the last chunk of out
}

// wouldBlock is temporary in the sense of crypto/tls, which keeps its state
// and may be called again.
type wouldBlock struct{}

var errWouldBlock net.Error = wouldBlock{}

func (wouldBlock) Error() string   { return "no more bytes yet" }
func (wouldBlock) Timeout() bool   { return false }
func (wouldBlock) Temporary() bool { return true }

func (t *tlsTransport) Read(p []byte) (int, error) {
	if len(t.in) > 0 {
		n := copy(p, t.in)
		t.in = t.in[n:]
		return n, nil
	}
	if t.detached {
		return 0, errWouldBlock
	}
	return t.nc.Read(p)
}

func (t *tlsTransport) Write(p []byte) (int, error) {
	if !t.detached {
		return t.nc.Write(p)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.out == nil {
		t.out = newSegs()
	}
	for rest := p; len(rest) > 0; {
		if len(t.free) == 0 {
			c := chunk.Get(len(rest))
			t.out.add(c, c.Buf, false)
			t.free = c.Buf
		}
		k := copy(t.free, rest)
		t.out.grow(k)
		t.free = t.free[k:]
		rest = rest[k:]
	}
	return len(p), nil
}

// Close is never called on the transport: the connection closes the socket.
func (t *tlsTransport) Close() error { return os.ErrInvalid }

func (t *tlsTransport) LocalAddr() net.Addr  { return t.nc.LocalAddr() }
func (t *tlsTransport) RemoteAddr() net.Addr { return t.nc.RemoteAddr() }

// Deadlines belong to the connection. crypto/tls sets some of its own when it
// ends a stream, where nothing blocks any more.

func (t *tlsTransport) SetDeadline(time.Time) error      { return nil }
func (t *tlsTransport) SetReadDeadline(time.Time) error  { return nil }
func (t *tlsTransport) SetWriteDeadline(time.Time) error { return nil }
