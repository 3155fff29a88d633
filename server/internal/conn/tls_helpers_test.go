package conn

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"
)

// serverTLS returns a configuration with a certificate that is made once.
var serverTLS = sync.OnceValue(func() *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"},
		NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), // also in simulated time
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
})

// clientTLS trusts everybody.
func clientTLS() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

// handshake puts TLS on both ends.
func handshake(t testing.TB, c *Conn, client net.Conn, cfg *tls.Config) *tls.Conn {
	t.Helper()
	tc := tls.Client(client, cfg)
	done := make(chan error, 1)
	go func() { done <- tc.Handshake() }()
	if _, err := c.StartTLS(serverTLS(), time.Now().Add(patience)); err != nil {
		t.Fatalf("server: %v", err)
	}
	if err := await(t, done); err != nil {
		t.Fatalf("client: %v", err)
	}
	return tc
}

// network is a kind of connection that tests run over.
type network struct {
	name string
	// open returns a connection with its session and the peer's end.
	open func(t testing.TB, s Session, limit int64) (*Conn, net.Conn)
}

// networks are all kinds. The kernel buffers little in each.
func networks() []network {
	tcp := func(t testing.TB, s Session, limit int64) (*Conn, net.Conn) {
		server, client := tcpPair(t, true)
		c := New(server, limit, false)
		c.Attach(s)
		return c, client
	}
	return []network{
		{"tcp", tcp},
		{"tls", func(t testing.TB, s Session, limit int64) (*Conn, net.Conn) {
			c, client := tcp(t, s, limit)
			return c, handshake(t, c, client, clientTLS())
		}},
		{"pipe", func(t testing.TB, s Session, limit int64) (*Conn, net.Conn) {
			server, client := net.Pipe()
			t.Cleanup(func() { client.Close(); server.Close() })
			c := New(server, limit, false)
			c.Attach(s)
			return c, client
		}},
		{"tls over a pipe", func(t testing.TB, s Session, limit int64) (*Conn, net.Conn) {
			server, client := net.Pipe()
			t.Cleanup(func() { client.Close(); server.Close() })
			c := New(server, limit, false)
			c.Attach(s)
			return c, handshake(t, c, client, clientTLS())
		}},
		{"websocket", func(t testing.TB, s Session, limit int64) (*Conn, net.Conn) {
			c, client := tcp(t, s, limit)
			return c, upgrade(t, c, client, WebSocket{})
		}},
		{"compressed websocket", func(t testing.TB, s Session, limit int64) (*Conn, net.Conn) {
			c, client := tcp(t, s, limit)
			return c, upgrade(t, c, client, WebSocket{Compression: true})
		}},
		{"websocket for a browser", func(t testing.TB, s Session, limit int64) (*Conn, net.Conn) {
			c, client := tcp(t, s, limit)
			return c, upgrade(t, c, client, WebSocket{Compression: true, FrameLimit: 4096, CompressedFrameLimit: 4096})
		}},
		{"compressed websocket over tls", func(t testing.TB, s Session, limit int64) (*Conn, net.Conn) {
			c, client := tcp(t, s, limit)
			return c, upgrade(t, c, handshake(t, c, client, clientTLS()), WebSocket{Compression: true})
		}},
		{"websocket over a pipe", func(t testing.TB, s Session, limit int64) (*Conn, net.Conn) {
			server, client := net.Pipe()
			t.Cleanup(func() { client.Close(); server.Close() })
			c := New(server, limit, false)
			c.Attach(s)
			return c, upgrade(t, c, client, WebSocket{})
		}},
	}
}
