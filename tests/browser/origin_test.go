package browser

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// TestOriginIsChecked has pages of several origins connect, directly or through
// a proxy that serves page and messages at one address.
func TestOriginIsChecked(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	var (
		other    = p.frame(t, strings.Replace(p.origin, "127.0.0.1", "localhost", 1), false)
		sandbox  = p.frame(t, p.origin, true) // its origin is "null"
		secure   = p.frame(t, p.site.secure, false)
		encrypts = tlsBlock("")
	)
	for _, test := range []struct {
		name   string
		page   *page
		block  string
		behind bool   // the proxy, not direct
		logs   string // why the page is refused; it is not, if empty
	}{
		{name: "no restriction", page: p},
		{name: "no restriction, opaque origin", page: sandbox},
		{name: "listed", page: p, block: list("http://elsewhere.example", p.origin+"/any/path")},
		{name: "listed in other case", page: other, block: list(strings.ToUpper(other.origin))},
		{name: "not listed", page: p, block: list("http://elsewhere.example"), logs: "not in the allowed list"},
		{name: "other host", page: other, block: list(p.origin), logs: "not in the allowed list"},
		{name: "other port", page: p, block: list("http://127.0.0.1"), logs: "not in the allowed list"},
		{name: "other scheme", page: p, block: list(strings.Replace(p.origin, "http", "https", 1)), logs: "not in the allowed list"},
		{name: "opaque origin and a list", page: sandbox, block: list(p.origin), logs: `parse "null"`},
		{name: "same origin", page: p, block: "same_origin: true", behind: true},
		{name: "same origin, listed", page: p, block: "same_origin: true\n" + list(p.origin), behind: true},
		{name: "same origin, not listed", page: p, block: "same_origin: true\n" + list(other.origin), behind: true, logs: "not in the allowed list"},
		{name: "same origin with other host", page: other, block: "same_origin: true", logs: "not same origin"},
		{name: "same origin with other port", page: p, block: "same_origin: true", logs: "not same origin"},
		{name: "opaque origin is not the same", page: sandbox, block: "same_origin: true", logs: `parse "null"`},
		{name: "same origin over TLS", page: secure, block: encrypts + "same_origin: true", behind: true},
		{name: "same origin over TLS with other port", page: secure, block: encrypts + "same_origin: true", logs: "not same origin"},
		{name: "listed over TLS", page: secure, block: encrypts + list(p.site.secure)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			proc.Each(t, func(t *testing.T, target *proc.Target) {
				s := start(t, target, setup{block: test.block})
				address := s.WebSocket()
				if test.behind {
					path, err := p.site.behind(s.WebSocket())
					if err != nil {
						t.Fatal(err)
					}
					address = strings.Replace(test.page.origin, "http", "ws", 1) + path
				}
				c, err := test.page.tryConnect(t, args{"reconnect": false}, address)
				if (err != nil) != (test.logs != "") {
					t.Fatalf("connect from %s to %s: %v", test.page.origin, address, err)
				}
				if err != nil {
					s.WaitLog(t, "websocket handshake error: origin not allowed: "+test.logs)
					return
				}
				c.publish(t, message{Subject: "hello"})
			})
		})
	}
}

// TestOriginsAreReloaded is about dunlin: the reference does not reload a
// changed list.
func TestOriginsAreReloaded(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	s := start(t, proc.Dunlin, setup{block: list(p.origin)})
	c := p.connect(t, nil, s.WebSocket())
	text, err := os.ReadFile(s.Config)
	if err != nil {
		t.Fatal(err)
	}
	s.WriteFile(t, proc.ConfigFile, strings.Replace(string(text), p.origin, "https://elsewhere.example", 1))
	s.Signal(t, syscall.SIGHUP)
	s.WaitLog(t, "Reloaded server configuration")
	if _, err := p.tryConnect(t, args{"reconnect": false}, s.WebSocket()); err == nil {
		t.Error("connected, though the page's origin is not listed any more")
	}
	c.publish(t, message{Subject: "who.is.connected.stays"})
	if sockets := p.sockets(t, s.WebSocket()); sockets[0].Closed != nil {
		t.Errorf("the connection from before ended with %+v", sockets[0].Closed)
	}
}

// TestHeadersReachTheBrowser: it keeps the cookie of an upgrade's answer.
func TestHeadersReachTheBrowser(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		name := p.site.unique("cookie")
		s := start(t, target, setup{block: fmt.Sprintf("headers { Set-Cookie: \"%s=baked; Path=/\" }", name)})
		p.connect(t, nil, s.WebSocket())
		var cookies string
		p.call(t, "cookies", nil, &cookies)
		if !strings.Contains(cookies, name+"=baked") {
			t.Errorf("cookies %q", cookies)
		}
	})
}

func list(origins ...string) string {
	return fmt.Sprintf("allowed_origins: [\"%s\"]\n", strings.Join(origins, `", "`))
}
