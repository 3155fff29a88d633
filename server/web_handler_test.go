package server_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
	"github.com/dunlin-mq/dunlin/wsframe/wsconn"
)

// mounted is an application that has the handler at /nats, and its URL.
func mounted(t *testing.T, r *instance, secure bool) (app *httptest.Server, url string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/nats", r.WebSocketHandler())
	app = httptest.NewUnstartedServer(mux)
	app.Config.ErrorLog = log.New(io.Discard, "", 0)
	if secure {
		app.StartTLS()
	} else {
		app.Start()
	}
	t.Cleanup(app.Close)
	return app, "ws" + strings.TrimPrefix(app.URL, "http") + "/nats"
}

// handled are options for a server that has no WebSocket listener.
func handled(edit func(*config.WebSocket)) server.Options {
	opts := webbed(edit)
	opts.WebSocket.Port = 0
	return opts
}

func TestWebSocketHandlerCarriesMessages(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		for _, compressed := range []bool{false, true} {
			t.Run(fmt.Sprintf("TLS %v, compression %v", secure, compressed), func(t *testing.T) {
				t.Parallel()
				r := boot(t, watched(handled(func(w *config.WebSocket) {
					w.Compression, w.Headers = compressed, map[string]string{"X-Who": "me"}
				})))
				_, url := mounted(t, r, secure)
				s, err := shakeHands(t, url, compressing)
				if err != nil {
					t.Fatal(err)
				}
				if s.agreed.Deflate != compressed || s.field("X-Who") != "me" {
					t.Errorf("agreed %+v, %q", s.agreed, s.fields)
				}
				c, other := r.greeted(s).quiet(), r.dial().quiet()
				payload := strings.Repeat("all work and no play ", 10_000)
				c.send("SUB there 1")
				c.barrier()
				other.send("SUB here 2", fmt.Sprintf("PUB there %d", len(payload)), payload)
				other.barrier()
				c.expect(fmt.Sprintf("MSG there 1 %d", len(payload)), payload)
				c.send(fmt.Sprintf("PUB here %d", len(payload)), payload)
				other.expect(fmt.Sprintf("MSG here 2 %d", len(payload)), payload)
				if !strings.Contains(r.monitored("/connz"), `"type": "websocket"`) {
					t.Error("connz knows no websocket")
				}
			})
		}
	}
}

func TestWebSocketHandlerRefusesRequests(t *testing.T) {
	t.Parallel()
	r := boot(t, handled(func(w *config.WebSocket) { w.AllowedOrigins = []string{"https://app.example"} }))
	app, url := mounted(t, r, false)
	refused(t, url, http.StatusForbidden, handshake.Dialer{Fields: []handshake.Field{{Name: "Origin", Value: "https://other.example"}}})
	for _, tt := range []struct {
		method, name, value string
		status              int
		log                 string
	}{
		{method: "POST", status: 405, log: "request method must be GET"},
		{method: "GET", name: "Upgrade", value: "h2c", status: 400, log: "invalid value for header 'Upgrade'"},
		{method: "GET", name: "Connection", value: "close", status: 400, log: "invalid value for header 'Connection'"},
		{method: "GET", name: "Sec-WebSocket-Key", value: "short", status: 400, log: "invalid websocket key"},
		{method: "GET", name: "Sec-WebSocket-Version", value: "8", status: 400, log: "invalid version"},
	} {
		req, err := http.NewRequest(tt.method, app.URL+"/nats", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{
			"Upgrade": {"websocket"}, "Connection": {"Upgrade"},
			"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Sec-Websocket-Version": {"13"},
		}
		if tt.name != "" {
			req.Header.Set(tt.name, tt.value)
		}
		resp, err := app.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != tt.status || string(body) != http.StatusText(tt.status)+"\n" ||
			resp.Header.Get("Sec-WebSocket-Version") != "13" {
			t.Errorf("%s %s: %d %q %v, %v", tt.method, tt.name, resp.StatusCode, body, resp.Header, err)
		}
		r.logs("websocket handshake error: " + tt.log)
	}
}

func TestWebSocketHandlerOfAServerThatEnds(t *testing.T) {
	t.Parallel()
	r := create(t, handled(nil))
	app, url := mounted(t, r, false)
	refused(t, url, http.StatusServiceUnavailable, handshake.Dialer{})
	r.run(t.Context())
	s, err := shakeHands(t, url, handshake.Dialer{})
	if err != nil {
		t.Fatal(err)
	}
	c := r.greeted(s).quiet()
	r.Shutdown()
	c.closed()
	want := wsconn.CloseError{Code: wsframe.StatusGoingAway, Reason: "Server Shutdown"}
	if diff := gocmp.Diff(want, s.goodbye); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	refused(t, url, http.StatusServiceUnavailable, handshake.Dialer{})
	app.Close() // nothing of a connection is left in the application
}

// A lame duck sends away those that came through the handler, too.
func TestWebSocketHandlerOfALameDuck(t *testing.T) {
	t.Parallel()
	opts := handled(nil)
	opts.LameDuck = patient
	r := boot(t, opts)
	_, url := mounted(t, r, false)
	s, err := shakeHands(t, url, handshake.Dialer{})
	if err != nil {
		t.Fatal(err)
	}
	c := r.greeted(s).quiet()
	r.limp()
	if line := c.line(); !strings.HasPrefix(line, "INFO {") || !strings.Contains(line, `"ldm":true`) {
		t.Errorf("read %q", line)
	}
	refused(t, url, http.StatusServiceUnavailable, handshake.Dialer{})
	c.barrier()
}
