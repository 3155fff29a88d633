package client

import (
	"crypto/tls"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// startTLS runs a server with a certificate and more inside its tls block.
func startTLS(t *testing.T, target *proc.Target, more, outside string) *proc.Server {
	t.Helper()
	return proc.Start(t, target, proc.Options{
		Files:  certs.Default().Files,
		Config: "tls { cert_file: \"server.pem\", key_file: \"server.key\"\n" + more + "\n}\n" + outside,
	})
}

func secure(cert bool) nats.Option { return nats.Secure(certs.Default().Config(cert)) }

func TestTLSVariants(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		more, outside string
		options       []nats.Option
	}{
		{name: "plain order", options: []nats.Option{secure(false)}},
		{name: "version 1.2", options: []nats.Option{nats.Secure(tls12())}},
		{name: "client certificate", more: `ca_file: "ca.pem", verify: true`, options: []nats.Option{secure(true)}},
		{name: "handshake first", more: "handshake_first: true", options: []nats.Option{secure(false), nats.TLSHandshakeFirst()}},
		{name: "handshake first or not, first", more: "handshake_first: auto", options: []nats.Option{secure(false), nats.TLSHandshakeFirst()}},
		{name: "handshake first or not, not", more: "handshake_first: auto", options: []nats.Option{secure(false)}},
		{name: "mixed port, TLS", outside: "allow_non_tls: true", options: []nats.Option{secure(false)}},
		{name: "mixed port, clear", outside: "allow_non_tls: true"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			proc.Each(t, func(t *testing.T, target *proc.Target) {
				s := startTLS(t, target, test.more, test.outside)
				nc := connect(t, s, test.options...)
				sub := subscribe(t, nc, "over.tls")
				payload := strings.Repeat("secret ", 20000)
				must(t, nc.Publish("over.tls", []byte(payload)))
				if got := string(next(t, sub).Data); got != payload {
					t.Errorf("%d bytes came back, want %d", len(got), len(payload))
				}
			})
		})
	}
}

func TestTLSRefusals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		more    string
		options []nats.Option
	}{
		{name: "no client certificate", more: `ca_file: "ca.pem", verify: true`, options: []nats.Option{secure(false)}},
		{name: "unknown client certificate", more: `ca_file: "ca.pem", verify: true`, options: []nats.Option{stranger()}},
		{name: "version too old", more: `min_version: "1.3"`, options: []nats.Option{nats.Secure(tls12())}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			proc.Each(t, func(t *testing.T, target *proc.Target) {
				s := startTLS(t, target, test.more, "")
				nc, err := nats.Connect(s.URL(), test.options...)
				if err == nil {
					nc.Close()
					t.Error("connected")
				}
			})
		})
	}
}

func tls12() *tls.Config {
	c := certs.Default().Config(false)
	c.MaxVersion = tls.VersionTLS12
	return c
}

// stranger trusts the server, but shows a certificate of another authority.
func stranger() nats.Option {
	c := certs.Default().Config(false)
	c.Certificates = []tls.Certificate{certs.New().Client}
	return nats.Secure(c)
}

// TestTLSReloadSwapsCertificate replaces the certificate under a running
// server: old connections stay, new ones see the new certificate.
func TestTLSReloadSwapsCertificate(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := startTLS(t, target, "", "")
		old := connect(t, s, secure(false))
		sub := subscribe(t, old, "still.here")
		fresh := certs.New()
		for name, text := range fresh.Files {
			s.WriteFile(t, name, text)
		}
		s.Signal(t, syscall.SIGHUP)
		s.WaitLog(t, "Reloaded server configuration")
		if nc, err := nats.Connect(s.URL(), secure(false)); err == nil {
			nc.Close()
			t.Error("the old authority still vouches for the server")
		}
		connect(t, s, nats.Secure(fresh.Config(false)))
		must(t, old.Publish("still.here", nil))
		next(t, sub)
	})
}
