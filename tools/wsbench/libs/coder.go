package libs

import (
	"context"
	"net"

	"github.com/coder/websocket"
)

// Coder is github.com/coder/websocket: Reader into a buffer that is kept, and Write.
// It has neither masking nor a prepared message to call.
type Coder struct{}

// Name implements Library.
func (Coder) Name() string { return "coder" }

// Module implements Library.
func (Coder) Module() string { return "github.com/coder/websocket" }

func (Coder) accept(c net.Conn, deflate bool) (*websocket.Conn, error) {
	var o websocket.AcceptOptions
	if deflate {
		o.CompressionMode = websocket.CompressionNoContextTakeover
		o.CompressionThreshold = 1 // else only messages of 512 bytes and more
	}
	conn, err := websocket.Accept(hijack(c), request(deflate), &o)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(-1) // 32 KiB unless told
	return conn, nil
}

// Receiver implements Reader.
func (l Coder) Receiver(c net.Conn, deflate bool) (Receiver, error) {
	conn, err := l.accept(c, deflate)
	if err != nil {
		return nil, err
	}
	return func(n int, handle func([]byte)) error {
		// A context without an end is the fastest: no watcher per call.
		ctx := context.Background()
		var buf []byte
		for range n {
			_, r, err := conn.Reader(ctx)
			if err != nil {
				return err
			}
			if buf, err = readAll(r, buf); err != nil {
				return err
			}
			handle(buf)
		}
		return nil
	}, nil
}

// Sender implements Writer.
func (l Coder) Sender(c net.Conn, deflate bool) (Sender, error) {
	conn, err := l.accept(c, deflate)
	if err != nil {
		return nil, err
	}
	return func(payload []byte) error {
		return conn.Write(context.Background(), websocket.MessageBinary, payload)
	}, nil
}
