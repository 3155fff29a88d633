package libs

import (
	"net"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
	"github.com/dunlin-mq/dunlin/wsframe/wsconn"
)

// Wsconn is wsframe for who just wants messages: its package wsconn, which does what
// the others do and reads with a buffer of its own, of 4 KiB.
type Wsconn struct{}

// Name implements Library.
func (Wsconn) Name() string { return "wsframe/wsconn" }

// Module implements Library.
func (Wsconn) Module() string { return "github.com/dunlin-mq/dunlin/wsframe" }

func (Wsconn) upgrade(c net.Conn, compressed bool) (*wsconn.Conn, error) {
	var o handshake.Options
	if compressed {
		o.Deflate = &deflate.Policy{}
	}
	u, err := handshake.Upgrade(hijack(c), request(compressed), &o)
	if err != nil {
		return nil, err
	}
	return wsconn.New(u, false, maxMessage), nil
}

// Receiver implements Reader.
func (l Wsconn) Receiver(c net.Conn, compressed bool) (Receiver, error) {
	conn, err := l.upgrade(c, compressed)
	if err != nil {
		return nil, err
	}
	return func(n int, handle func([]byte)) error {
		for range n {
			_, b, err := conn.ReadMessage()
			if err != nil {
				return err
			}
			handle(b)
		}
		return nil
	}, nil
}

// Sender implements Writer.
func (l Wsconn) Sender(c net.Conn, compressed bool) (Sender, error) {
	conn, err := l.upgrade(c, compressed)
	if err != nil {
		return nil, err
	}
	return func(payload []byte) error {
		return conn.WriteMessage(wsframe.Binary, payload)
	}, nil
}
