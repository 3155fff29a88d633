package wsconn

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// modes are the ways to compress; nil is none.
var modes = map[string]*deflate.Params{
	"plain":       nil,
	"no takeover": &deflate.NoTakeover,
	"takeover":    {},
	"small":       {ServerMaxWindowBits: 8, ClientMaxWindowBits: 9},
}

// upgraded is a connection on which a handshake was done.
func upgraded(conn net.Conn, p *deflate.Params) *handshake.Upgraded {
	u := &handshake.Upgraded{Conn: conn}
	if p != nil {
		u.Deflate, u.Params = true, *p
	}
	return u
}

// sockets returns the ends of a connection over TCP.
func sockets(t testing.TB) (client, server net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if client, err = net.Dial("tcp", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if server, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return client, server
}

// pair returns both ends of a WebSocket over TCP.
func pair(t testing.TB, p *deflate.Params, limit int) (client, server *Conn) {
	a, b := sockets(t)
	client, server = New(upgraded(a, p), true, limit), New(upgraded(b, p), false, limit)
	for _, c := range []*Conn{client, server} { // a test that hangs should say where
		if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	return client, server
}

// feed is a net.Conn that gives out bytes and keeps others.
type feed struct {
	net.Conn
	in  io.Reader
	out bytes.Buffer
}

func (f *feed) Read(b []byte) (int, error)     { return f.in.Read(b) }
func (f *feed) Write(b []byte) (int, error)    { return f.out.Write(b) }
func (*feed) Close() error                     { return nil }
func (*feed) SetReadDeadline(time.Time) error  { return nil }
func (*feed) SetWriteDeadline(time.Time) error { return nil }

// fed returns a server to which a client sends b.
func fed(in io.Reader, p *deflate.Params, limit int) (*Conn, *feed) {
	f := &feed{in: in}
	return New(upgraded(f, p), false, limit), f
}
