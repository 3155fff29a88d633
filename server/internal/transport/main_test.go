package transport

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m, chunk.Held)) }

// patience bounds waits that end at once when all is well.
const patience = 20 * time.Second

const greeting = "INFO {}\r\n"

// guest notes what it is told while it is admitted, and echoes afterwards.
type guest struct {
	c      *conn.Conn
	events []string
}

// newGuest returns a guest on one end of a connection.
func newGuest(nc net.Conn) *guest {
	g := &guest{c: conn.New(nc, 1<<20, false)}
	g.c.Attach(g)
	return g
}

func (g *guest) Greet() error {
	g.events = append(g.events, "greeted")
	return g.c.Hello([]byte(greeting))
}

func (g *guest) SetRemote(a netip.AddrPort) { g.events = append(g.events, "from "+a.String()) }

func (g *guest) SetTLS(state tls.ConnectionState, first bool) {
	g.events = append(g.events, fmt.Sprintf("%s, first %v", tls.VersionName(state.Version), first))
}

func (g *guest) Receive(b []byte, _ *chunk.Chunk) (int, int, error) {
	g.c.Outbox().Put(b)
	g.c.Flush()
	return len(b), 0, nil
}

func (g *guest) WriteDeadline() time.Duration      { return time.Hour }
func (g *guest) WriteStalled(conn.WriteStall) bool { return false }
func (g *guest) WriteRecovered(time.Duration)      {}

// admit takes the guest through the rules; if it is let in it echoes until the
// client goes. It returns what Admit said.
func (g *guest) admit(r Rules) error {
	defer g.c.Finish()
	if err := Admit(g.c, g, r); err != nil {
		g.c.Close(err, nil)
		return err
	}
	g.c.Close(g.c.Serve(), nil)
	return nil
}

// newCert returns a certificate for its own key.
func newCert(name string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), // also in simulated time
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// Certificates of both sides, made once.
var serverCert, clientCert = newCert("server"), newCert("client")

func serverConfig() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{serverCert}}
}

// clientConfig trusts everybody.
func clientConfig() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

// client is the other end: a scripted NATS client that trusts its author.
type client struct {
	t *testing.T
	net.Conn
}

// greeted reads the greeting.
func (c *client) greeted() { c.expect(greeting) }

func (c *client) expect(want string) {
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c, got); err != nil || string(got) != want {
		c.t.Errorf("the client reads %q, %v; want %q", got[:n], err, want)
	}
}

func (c *client) send(s string) { io.WriteString(c, s) }

// echo checks that the client was let in.
func (c *client) echo() {
	c.send("PING\r\n")
	c.expect("PING\r\n")
}

// secure performs the client's handshake.
func (c *client) secure(cfg *tls.Config) *client {
	tc := tls.Client(c.Conn, cfg)
	if err := tc.Handshake(); err != nil {
		c.t.Errorf("the client's handshake: %v", err)
	}
	return &client{c.t, tc}
}

// closed checks that the stream ends without another word.
func (c *client) closed() {
	if b, err := io.ReadAll(c); err != nil || len(b) > 0 {
		c.t.Errorf("the client reads %q, %v; want an end", b, err)
	}
}

// tcpPair returns both ends of a TCP connection.
func tcpPair(t *testing.T) (server, peer net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if peer, err = net.Dial("tcp", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close(); server.Close() })
	peer.SetDeadline(time.Now().Add(patience))
	return server, peer
}
