package handshake

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

func TestDialAgreesWithUpgrade(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		done := make(chan *Upgraded, 1)
		seen := make(chan Request, 1)
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen <- FromHTTP(r)
			u, err := Upgrade(w, r, &Options{Protocols: []string{"y"}, Deflate: &deflate.Policy{}, Headers: []byte("X-S: t\r\n")})
			if err != nil {
				t.Error(err)
			} else if _, err := u.Conn.Write([]byte("first frame")); err != nil {
				t.Error(err)
			}
			done <- u
		}))
		d := Dialer{Protocols: []string{"x", "y"}, Deflate: &deflate.NoTakeover, Fields: []Field{{"X-C", "d"}}}
		scheme := "ws://"
		if secure {
			s.StartTLS()
			scheme = "wss://"
			d.TLS = s.Client().Transport.(*http.Transport).TLSClientConfig
		} else {
			s.Start()
		}
		t.Cleanup(s.Close)
		host := s.Listener.Addr().String()
		u, err := d.Dial(t.Context(), scheme+"user:secret@"+host+"/p%2fq/leafnode?r=s")
		if err != nil {
			t.Fatal(err)
		}
		defer u.Conn.Close()
		if diff := cmp.Diff(Agreement{Protocol: "y", Deflate: true, Params: deflate.NoTakeover}, u.Agreement); diff != "" {
			t.Errorf("agreement (-want +got):\n%s", diff)
		}
		if x := (&Reply{Fields: u.Fields}).Header("x-s"); x != "t" {
			t.Errorf("header of the server %q", x)
		}
		b := make([]byte, len("first frame"))
		if _, err := io.ReadFull(u.Reader(), b); err != nil || string(b) != "first frame" {
			t.Errorf("read %q, %v", b, err)
		}
		r := <-seen
		if r.Target != "/p%2fq/leafnode?r=s" || r.Host != host || r.Header("X-C") != "d" || r.Header("Authorization") != "" {
			t.Errorf("request %+v", r)
		}
		_ = (<-done).Conn.Close()
	}
}

func TestDialReturnsTheRefusal(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Why", "because")
		http.Error(w, "go away", http.StatusForbidden)
	}))
	t.Cleanup(s.Close)
	_, err := new(Dialer).Dial(t.Context(), "ws://"+s.Listener.Addr().String())
	var e *DialError
	if !errors.As(err, &e) || !errors.Is(err, ErrStatus) {
		t.Fatalf("error %v", err)
	}
	if e.Reply.Status != 403 || e.Reply.Header("X-Why") != "because" || err.Error() != "invalid websocket connection: status 403 Forbidden" {
		t.Errorf("error %+v: %v", e, err)
	}
}

// play runs the client against a server that reads the request and then writes
// what answer makes of the key.
func play(t *testing.T, ctx context.Context, d *Dialer, answer func(key string) string) (*Upgraded, error) {
	t.Helper()
	client, server := net.Pipe()
	t.Cleanup(func() { _ = client.Close() })
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buf := make([]byte, 4096)
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		r, _, _ := ParseRequest(buf[:n])
		_, _ = io.WriteString(server, answer(r.Header("Sec-WebSocket-Key")))
		_, _ = server.Read(buf) // until the client hangs up
		_ = server.Close()
	}()
	u, err := d.Client(ctx, client, "ws://a/")
	if err == nil {
		_ = u.Conn.Close()
	}
	<-ended
	return u, err
}

func TestClientChecksTheAnswer(t *testing.T) {
	t.Parallel()
	good := func(key string) string {
		return string(AppendResponse([]byte("HTTP/1.1 103 Early Hints\r\n\r\n"), &Response{Key: key})) + "early"
	}
	u, err := play(t, t.Context(), new(Dialer), good)
	if err != nil || string(u.Early) != "early" {
		t.Fatalf("%+v, %v", u, err)
	}
	tests := []struct {
		name   string
		answer func(string) string
		err    error
		text   string
	}{
		{"wrong key", func(string) string { return good("x") }, ErrAccept,
			"invalid websocket connection: header 'Sec-WebSocket-Accept' does not answer the key"},
		{"protocol", func(key string) string {
			return string(AppendResponse(nil, &Response{Key: key, Agreement: Agreement{Protocol: "x"}}))
		}, ErrProtocol, "invalid websocket connection: sub-protocol was not offered"},
		{"no HTTP", func(string) string { return "INFO {}\r\n" }, ErrMalformedReply, "malformed HTTP response"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u, err := play(t, t.Context(), new(Dialer), tt.answer)
			if u != nil || !errors.Is(err, tt.err) || err.Error() != tt.text {
				t.Errorf("%v, %v, want %v", u, err, tt.err)
			}
		})
	}
}

