package server_test

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
	"github.com/dunlin-mq/dunlin/wsframe/wsconn"
)

// webbed are options for a server with a WebSocket listener.
func webbed(edit func(*config.WebSocket)) server.Options {
	w := config.WebSocket{Host: "127.0.0.1", Port: -1, NoTLS: true}
	if edit != nil {
		edit(&w)
	}
	return server.Options{WebSocket: w}
}

// webURL is where the WebSocket listener is.
func (r *instance) webURL(path string) string {
	w := &r.Options().WebSocket
	scheme := "ws"
	if w.TLS != nil {
		scheme = "wss"
	}
	return fmt.Sprintf("%s://127.0.0.1:%d%s", scheme, w.Port, path)
}

// webAddress is the same for who speaks TCP.
func (r *instance) webAddress() string {
	return fmt.Sprintf("127.0.0.1:%d", r.Options().WebSocket.Port)
}

// webStream makes a stream of the messages on a WebSocket.
type webStream struct {
	net.Conn // below
	ws       *wsconn.Conn
	rest     []byte            // of the message that is being read
	goodbye  wsconn.CloseError // of the server, once Read has returned io.EOF
	agreed   handshake.Agreement
	fields   []handshake.Field
}

func (s *webStream) Write(b []byte) (int, error) {
	return len(b), s.ws.WriteMessage(wsframe.Binary, b)
}

func (s *webStream) Read(b []byte) (n int, err error) {
	for len(s.rest) == 0 {
		if _, s.rest, err = s.ws.ReadMessage(); err != nil {
			var bye *wsconn.CloseError
			if errors.As(err, &bye) {
				s.goodbye, err = *bye, io.EOF
			}
			return 0, err
		}
	}
	n = copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// shakeHands opens a WebSocket. The certificate of the server may be any.
func shakeHands(t *testing.T, url string, d handshake.Dialer) (*webStream, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	d.TLS = &tls.Config{InsecureSkipVerify: true}
	u, err := d.Dial(ctx, url)
	if err != nil {
		return nil, err
	}
	return &webStream{Conn: u.Conn, ws: wsconn.New(u, true, 64<<20), agreed: u.Agreement, fields: u.Fields}, nil
}

// compressing offers compression.
var compressing = handshake.Dialer{Deflate: &deflate.NoTakeover}

// web connects over WebSocket.
func (r *instance) web(d handshake.Dialer) (*client, *webStream) {
	r.t.Helper()
	s, err := shakeHands(r.t, r.webURL("/"), d)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.greeted(s), s
}

// refused checks that a handshake is answered with a status.
func refused(t *testing.T, url string, status int, d handshake.Dialer) {
	t.Helper()
	s, err := shakeHands(t, url, d)
	if err == nil {
		s.Close()
	}
	var got *handshake.DialError
	if !errors.As(err, &got) || got.Reply.Status != status {
		t.Errorf("%s: %v, want status %d", url, err, status)
	}
}

// asking is a raw connection for requests.
type asking struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

// ask connects to the WebSocket listener without saying anything.
func (r *instance) ask() *asking {
	r.t.Helper()
	nc, err := net.Dial("tcp", r.webAddress())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(wait))
	if r.Options().WebSocket.TLS != nil {
		nc = tls.Client(nc, &tls.Config{InsecureSkipVerify: true})
	}
	return &asking{t: r.t, Conn: nc, in: bufio.NewReader(nc)}
}

