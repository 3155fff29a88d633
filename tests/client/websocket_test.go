package client

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// skipInflatedLimit leaves out what the reference cannot do over compressed
// WebSocket, for which it has a limit of its own.
func skipInflatedLimit(t *testing.T, target *proc.Target, way proc.Way) {
	t.Helper()
	if way.Compressed && target == proc.Reference {
		t.Skip("see inflated-limit in compat.md")
	}
}

// TestTransportsMeet sends messages from each way to each other one of the
// same server.
func TestTransportsMeet(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{Way: proc.Way{WebSocket: true, Compressed: true}})
		tcp, err := nats.Connect("nats://" + s.Addr())
		must(t, err)
		t.Cleanup(tcp.Close)
		plain, err := nats.Connect(s.WebSocket())
		must(t, err)
		t.Cleanup(plain.Close)
		all := map[string]*nats.Conn{"tcp": tcp, "ws": plain, "compressed": connect(t, s)}
		subs := map[string]*nats.Subscription{}
		for name, nc := range all {
			subs[name] = subscribe(t, nc, "all")
		}
		for from, nc := range all {
			text := strings.Repeat(from+" ", 1000)
			must(t, nc.Publish("all", []byte(text)))
			for to, sub := range subs {
				if got := string(next(t, sub).Data); got != text {
					t.Errorf("from %s to %s came %.40q", from, to, got)
				}
			}
		}
	})
}

func TestProxyPathIsAccepted(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{Way: proc.Way{WebSocket: true}})
		nc := connect(t, s, nats.ProxyPath("/behind/a/proxy"))
		sub := subscribe(t, nc, "path")
		must(t, nc.Publish("path", nil))
		next(t, sub)
	})
}

func TestOriginDecides(t *testing.T) {
	t.Parallel()
	origin := func(value string) nats.Option {
		return nats.WebSocketConnectionHeaders(http.Header{"Origin": {value}})
	}
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{Config: `
			websocket { host: "127.0.0.1", port: -1, no_tls: true, allowed_origins: [ "https://app.example" ] }`})
		s.Way = proc.Way{WebSocket: true}
		connect(t, s)
		connect(t, s, origin("https://app.example"))
		if nc, err := dial(s, origin("https://other.example")); err == nil {
			nc.Close()
			t.Error("a page of another origin has connected")
		}
		s.WaitLog(t, "origin not allowed")
	})
}

// startWSS runs a server whose websocket listener has a certificate.
func startWSS(t *testing.T, target *proc.Target, more string) *proc.Server {
	t.Helper()
	s := proc.Start(t, target, proc.Options{
		Files: certs.Default().Files,
		Config: `websocket { host: "127.0.0.1", port: -1
			tls { cert_file: "server.pem", key_file: "server.key", ` + more + ` } }`,
	})
	s.Way = proc.Way{WebSocket: true}
	return s
}

func TestClientCertificateOverWebSocket(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := startWSS(t, target, `ca_file: "ca.pem", verify: true`)
		connect(t, s, secure(true))
		for name, option := range map[string]nats.Option{"none": secure(false), "a stranger's": stranger()} {
			if nc, err := dial(s, option); err == nil {
				nc.Close()
				t.Errorf("connected with this certificate: %s", name)
			}
		}
	})
}

// TestReloadSwapsCertificateOfWebSocket is TestTLSReloadSwapsCertificate for
// the websocket listener.
func TestReloadSwapsCertificateOfWebSocket(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := startWSS(t, target, "")
		old := connect(t, s, secure(false))
		sub := subscribe(t, old, "still.here")
		fresh := certs.New()
		for name, text := range fresh.Files {
			s.WriteFile(t, name, text)
		}
		s.Signal(t, syscall.SIGHUP)
		s.WaitLog(t, "Reloaded server configuration")
		if nc, err := dial(s, secure(false)); err == nil {
			nc.Close()
			t.Error("the old authority still vouches for the server")
		}
		connect(t, s, nats.Secure(fresh.Config(false)))
		must(t, old.Publish("still.here", nil))
		next(t, sub)
	})
}
