package server

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/peercert"
)

// shake connects with TLS, with a certificate of the client's own if there is
// one, and says hello.
func shake(t *testing.T, s *Server, own ...tls.Certificate) (*tls.Conn, *bufio.Reader) {
	t.Helper()
	raw, _ := dial(t, s)
	tc := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, Certificates: own})
	in := bufio.NewReader(tc)
	greet(t, tc, in)
	return tc, in
}

// greet checks that a client is served.
func greet(t *testing.T, nc io.Writer, in *bufio.Reader) {
	t.Helper()
	if _, err := io.WriteString(nc, "CONNECT {\"verbose\":false}\r\nPING\r\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := in.ReadString('\n'); err != nil || line != "PONG\r\n" {
		t.Fatalf("read %q, %v", line, err)
	}
}

// reloadTLS puts another tls block in force.
func reloadTLS(t *testing.T, s *Server, edit func(*config.TLS)) {
	t.Helper()
	next := *s.Options()
	block := *next.TLS
	next.TLS = &block
	edit(&block)
	if err := s.Reload(next); err != nil {
		t.Fatal(err)
	}
}

func TestReloadSwapsTheCertificate(t *testing.T) {
	t.Parallel()
	s := start(t, Options{TLS: withTLS(t, 10*time.Second)})
	before, in := shake(t, s)
	fresh := certificate(t)
	reloadTLS(t, s, func(b *config.TLS) { b.Config = &tls.Config{Certificates: []tls.Certificate{fresh}} })
	after, _ := shake(t, s)
	was, is := before.ConnectionState().PeerCertificates[0], after.ConnectionState().PeerCertificates[0]
	if want, err := x509.ParseCertificate(fresh.Certificate[0]); err != nil || !is.Equal(want) || was.Equal(want) {
		t.Errorf("the new certificate is not the one that is shown: %v", err)
	}
	greet(t, before, in) // it stays
}

func TestReloadOfPinsClosesWhoIsNotPinnedAnyMore(t *testing.T) {
	t.Parallel()
	a, b := certificate(t), certificate(t)
	pin := func(certs ...tls.Certificate) map[string]struct{} {
		pins := make(map[string]struct{})
		for _, c := range certs {
			leaf, err := x509.ParseCertificate(c.Certificate[0])
			if err != nil {
				t.Fatal(err)
			}
			pins[peercert.SPKI(leaf)] = struct{}{}
		}
		return pins
	}
	block := withTLS(t, 10*time.Second)
	block.Config.ClientAuth, block.PinnedCerts = tls.RequireAnyClientCert, pin(a, b)
	s := start(t, Options{TLS: block, AllowNonTLS: true})
	late, _ := dial(t, s) // lets the handshake wait
	withA, inA := shake(t, s, a)
	_, inB := shake(t, s, b)
	plain, inPlain := dial(t, s)
	greet(t, plain, inPlain)
	local, err := s.InProcessConn()
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	inLocal := bufio.NewReader(local)
	if _, err := inLocal.ReadString('\n'); err != nil {
		t.Fatal(err)
	}

	reloadTLS(t, s, func(b *config.TLS) { b.PinnedCerts = pin(a) })
	if rest, err := io.ReadAll(inB); err != nil || len(rest) > 0 {
		t.Errorf("who is not pinned any more reads %q, %v; want the end", rest, err)
	}
	slow := tls.Client(late, &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{b}})
	io.WriteString(slow, "PING\r\n")
	if rest, err := io.ReadAll(slow); len(rest) > 0 {
		t.Errorf("who was shaking hands meanwhile reads %q, %v; want the end", rest, err)
	}
	greet(t, withA, inA)
	greet(t, plain, inPlain)
	greet(t, local, inLocal)
}
