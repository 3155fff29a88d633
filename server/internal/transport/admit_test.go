package transport

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/peercert"
)

const (
	proxyV1 = "PROXY TCP4 203.0.113.7 10.0.0.1 51234 4222\r\n"
	// proxyV2 says the same in binary.
	proxyV2 = "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xcb\x00\x71\x07\x0a\x00\x00\x01\xc8\x22\x10\x7e"
	proxied = "from 203.0.113.7:51234"
)

// with returns rules for TLS, changed by edit.
func with(edit func(*TLSRules)) *TLSRules {
	t := &TLSRules{Config: serverConfig(), Timeout: 2 * time.Second}
	if edit != nil {
		edit(t)
	}
	return t
}

func first(t *TLSRules)    { t.First = true }
func auto(t *TLSRules)     { t.First, t.Fallback = true, 50*time.Millisecond }
func optional(t *TLSRules) { t.Optional = true }

func TestAdmission(t *testing.T) {
	t.Parallel()
	const greeted, secured, securedFirst = "greeted", "TLS 1.3, first false", "TLS 1.3, first true"
	for _, tt := range []struct {
		name   string
		rules  Rules
		client func(c *client)
		want   []string
	}{
		{"plain", Rules{}, func(c *client) { c.greeted(); c.echo() }, []string{greeted}},
		{"plain, in one breath", Rules{}, func(c *client) { c.echo2() }, []string{greeted}},
		{"TLS after the greeting", Rules{TLS: with(nil)}, func(c *client) {
			c.greeted()
			c.secure(clientConfig()).echo()
		}, []string{greeted, secured}},
		{"TLS first", Rules{TLS: with(first)}, func(c *client) {
			s := c.secure(clientConfig())
			s.greeted()
			s.echo()
		}, []string{securedFirst, greeted}},
		{"TLS first for those who begin", Rules{TLS: with(auto)}, func(c *client) {
			s := c.secure(clientConfig())
			s.greeted()
			s.echo()
		}, []string{securedFirst, greeted}},
		{"TLS first, for those who wait not", Rules{TLS: with(auto)}, func(c *client) {
			c.greeted()
			c.secure(clientConfig()).echo()
		}, []string{greeted, secured}},
		{"TLS if you like: yes", Rules{TLS: with(optional)}, func(c *client) {
			c.greeted()
			c.secure(clientConfig()).echo()
		}, []string{greeted, secured}},
		{"TLS if you like: no", Rules{TLS: with(optional)}, func(c *client) { c.greeted(); c.echo() }, []string{greeted}},
		{"TLS first or not at all", Rules{TLS: with(func(t *TLSRules) { auto(t); optional(t) })}, func(c *client) {
			c.greeted()
			c.echo()
		}, []string{greeted}},
		{"TLS first or not at all: first", Rules{TLS: with(func(t *TLSRules) { auto(t); optional(t) })}, func(c *client) {
			s := c.secure(clientConfig())
			s.greeted()
			s.echo()
		}, []string{securedFirst, greeted}},
		{"a proxy, version 1", Rules{Proxy: true}, func(c *client) {
			c.greeted()
			c.send(proxyV1)
			c.echo()
		}, []string{greeted, proxied}},
		{"a proxy, version 2, in pieces", Rules{Proxy: true}, func(c *client) {
			c.greeted()
			for _, b := range []byte(proxyV2) {
				c.send(string([]byte{b}))
			}
			c.echo()
		}, []string{greeted, proxied}},
		{"a proxy and the first command in one piece", Rules{Proxy: true}, func(c *client) {
			c.greeted()
			c.send(proxyV1 + "PING\r\n")
			c.expect("PING\r\n")
		}, []string{greeted, proxied}},
		{"no proxy after all", Rules{Proxy: true}, func(c *client) {
			c.greeted()
			c.send("CONNECT {}\r\n")
			c.expect("CONNECT {}\r\n")
		}, []string{greeted}},
		{"a proxy in front of TLS", Rules{Proxy: true, TLS: with(nil)}, func(c *client) {
			c.greeted()
			c.send(proxyV2)
			c.secure(clientConfig()).echo()
		}, []string{greeted, proxied, secured}},
		{"a proxy in front of TLS first", Rules{Proxy: true, TLS: with(auto)}, func(c *client) {
			c.send(proxyV1)
			s := c.secure(clientConfig())
			s.greeted()
			s.echo()
		}, []string{proxied, securedFirst, greeted}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server, peer := tcpPair(t)
			g := newGuest(server)
			done := make(chan error, 1)
			go func() { done <- g.admit(tt.rules) }()
			tt.client(&client{t, peer})
			peer.Close()
			if err := <-done; err != nil {
				t.Errorf("Admit: %v", err)
			}
			if diff := cmp.Diff(tt.want, g.events); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// echo2 speaks before it was greeted.
func (c *client) echo2() {
	c.send("PING\r\n")
	c.expect(greeting + "PING\r\n")
}

// Who says nothing, too little, or the same forever is cut off in time.
func TestSlownessIsCutOff(t *testing.T) {
	t.Parallel()
	silent := func(net.Conn) {}
	dribble := func(s string) func(net.Conn) {
		return func(peer net.Conn) {
			for _, b := range []byte(s) {
				if _, err := peer.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(time.Second) //archcheck:allow sleep: in a synctest bubble, called through a table
			}
		}
	}
	const hello = "\x16\x03\x01\x10\x00 and many more bytes that never come to an end"
	for _, tt := range []struct {
		name  string
		rules Rules
		peer  func(net.Conn)
		after time.Duration
		want  error
	}{
		{"a silent proxy", Rules{Proxy: true}, silent, 5 * time.Second, ErrProxyHeader},
		{"a slow proxy", Rules{Proxy: true}, dribble(proxyV1), 5 * time.Second, ErrProxyHeader},
		{"a slow proxy, version 2", Rules{Proxy: true}, dribble(proxyV2), 5 * time.Second, ErrProxyHeader},
		{"a silent TLS client", Rules{TLS: with(nil)}, silent, 2 * time.Second, ErrHandshake},
		{"a slow TLS client", Rules{TLS: with(nil)}, dribble(hello), 2 * time.Second, ErrHandshake},
		{"a silent client, TLS first", Rules{TLS: with(first)}, silent, 2 * time.Second, ErrHandshake},
		{"a silent client, TLS first or not", Rules{TLS: with(auto)}, silent, 2050 * time.Millisecond, ErrHandshake},
		{"a slow client, TLS first or not", Rules{TLS: with(auto)}, dribble(hello), 2 * time.Second, ErrHandshake},
		{"a slow client, TLS if you like", Rules{TLS: with(optional)}, dribble(hello), 2 * time.Second, ErrHandshake},
		{"a silent client, TLS if you like, goes on in clear", Rules{TLS: with(optional)}, silent, 2 * time.Second, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server, peer := net.Pipe()
				g := newGuest(server)
				var others sync.WaitGroup
				others.Go(func() { io.Copy(io.Discard, peer) })
				others.Go(func() { tt.peer(peer) })
				start := time.Now()
				err := Admit(g.c, g, tt.rules)
				if took := time.Since(start); took != tt.after {
					t.Errorf("took %v, want %v", took, tt.after)
				}
				if !errors.Is(err, tt.want) {
					t.Errorf("Admit: %v, want %v", err, tt.want)
				}
				if tt.want != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("%v is not about time", err)
				}
				if tt.want == ErrHandshake && !QuietHandshakeError(err) {
					t.Errorf("%v would make noise in the log", err)
				}
				g.c.Abort(io.EOF)
				g.c.Finish()
				peer.Close()
				others.Wait()
			})
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	pins := map[string]struct{}{peercert.SPKI(clientCert.Leaf): {}}
	other := map[string]struct{}{peercert.SPKI(serverCert.Leaf): {}}
	ask := func(p map[string]struct{}) *TLSRules {
		return with(func(t *TLSRules) { t.Config.ClientAuth, t.Pinned = tls.RequestClientCert, p })
	}
	withCert := clientConfig()
	withCert.Certificates = []tls.Certificate{clientCert}
	handshake := func(cfg *tls.Config) func(c *client) {
		return func(c *client) {
			c.greeted()
			tls.Client(c.Conn, cfg).Handshake() // the server's answer comes later
		}
	}
	for _, tt := range []struct {
		name   string
		rules  Rules
		client func(c *client)
		want   string // in the text of the error; empty for none
		quiet  bool
	}{
		{"a malformed header", Rules{Proxy: true}, func(c *client) {
			c.greeted()
			c.send("PROXY TCP4 nonsense\r\n")
			c.closed()
		}, "Error reading PROXY protocol header: malformed PROXY header: 3 fields instead of 6", false},
		{"five bytes of a header", Rules{Proxy: true}, func(c *client) {
			c.greeted()
			c.send("PROXY")
		}, "Error reading PROXY protocol header: failed to read protocol version: EOF", false},
		{"a command in clear", Rules{TLS: with(nil)}, func(c *client) {
			c.greeted()
			c.send("CONNECT {}\r\nPING\r\n")
			c.closed()
		}, "TLS handshake error: tls: first record does not look like a TLS handshake", true},
		{"a client that goes", Rules{TLS: with(nil)}, func(c *client) { c.greeted() }, "TLS handshake error: EOF", false},
		{"a pinned certificate", Rules{TLS: ask(pins)}, handshake(withCert), "", false},
		{"another certificate", Rules{TLS: ask(other)}, handshake(withCert), "TLS handshake error: certificate not pinned", false},
		{"no certificate where one is pinned", Rules{TLS: ask(pins)}, handshake(clientConfig()), "TLS handshake error: certificate not pinned", false},
		{"an unknown authority", Rules{TLS: with(func(t *TLSRules) { t.Config.ClientAuth = tls.RequireAndVerifyClientCert })}, handshake(withCert), "(CN=client SHA-256: " + peercert.Hash(clientCert.Leaf) + ")", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server, peer := tcpPair(t)
			g := newGuest(server)
			done := make(chan error, 1)
			go func() { done <- g.admit(tt.rules) }()
			tt.client(&client{t, peer})
			if tt.want == "" {
				peer.Close()
			} else {
				peer.(*net.TCPConn).CloseWrite()
			}
			err := <-done
			if tt.want == "" {
				if err != nil {
					t.Errorf("Admit: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Admit: %v, want %q", err, tt.want)
			}
			if diff := cmp.Diff(tt.quiet, QuietHandshakeError(err)); diff != "" {
				t.Errorf("quiet: %s", diff)
			}
		})
	}
}

// A client whose certificate is refused is told why, although it had gone on
// sending: the handshake of TLS 1.3 is over for the client before the server
// has looked at its certificate.
func TestRefusedCertificateIsExplained(t *testing.T) {
	t.Parallel()
	server, peer := tcpPair(t)
	g := newGuest(server)
	rules := Rules{TLS: with(func(t *TLSRules) { t.Config.ClientAuth = tls.RequireAndVerifyClientCert })}
	done := make(chan error, 1)
	go func() { done <- g.admit(rules) }()
	c := &client{t, peer}
	c.greeted()
	cfg := clientConfig()
	cfg.Certificates = []tls.Certificate{clientCert}
	s := c.secure(cfg)
	s.send("CONNECT {}\r\nPING\r\n")
	var alert *net.OpError
	if _, err := s.Read(make([]byte, 1)); !errors.As(err, &alert) || alert.Op != "remote error" {
		t.Errorf("the client sees %v instead of an alert", err)
	}
	peer.Close()
	<-done
}
