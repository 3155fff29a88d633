package browser

import (
	"testing"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// tlsBlock is the tls block of a listener with the certificate that the browser
// trusts.
func tlsBlock(more string) string {
	return "tls { cert_file: \"server.pem\", key_file: \"server.key\"\n" + more + "\n}\n"
}

func TestEncryptedListener(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	compression(t, func(t *testing.T, _ bool, block string) {
		proc.Each(t, func(t *testing.T, target *proc.Target) {
			s := start(t, target, setup{block: tlsBlock("") + block})
			c := p.connect(t, nil, s.WebSocket())
			if !c.info.TLSRequired {
				t.Errorf("INFO %+v, want one that requires TLS", c.info)
			}
			sub := c.subscribe(t, "over.tls")
			want := message{Subject: "over.tls", Data: noise(200_000)}
			c.publish(t, want)
			if d := diff([]message{want}, c.next(t, sub, 1)); d != "" {
				t.Errorf("message (-sent +received):\n%s", d)
			}
		})
	})
}

func TestEncryptedListenerRefuses(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	for _, test := range []struct {
		name   string
		more   string
		scheme string
	}{
		{name: "a browser without certificate", more: `ca_file: "ca.pem", verify: true`, scheme: "wss"},
		{name: "a connection in the clear", scheme: "ws"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			proc.Each(t, func(t *testing.T, target *proc.Target) {
				s := start(t, target, setup{block: tlsBlock(test.more)})
				address := test.scheme + s.WebSocket()[len("wss"):]
				if err := p.try("open", args{"url": address}, nil); err == nil || err.Error() != "Error: closed with 1006" {
					t.Errorf("open: error %v", err)
				}
				s.WaitLog(t, "TLS handshake error")
			})
		})
	}
}

// TestBrowserRefusesUnknownAuthority shows that the other tests of this file
// connect because the browser knows the certificate.
func TestBrowserRefusesUnknownAuthority(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := start(t, target, setup{block: tlsBlock(""), files: certs.New().Files})
		if err := p.try("open", args{"url": s.WebSocket()}, nil); err == nil || err.Error() != "Error: closed with 1006" {
			t.Errorf("open: error %v", err)
		}
	})
}
