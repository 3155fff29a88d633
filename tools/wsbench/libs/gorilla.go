package libs

import (
	"io"
	"net"

	"github.com/gorilla/websocket"
)

// Gorilla is github.com/gorilla/websocket: NextReader into a buffer that is kept,
// WriteMessage, and PreparedMessage for many receivers.
type Gorilla struct{}

// Name implements Library.
func (Gorilla) Name() string { return "gorilla" }

// Module implements Library.
func (Gorilla) Module() string { return "github.com/gorilla/websocket" }

func (Gorilla) upgrade(c net.Conn, deflate bool) (*websocket.Conn, error) {
	u := websocket.Upgrader{ReadBufferSize: ReadBuffer, EnableCompression: deflate}
	return u.Upgrade(hijack(c), request(deflate), nil)
}

// Receiver implements Reader.
func (g Gorilla) Receiver(c net.Conn, deflate bool) (Receiver, error) {
	conn, err := g.upgrade(c, deflate)
	if err != nil {
		return nil, err
	}
	return func(n int, handle func([]byte)) error {
		var buf []byte
		for range n {
			_, r, err := conn.NextReader()
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
func (g Gorilla) Sender(c net.Conn, deflate bool) (Sender, error) {
	conn, err := g.upgrade(c, deflate)
	if err != nil {
		return nil, err
	}
	return func(payload []byte) error {
		return conn.WriteMessage(websocket.BinaryMessage, payload)
	}, nil
}

// Broadcaster implements Broadcaster.
func (g Gorilla) Broadcaster(conns []net.Conn) (Sender, error) {
	upgraded := make([]*websocket.Conn, len(conns))
	for i, c := range conns {
		var err error
		if upgraded[i], err = g.upgrade(c, true); err != nil {
			return nil, err
		}
	}
	return func(payload []byte) error {
		m, err := websocket.NewPreparedMessage(websocket.BinaryMessage, payload)
		if err != nil {
			return err
		}
		for _, c := range upgraded {
			if err := c.WritePreparedMessage(m); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// readAll reads r to its end into the room of buf, which grows as it must.
func readAll(r io.Reader, buf []byte) ([]byte, error) {
	buf = buf[:0]
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, make([]byte, max(512, cap(buf)))...)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}
