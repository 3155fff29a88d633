package libs

import (
	"io"
	"net"
	"sync"
	"sync/atomic"

	"github.com/lxzan/gws"
)

// Gws is github.com/lxzan/gws: its event loop, WriteMessage, and Broadcaster for
// many receivers.
type Gws struct{}

// Name implements Library.
func (Gws) Name() string { return "gws" }

// Module implements Library.
func (Gws) Module() string { return "github.com/lxzan/gws" }

// upgrade makes a connection whose messages go to handle.
func (Gws) upgrade(c net.Conn, handle *gwsHandler, deflate bool) (*gws.Conn, error) {
	u := gws.NewUpgrader(handle, &gws.ServerOption{
		ReadBufferSize:    ReadBuffer,
		Logger:            gwsLogger{},
		PermessageDeflate: gwsDeflate(deflate),
	})
	return u.Upgrade(hijack(c), request(deflate))
}

func gwsDeflate(on bool) gws.PermessageDeflate {
	return gws.PermessageDeflate{
		Enabled:   on,
		Threshold: 1, // else only messages of 512 bytes and more
		PoolSize:  1, // compressors per upgrader, which here has one connection, or many that share one message
	}
}

// Receiver implements Reader.
func (l Gws) Receiver(c net.Conn, deflate bool) (Receiver, error) {
	h := &gwsHandler{}
	conn, err := l.upgrade(c, h, deflate)
	if err != nil {
		return nil, err
	}
	return func(n int, handle func([]byte)) error {
		h.handle, h.left = handle, n
		conn.ReadLoop() // until the connection ends
		if h.left > 0 {
			return io.ErrUnexpectedEOF
		}
		return nil
	}, nil
}

// Sender implements Writer.
func (l Gws) Sender(c net.Conn, deflate bool) (Sender, error) {
	conn, err := l.upgrade(c, &gwsHandler{}, deflate)
	if err != nil {
		return nil, err
	}
	return func(payload []byte) error {
		return conn.WriteMessage(gws.OpcodeBinary, payload)
	}, nil
}

// Broadcaster implements Broadcaster. The library writes from goroutines of its
// own, one connection each, so that the sender has to wait until all have: this
// costs a few nanoseconds per connection more than a library that writes at once.
func (l Gws) Broadcaster(conns []net.Conn) (Sender, error) {
	u := gws.NewUpgrader(&gwsHandler{}, &gws.ServerOption{Logger: gwsLogger{}, PermessageDeflate: gwsDeflate(true)})
	var pending sync.WaitGroup
	upgraded := make([]*gws.Conn, len(conns))
	for i, c := range conns {
		told := &tellingConn{Conn: c, pending: &pending}
		var err error
		if upgraded[i], err = u.Upgrade(hijack(told), request(true)); err != nil {
			return nil, err
		}
		told.armed.Store(true)
	}
	return func(payload []byte) error {
		pending.Add(len(upgraded))
		b := gws.NewBroadcaster(gws.OpcodeBinary, payload)
		for _, c := range upgraded {
			if err := b.Broadcast(c); err != nil {
				return err
			}
		}
		pending.Wait()
		return b.Close()
	}, nil
}

// tellingConn reports each write after the handshake to pending.
type tellingConn struct {
	net.Conn
	pending *sync.WaitGroup
	armed   atomic.Bool
}

// Write implements net.Conn.
func (c *tellingConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if c.armed.Load() {
		c.pending.Done()
	}
	return n, err
}

// gwsHandler gets the events of a connection.
type gwsHandler struct {
	gws.BuiltinEventHandler
	handle func([]byte)
	left   int
}

// OnMessage implements gws.Event.
func (h *gwsHandler) OnMessage(_ *gws.Conn, m *gws.Message) {
	h.left--
	h.handle(m.Bytes())
	_ = m.Close() // gives the buffer back
}

// gwsLogger is silent: the library logs the end of a connection.
type gwsLogger struct{}

// Error implements gws.Logger.
func (gwsLogger) Error(...any) {}