// request sends a request and returns status and body.
func (a *asking) request(method, path string) (status int, body string) {
	a.t.Helper()
	if _, err := fmt.Fprintf(a, "%s %s HTTP/1.1\r\nHost: x\r\n\r\n", method, path); err != nil {
		a.t.Fatal(err)
	}
	resp, err := http.ReadResponse(a.in, &http.Request{Method: method})
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// wsTLS puts TLS in front of the listener.
func wsTLS(t *testing.T, serial time.Time) func(*config.WebSocket) {
	block := paired(t, serial)
	block.Config.ClientAuth = tls.NoClientCert
	return func(w *config.WebSocket) { w.TLS = block }
}

// logs waits until a line that contains text was logged.
func (r *instance) logs(text string) {
	r.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(wait); !r.log.has(text); <-tick.C {
		if time.Now().After(end) {
			r.t.Fatalf("%q is not logged: %q", text, r.log.all())
		}
	}
}

// tomorrow is the end of certificates that do not matter.
var tomorrow = time.Now().Add(24 * time.Hour)

func TestSlowHandshakeOfAWebSocketIsCutOff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, begin, drop string
		tls               bool
		log               string
	}{
		{name: "silence"},
		{name: "a request that stops", begin: "GET / HTTP/1.1\r\nHost", log: "reading the request"},
		{name: "a request that goes on and on", begin: "GET / HTTP/1.1\r\nHost: x\r\nX-A: ", drop: "a", log: "reading the request"},
		{name: "silence instead of TLS", tls: true},
		{name: "a TLS handshake that stops", tls: true, begin: "\x16\x03\x01\x02\x00\x01", log: "TLS handshake error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			opts := webbed(func(w *config.WebSocket) { w.HandshakeTimeout = 500 * time.Millisecond })
			if tt.tls {
				wsTLS(t, tomorrow)(&opts.WebSocket)
			}
			r := boot(t, opts)
			nc, err := net.Dial("tcp", r.webAddress())
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			nc.SetDeadline(time.Now().Add(wait))
			io.WriteString(nc, tt.begin)
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				io.Copy(io.Discard, nc)
			}()
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for over := false; !over; {
				select {
				case <-ended:
					over = true
				case <-time.After(wait / 2):
					t.Fatal("still there")
				case <-tick.C:
					io.WriteString(nc, tt.drop)
				}
			}
			if tt.log != "" {
				r.logs(tt.log)
				r.logs(nc.LocalAddr().String())
			}
		})
	}
}

func TestShutdownWaitsForNoHandshake(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		opts := webbed(func(w *config.WebSocket) { w.HandshakeTimeout = time.Hour })
		if secure {
			wsTLS(t, tomorrow)(&opts.WebSocket)
		}
		r := boot(t, opts)
		a := r.ask()
		a.request("GET", "/healthz") // it is certainly at the door then
		io.WriteString(a, "GET / HTTP/1.1\r\nHos")
		r.Shutdown()
		r.end()
		if rest, err := io.ReadAll(a.in); len(rest) > 0 {
			t.Errorf("read %q, %v", rest, err)
		}
	}
}

func TestLameDuckSendsWebSocketsAway(t *testing.T) {
	t.Parallel()
	opts := webbed(func(w *config.WebSocket) { w.Compression = true })
	opts.LameDuck = config.LameDuck{Duration: 300 * time.Millisecond, GracePeriod: 100 * time.Millisecond}
	r := boot(t, opts)
	plain, plainStream := r.web(handshake.Dialer{})
	packed, packedStream := r.web(compressing)
	plain.quiet()
	packed.quiet()
	address := r.webAddress()
	over := r.limp()
	for _, c := range []*client{plain, packed} {
		if line := c.line(); !strings.HasPrefix(line, "INFO {") || !strings.Contains(line, `"ldm":true`) {
			t.Errorf("read %q", line)
		}
	}
	if nc, err := net.Dial("tcp", address); err == nil {
		nc.Close()
		t.Error("a lame duck still listens")
	}
	plain.closed()
	packed.closed()
	<-over
	want := wsconn.CloseError{Code: wsframe.StatusGoingAway, Reason: "Server Shutdown"}
	for _, s := range []*webStream{plainStream, packedStream} {
		if diff := gocmp.Diff(want, s.goodbye); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestHealthOfTheWebSocketListener(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ configured, path string }{
		{"", "/healthz"}, {"/up", "/up"},
	} {
		opts := webbed(func(w *config.WebSocket) { w.HealthPath = tt.configured })
		opts.LameDuck = patient
		r := boot(t, opts)
		c, _ := r.web(handshake.Dialer{}) // without anybody there is no lame duck
		c.quiet()
		a := r.ask()
		for _, req := range []struct {
			method, path string
			status       int
			body         string
		}{
			{"GET", tt.path, 200, `{"status":"ok"}`},
			{"HEAD", tt.path, 200, ""},
			{"GET", tt.path + "?x=y", 200, `{"status":"ok"}`},
			{"GET", tt.path + "/", 400, "Bad Request\n"},
			{"GET", "/other", 400, "Bad Request\n"},
		} {
			status, body := a.request(req.method, req.path)
			if status != req.status || body != req.body {
				t.Errorf("%s %s: %d %q, want %d %q", req.method, req.path, status, body, req.status, req.body)
			}
		}
		r.limp()
		c.expect("INFO")
		if status, body := a.request("GET", tt.path); status != 503 || !strings.Contains(body, `"status":"unavailable"`) {
			t.Errorf("a lame duck says %d %q", status, body)
		}
		if status, body := a.request("HEAD", tt.path); status != 503 || body != "" {
			t.Errorf("a lame duck says %d %q", status, body)
		}
	}
}

func TestHealthCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	r := boot(t, webbed(func(w *config.WebSocket) { w.HealthPath = config.NoHealthPath }))
	if status, body := r.ask().request("GET", "/healthz"); status != 400 {
		t.Errorf("%d %q", status, body)
	}
}

