package server_test

import (
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// named are the names of clients in connz.
type named struct {
	Connections []struct {
		Type string `json:"type"`
		User string `json:"authorized_user"`
	} `json:"connections"`
}

// A reload is about the connections that follow; the others are left alone.
func TestReloadOfWebSocketOptions(t *testing.T) {
	t.Parallel()
	from := func(origin string) handshake.Dialer {
		return handshake.Dialer{Fields: []handshake.Field{{Name: "Origin", Value: origin}}}
	}
	for _, tt := range []struct {
		name          string
		before, after func(*config.WebSocket)
		dialer        handshake.Dialer
		check         func(t *testing.T, r *instance, reloaded bool)
	}{
		{
			name:  "origins",
			after: func(w *config.WebSocket) { w.AllowedOrigins = []string{"https://app.example"} },
			check: func(t *testing.T, r *instance, reloaded bool) {
				r.web(from("https://app.example"))
				if !reloaded {
					r.web(from("https://other.example"))
					return
				}
				refused(t, r.webURL("/"), http.StatusForbidden, from("https://other.example"))
				r.logs("origin not allowed: not in the allowed list")
			},
		},
		{
			name:  "same origin",
			after: func(w *config.WebSocket) { w.SameOrigin = true },
			check: func(t *testing.T, r *instance, reloaded bool) {
				r.web(from("http://" + r.webAddress()))
				if !reloaded {
					r.web(from("https://other.example"))
					return
				}
				refused(t, r.webURL("/"), http.StatusForbidden, from("https://other.example"))
			},
		},
		{
			name:   "headers",
			before: func(w *config.WebSocket) { w.Headers = map[string]string{"X-Who": "old"} },
			after:  func(w *config.WebSocket) { w.Headers = map[string]string{"X-Who": "new"} },
			check: func(t *testing.T, r *instance, reloaded bool) {
				want := map[bool]string{false: "old", true: "new"}[reloaded]
				if _, s := r.web(handshake.Dialer{}); s.field("X-Who") != want {
					t.Errorf("X-Who: %q, want %q", s.field("X-Who"), want)
				}
			},
		},
		{
			name:   "compression off",
			before: func(w *config.WebSocket) { w.Compression = true },
			after:  func(w *config.WebSocket) { w.Compression = false },
			dialer: compressing,
			check: func(t *testing.T, r *instance, reloaded bool) {
				if _, s := r.web(compressing); s.agreed.Deflate == reloaded {
					t.Errorf("compression: %v", s.agreed.Deflate)
				}
			},
		},
		{
			name:   "compression on",
			after:  func(w *config.WebSocket) { w.Compression = true },
			dialer: compressing,
			check: func(t *testing.T, r *instance, reloaded bool) {
				if _, s := r.web(compressing); s.agreed.Deflate != reloaded {
					t.Errorf("compression: %v", s.agreed.Deflate)
				}
			},
		},
		{
			name:  "paths",
			after: func(w *config.WebSocket) { w.Paths = []string{"/b/"} },
			check: func(t *testing.T, r *instance, reloaded bool) {
				s, err := shakeHands(t, r.webURL("/b/"), handshake.Dialer{})
				if err != nil {
					t.Fatal(err)
				}
				r.greeted(s)
				if !reloaded {
					r.web(handshake.Dialer{})
					return
				}
				refused(t, r.webURL("/"), http.StatusNotFound, handshake.Dialer{})
			},
		},
		{
			name:   "cookies",
			before: func(w *config.WebSocket) { w.UserCookie = "was" },
			after:  func(w *config.WebSocket) { w.UserCookie = "is" },
			check: func(t *testing.T, r *instance, reloaded bool) {
				want := map[bool]string{false: "ann", true: "bob"}[reloaded]
				c, _ := r.web(handshake.Dialer{Fields: []handshake.Field{{Name: "Cookie", Value: "was=ann; is=bob"}}})
				c.quiet()
				found := false
				for _, conn := range page[named](r, "/connz?auth=1").Connections {
					found = found || conn.User == want && conn.Type == "websocket"
				}
				if !found {
					t.Errorf("%s is not there: %s", want, r.monitored("/connz?auth=1"))
				}
			},
		},
		{
			name:  "health path",
			after: func(w *config.WebSocket) { w.HealthPath = "/new" },
			check: func(t *testing.T, r *instance, reloaded bool) {
				if status, _ := r.ask().request("GET", "/new"); (status == http.StatusOK) != reloaded {
					t.Errorf("status %d", status)
				}
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := boot(t, watched(webbed(tt.before)))
			old, _ := r.web(tt.dialer)
			old.quiet()
			tt.check(t, r, false)
			r.reload(func(o *server.Options) { tt.after(&o.WebSocket) })
			tt.check(t, r, true)
			old.send("SUB a 1", "PUB a 100", string(make([]byte, 100)))
			old.expect("MSG a 1 100", string(make([]byte, 100)))
		})
	}
}

func TestReloadSwapsTheCertificateOfWebSockets(t *testing.T) {
	t.Parallel()
	opts := webbed(nil)
	wsTLS(t, tomorrow)(&opts.WebSocket)
	r := boot(t, opts)
	shown := func(s *webStream) time.Time {
		return s.Conn.(*tls.Conn).ConnectionState().PeerCertificates[0].NotAfter
	}
	old, oldStream := r.web(handshake.Dialer{})
	old.quiet()
	later := tomorrow.Add(time.Hour)
	r.reload(func(o *server.Options) { wsTLS(t, later)(&o.WebSocket) })
	fresh, freshStream := r.web(handshake.Dialer{})
	fresh.quiet()
	if a, b := shown(oldStream), shown(freshStream); b.Sub(a) != time.Hour {
		t.Errorf("the certificates end at %v and %v", a, b)
	}
	old.barrier() // it stays
}

// What was refused stays as it was.
func TestRefusedReloadOfWebSocketOptions(t *testing.T) {
	t.Parallel()
	r := boot(t, webbed(nil))
	old, _ := r.web(handshake.Dialer{})
	old.quiet()
	for name, edit := range map[string]func(*config.WebSocket){
		"origin":    func(w *config.WebSocket) { w.AllowedOrigins = []string{"://"} },
		"header":    func(w *config.WebSocket) { w.Headers = map[string]string{"X-A": "a\r\nX-B: b"} },
		"advertise": func(w *config.WebSocket) { w.Advertise = "a:b:c" },
	} {
		if err := r.Reload(r.changed(func(o *server.Options) { edit(&o.WebSocket) })); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, s := r.web(handshake.Dialer{Fields: []handshake.Field{{Name: "Origin", Value: "https://app.example"}}}); s.field("X-B") != "" {
		t.Error("a header was smuggled in")
	}
	old.barrier()
}
