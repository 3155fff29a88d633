package server

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/client"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/transport"
	"github.com/dunlin-mq/dunlin/server/internal/urlset"
	"github.com/dunlin-mq/dunlin/server/internal/websocket"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// webPort is the listener for clients over WebSocket. The zero value is none.
type webPort struct {
	listener *transport.Listener // guarded by the server's mu, set before it is ready
	front    atomic.Pointer[websocket.Front]
	rate     transport.RateLimit
	lobby    lobby
	// urls are where clients of the cluster find a WebSocket. A server on its
	// own tells nobody: who reads it is there already.
	urls urlset.Set
}

// learnWebURLs and forgetWebURLs count addresses that another server of the
// cluster names, once for each connection to it. Clients over WebSocket are
// told of a change at once; others have no use for it.
func (s *Server) learnWebURLs(urls ...string) {
	if s.web.urls.Add(urls...) {
		s.tellWebURLs()
	}
}

func (s *Server) forgetWebURLs(urls ...string) {
	if s.web.urls.Remove(urls...) {
		s.tellWebURLs()
	}
}

func (s *Server) tellWebURLs() {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	s.env.SetSettings(s.settings(s.Options(), s.Port()))
	for _, c := range s.env.Registry.All() {
		if c.IsWebSocket() {
			// Who has not finished its handshake gets the new ones with it.
			_ = c.SendInfo(func(*protocol.Info) {})
		}
	}
}

// lobby holds the connections that are not through their handshakes, which
// nobody else knows, so that the end of the server need not wait for them.
type lobby struct {
	mu     sync.Mutex
	closed bool
	conns  map[*conn.Conn]struct{}
}

// enter lets a connection begin its handshakes, unless the server ends.
func (d *lobby) enter(c *conn.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	if d.conns == nil {
		d.conns = make(map[*conn.Conn]struct{})
	}
	d.conns[c] = struct{}{}
	return true
}

func (d *lobby) leave(c *conn.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.conns, c)
}

// close ends everybody in the lobby.
func (d *lobby) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for c := range d.conns {
		c.Abort(net.ErrClosed)
	}
}

// listenWeb opens the WebSocket listener, if there is to be one.
func (s *Server) listenWeb() error {
	o := s.Options()
	w := &o.WebSocket
	f, err := s.newFront(o)
	if err != nil {
		return err
	}
	s.web.front.Store(f)
	if !w.Enabled() {
		return nil
	}
	l, err := transport.Listen(hostPort(w.Host, max(w.Port, 0)))
	if err != nil {
		return fmt.Errorf("Unable to listen for websocket connections: %w", err)
	}
	bound := *o
	bound.WebSocket.Port = l.Addr().Port
	s.mu.Lock()
	s.web.listener, s.opts = l, &bound
	s.mu.Unlock()
	w = &bound.WebSocket
	s.env.Log.Infof("Listening for websocket clients on %s://%s", webScheme(w), hostPort(w.Host, w.Port))
	if w.TLS == nil {
		s.env.Log.Warnf("Websocket not configured with TLS. DO NOT USE IN PRODUCTION!")
	}
	return nil
}

// newFront derives from the configuration what happens to requests.
func (s *Server) newFront(o *Options) (*websocket.Front, error) {
	w := &o.WebSocket
	if w.Advertise != "" {
		if err := checkAdvertise(w.Advertise); err != nil {
			return nil, fmt.Errorf("Unable to get websocket connect URLs: %w", err)
		}
	}
	origins, err := handshake.NewOrigins(w.SameOrigin, w.AllowedOrigins)
	if err != nil {
		return nil, err
	}
	f := &websocket.Front{
		Timeout: w.HandshakeTimeout, Limits: handshake.Limits{Head: w.MaxHandshakeBytes},
		Origins: origins, Compression: w.Compression,
		Serves: w.ServesPath, Trusts: w.Trusts,
		Health:  facts{s}.Ready,
		Cookies: websocket.Cookies{JWT: w.JWTCookie, User: w.UserCookie, Pass: w.PassCookie, Token: w.TokenCookie},
	}
	if w.HealthPath != config.NoHealthPath {
		f.HealthPath = w.HealthPath
	}
	for _, name := range slices.Sorted(maps.Keys(w.Headers)) {
		if f.Headers, err = handshake.AppendField(f.Headers, name, w.Headers[name]); err != nil {
			return nil, fmt.Errorf("websocket: %w", err)
		}
	}
	if t := w.TLS; t != nil {
		f.TLS, f.Pinned = t.Config, t.PinnedCerts
	}
	return f, nil
}

// webSettings is what sessions over WebSocket follow.
func (s *Server) webSettings(o *Options) client.WebSocketSettings {
	w := &o.WebSocket
	return client.WebSocketSettings{
		Host: w.Host, Port: max(w.Port, 0), TLS: w.TLS != nil, TLSVerify: verifies(w.TLS), PingInterval: w.PingInterval,
		ConnectURLs: s.web.urls.All(), Listener: webListener(o), AuthTimeout: w.Login.Timeout,
	}
}

// checkAdvertise says what is wrong with an advertised address: host or
// host:port.
func checkAdvertise(addr string) error {
	var a *net.AddrError
	_, _, err := net.SplitHostPort(addr)
	if errors.As(err, &a) && a.Err == "missing port in address" {
		return nil
	}
	return err
}

func webScheme(w *config.WebSocket) string {
	if w.TLS != nil {
		return "wss"
	}
	return "ws"
}
