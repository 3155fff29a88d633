package server

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m, chunk.Held)) }

// patience bounds waits that end at once when all is well.
const patience = 20 * time.Second

// start runs a server on a free port until the test ends.
func start(t *testing.T, opts Options) *Server {
	t.Helper()
	opts.Host, opts.Port, opts.Log.NoLog = "127.0.0.1", -1, true
	s, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(context.Background()) }()
	t.Cleanup(func() {
		s.Shutdown()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	<-s.Ready()
	return s
}

// dial connects to the server and reads the greeting.
func dial(t *testing.T, s *Server) (net.Conn, *bufio.Reader) {
	t.Helper()
	nc, err := net.Dial("tcp", hostPort("127.0.0.1", s.Port()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(patience))
	in := bufio.NewReader(nc)
	if line, err := in.ReadString('\n'); err != nil || !strings.HasPrefix(line, "INFO {") {
		t.Fatalf("greeted with %q, %v", line, err)
	}
	return nc, in
}

// certificate returns one for its own key.
func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// withTLS are options for a server with a certificate.
func withTLS(t *testing.T, timeout time.Duration) *config.TLS {
	return &config.TLS{
		Timeout: timeout,
		Config:  &tls.Config{Certificates: []tls.Certificate{certificate(t)}},
	}
}

// reasons returns why clients left, the oldest first, once there are n.
func reasons(t *testing.T, s *Server, n int) []protocol.CloseReason {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); len(s.env.Registry.Closed()) < n && time.Now().Before(end); {
		<-tick.C
	}
	var all []protocol.CloseReason
	for _, r := range s.env.Registry.Closed() {
		all = append(all, r.Reason)
	}
	return all
}

// A client learns why it is cut off, and then sees an end and no reset, even
// if it had more to say.
func TestReasonsReachClientsThatGoOnSending(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	flood := strings.Repeat("PUB foo 1000\r\n"+strings.Repeat("x", 1000)+"\r\n", 200)
	for _, tt := range []struct{ name, sends, want string }{
		{"an unknown verb", "CONNECT {\"verbose\":false}\r\nGET / HTTP/1.1\r\n", "-ERR 'Unknown Protocol Operation'\r\n"},
		{"a payload too large", "CONNECT {\"verbose\":false}\r\nPUB foo 2000000\r\n", "-ERR 'Maximum Payload Violation'\r\n"},
		{"a line too long", "CONNECT {\"verbose\":false}\r\nSUB " + strings.Repeat("x", 5000), "-ERR 'maximum control line exceeded'\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for range 20 {
				nc, in := dial(t, s)
				if _, err := io.WriteString(nc, tt.sends+flood); err != nil {
					t.Fatalf("sending: %v", err)
				}
				got, err := io.ReadAll(in)
				if err != nil {
					t.Errorf("the stream does not end well: %v", err)
				}
				if diff := cmp.Diff(tt.want, string(got)); diff != "" {
					t.Error(diff)
				}
				nc.Close()
			}
		})
	}
}

func TestWhoIsTurnedAwayIsTold(t *testing.T) {
	t.Parallel()
	limited := func(n int) Options { return Options{Limits: config.Limits{MaxConnections: n}} }
	throttled := Options{TLS: withTLS(t, time.Second)}
	throttled.TLS.RateLimit = 1
	for _, tt := range []struct {
		name string
		opts Options
		want string
	}{
		{"one client too many", limited(1), "-ERR 'maximum connections exceeded'\r\n"},
		{"nobody is wanted", limited(-1), "-ERR 'maximum connections exceeded'\r\n"},
		{"too many in a second", throttled, "-ERR 'Connection throttling is active. Please try again later.'\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, tt.opts)
			if tt.opts.Limits.MaxConnections >= 0 {
				dial(t, s) // the last one who may stay
			}
			nc, in := dial(t, s)
			io.WriteString(nc, "CONNECT {}\r\nPING\r\n")
			got, err := io.ReadAll(in)
			if err != nil || string(got) != tt.want {
				t.Errorf("%q, %v; want %q", got, err, tt.want)
			}
			nc.Close()
			if diff := cmp.Diff([]protocol.CloseReason{protocol.MaxConnectionsExceeded}, reasons(t, s, 1)); diff != "" {
				t.Errorf("reasons: %s", diff)
			}
		})
	}
}

func TestFailedHandshakesAreRecorded(t *testing.T) {
	t.Parallel()
	s := start(t, Options{TLS: withTLS(t, 50*time.Millisecond)})
	silent, _ := dial(t, s)
	if b, err := io.ReadAll(silent); len(b) > 0 {
		t.Errorf("the silent one reads %q, %v", b, err)
	}
	plain, _ := dial(t, s)
	io.WriteString(plain, "CONNECT {}\r\n")
	if b, err := io.ReadAll(plain); err != nil || len(b) > 0 {
		t.Errorf("the plain one reads %q, %v", b, err)
	}
	plain.Close()
	want := []protocol.CloseReason{protocol.TLSHandshakeFailure, protocol.TLSHandshakeFailure}
	if diff := cmp.Diff(want, reasons(t, s, 2)); diff != "" {
		t.Errorf("reasons: %s", diff)
	}
}

// A server ends at once whatever its clients are at.
func TestShutdownWaitsForNobody(t *testing.T) {
	t.Parallel()
	s := start(t, Options{TLS: withTLS(t, time.Hour)})
	dial(t, s) // never shakes hands
	raw, _ := dial(t, s)
	tc := tls.Client(raw, &tls.Config{InsecureSkipVerify: true})
	if err := tc.Handshake(); err != nil {
		t.Fatal(err)
	}
	io.WriteString(tc, "PING\r\n")
	if got, err := bufio.NewReader(tc).ReadString('\n'); err != nil || got != "PONG\r\n" {
		t.Fatalf("%q, %v", got, err)
	}
	begin := time.Now()
	s.Shutdown()
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	want := []protocol.CloseReason{protocol.ServerShutdown, protocol.ServerShutdown}
	if diff := cmp.Diff(want, reasons(t, s, 2)); diff != "" {
		t.Errorf("reasons: %s", diff)
	}
}

func TestInProcessConnectionsNeedNoTLS(t *testing.T) {
	t.Parallel()
	s := start(t, Options{TLS: withTLS(t, time.Second)})
	nc, err := s.InProcessConn()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(patience))
	in := bufio.NewReader(nc)
	line, err := in.ReadString('\n')
	if err != nil || strings.Contains(line, "tls_required") || !strings.Contains(line, `"tls_available":true`) {
		t.Fatalf("greeted with %q, %v", line, err)
	}
	io.WriteString(nc, "CONNECT {\"verbose\":false}\r\nPING\r\n")
	if got, err := in.ReadString('\n'); err != nil || got != "PONG\r\n" {
		t.Errorf("%q, %v", got, err)
	}
}