func TestWebSocketsAtCertainPathsOnly(t *testing.T) {
	t.Parallel()
	r := boot(t, webbed(func(w *config.WebSocket) { w.Paths = []string{"/nats", "/below/"} }))
	for path, ok := range map[string]bool{
		"/nats": true, "/nats?x=y": true, "/below/": true, "/below/a/b": true,
		"/": false, "/natsy": false, "/nats/": false, "/below": false, "/x/nats": false, "/NATS": false,
	} {
		if !ok {
			refused(t, r.webURL(path), http.StatusNotFound, handshake.Dialer{})
			continue
		}
		s, err := shakeHands(t, r.webURL(path), handshake.Dialer{})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		r.greeted(s).quiet()
	}
	r.logs("websocket handshake error: no websocket at this path")
}

func TestForwardedAddressIsBelievedOfTrustedProxies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, trusted, header, want string
	}{
		{"nobody is trusted", "", "192.0.2.7", "127.0.0.1:"},
		{"another is trusted", "10.0.0.0/8", "192.0.2.7", "127.0.0.1:"},
		{"trusted", "127.0.0.0/8", "192.0.2.7", "192.0.2.7/127.0.0.1:"},
		{"trusted, IPv6", "127.0.0.1/32", "2001:db8::1", "[2001:db8::1]/127.0.0.1:"},
		{"trusted, no address", "127.0.0.1/32", "evil\t- wid:1", "127.0.0.1:"},
		{"trusted, a list", "127.0.0.1/32", "192.0.2.7, 192.0.2.8", "127.0.0.1:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			opts := webbed(func(w *config.WebSocket) {
				if tt.trusted != "" {
					w.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(tt.trusted)}
				}
			})
			opts.Log.Debug = true
			r := boot(t, opts)
			c, s := r.web(handshake.Dialer{Fields: []handshake.Field{{Name: "X-Forwarded-For", Value: tt.header}}})
			c.quiet()
			remote := tt.want + fmt.Sprint(s.LocalAddr().(*net.TCPAddr).Port)
			r.logs("remote=" + remote + " ")
			if got := c.document().ClientIP; got != "127.0.0.1" {
				t.Errorf("the client is told that it is at %s", got)
			}
		})
	}
}

func TestTooManyConnectionsOverWebSocket(t *testing.T) {
	t.Parallel()
	for _, d := range []handshake.Dialer{{}, compressing} {
		opts := webbed(func(w *config.WebSocket) { w.Compression = true })
		opts.Limits.MaxConnections = 1
		r := boot(t, opts)
		first := r.dial().quiet()
		c, s := r.web(d)
		c.expect("-ERR 'maximum connections exceeded'")
		c.closed()
		want := wsconn.CloseError{Code: wsframe.StatusPolicyViolation, Reason: "Maximum Connections Exceeded"}
		if diff := gocmp.Diff(want, s.goodbye); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		first.barrier()
	}
}

// What clients are told is about the port they are at.
func TestInfoIsAboutTheWebSocketListener(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		opts := webbed(nil)
		if secure {
			wsTLS(t, tomorrow)(&opts.WebSocket)
		}
		r := boot(t, opts)
		c, _ := r.web(handshake.Dialer{})
		info := c.document()
		if info.Port != r.Options().WebSocket.Port || info.Host != "127.0.0.1" || info.TLSRequired != secure || info.TLSAvailable != secure {
			t.Errorf("secure %v: %+v", secure, info)
		}
		if tcp := r.dial().document(); tcp.Port != r.Port() || tcp.TLSRequired || tcp.TLSAvailable {
			t.Errorf("the other listener: %+v", tcp)
		}
	}
}

// field returns the value of a header line.
func (s *webStream) field(name string) string {
	for _, f := range s.fields {
		if strings.EqualFold(f.Name, name) {
			return cmp.Or(f.Value, "(empty)")
		}
	}
	return ""
}