func TestClientEndsWithItsContext(t *testing.T) {
	t.Parallel()
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := play(t, ctx, new(Dialer), func(string) string {
		cancel(why)
		return "HTTP/1.1 101 "
	})
	if !errors.Is(err, why) {
		t.Errorf("error %v, want %v", err, why)
	}
	over, cancelOver := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancelOver()
	if _, err := play(t, over, new(Dialer), func(string) string { return "" }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestDialFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	refuse := func(context.Context, string, string) (net.Conn, error) { return nil, broken }
	if _, err := (&Dialer{DialContext: refuse}).Dial(t.Context(), "ws://a"); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	// A server that does not speak TLS, and one whose write side is gone.
	for _, raw := range []string{"ws://a", "wss://a"} {
		c := &fakeConn{writeErr: broken}
		give := func(context.Context, string, string) (net.Conn, error) { return c, nil }
		if _, err := (&Dialer{DialContext: give}).Dial(t.Context(), raw); !errors.Is(err, broken) || !c.closed {
			t.Errorf("%s: error %v, want %v; closed %v", raw, err, broken, c.closed)
		}
	}
}

func TestDialFindsTheAddress(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	tests := []struct {
		url, network, authority, target string
	}{
		{"ws://a", "a:80", "a", "/"},
		{"WS://A:80", "A:80", "A", "/"},
		{"wss://a", "a:443", "a", "/"},
		{"wss://a:80/b/", "a:80", "a:80", "/b/"},
		{"ws://a:443?b", "a:443", "a:443", "/?b"},
		{"ws://u:p@[::1]/a%20b", "[::1]:80", "[::1]", "/a%20b"},
		{"ws://[fe80::1%25lo]:81/a b", "[fe80::1%lo]:81", "[fe80::1]:81", "/a%20b"},
	}
	for _, tt := range tests {
		var network string
		d := Dialer{DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			network = address
			return nil, stop
		}}
		if _, err := d.Dial(t.Context(), tt.url); !errors.Is(err, stop) {
			t.Errorf("%s: %v", tt.url, err)
		}
		a, err := parseAddress(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{tt.network, tt.authority, tt.target}
		if diff := cmp.Diff(want, []string{network, a.authority(), a.target}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.url, diff)
		}
	}
}

func TestDialRefusesURLs(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", "a", "http://u:secret@a", "https://a", "ws://", "ws:///a", "ws:a", "ws://:80", "ws://u:secret@a#b", "ws://a/?b c", "ws://u:secret@a\x00", "ws://ä",
	} {
		c := &fakeConn{}
		_, err := new(Dialer).Client(t.Context(), c, raw)
		if err == nil || !c.closed {
			t.Errorf("%q: %v, closed %v", raw, err, c.closed)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v tells the password", raw, err)
		}
	}
}

func TestDialerRefusesItsOwnMistakes(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]Dialer{
		"window bits":       {Deflate: &deflate.Params{ServerMaxWindowBits: 7}},
		"protocol":          {Protocols: []string{"a b"}},
		"own field":         {Fields: []Field{{"host", "a"}}},
		"own field, prefix": {Fields: []Field{{"sec-websocket-foo", "a"}}},
		"header injection":  {Fields: []Field{{"X", "a\r\nB: c"}}},
	} {
		c := &fakeConn{}
		if u, err := d.Client(t.Context(), c, "ws://a"); err == nil || u != nil || !c.closed {
			t.Errorf("%s: %v, %v, closed %v", name, u, err, c.closed)
		}
	}
}

func TestDialKeepsTheServerName(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, err := Upgrade(w, r, &Options{}); err == nil {
			_ = u.Conn.Close()
		}
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it logs the refused certificate
	s.StartTLS()
	t.Cleanup(s.Close)
	config := s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	to := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.Listener.Addr().String())
	}
	config.ServerName = "example.com" // the certificate of httptest has it
	d := Dialer{TLS: config, DialContext: to}
	u, err := d.Dial(t.Context(), "wss://other.invalid/")
	if err != nil {
		t.Fatal(err)
	}
	_ = u.Conn.Close()
	config.ServerName = ""
	var bad *tls.CertificateVerificationError
	if _, err := d.Dial(t.Context(), "wss://other.invalid/"); !errors.As(err, &bad) {
		t.Errorf("error %v, want one about the certificate", err)
	}
}
