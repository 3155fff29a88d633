package server

import (
	"errors"
	"net"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/client"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/transport"
)

// accept takes a new connection through its life. It runs in the connection's
// own goroutine.
func (s *Server) accept(nc net.Conn) {
	if !s.enter() {
		nc.Close()
		return
	}
	s.attend(nc)
}

// enter counts a connection in, unless no more are wanted. Who was counted in
// is attended to.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running || s.stopping || s.lameDuck {
		return false
	}
	s.clients.Add(1)
	return true
}

// attend serves a connection that was counted in.
func (s *Server) attend(nc net.Conn) {
	defer s.clients.Done()
	set := s.env.Settings()
	c := conn.New(nc, set.MaxPending, set.NoStall)
	defer c.Finish()
	s.env.Counters.Total.Add(1)
	cl := client.New(&s.env, c, s.nextID.Add(1), time.Now())
	if s.greet(c, cl) {
		cl.Serve()
	}
	s.env.Registry.Remove(cl, s.Options().Limits.MaxClosedClients)
}

// greet says hello to a client, or turns it away. Its frame is gone from the
// stack while the client is served.
func (s *Server) greet(c *conn.Conn, cl *client.Client) bool {
	_, network := c.NetConn().(*net.TCPConn)
	rules, rate := s.rules(network)
	if !s.env.Registry.Add(cl, s.env.Settings().MaxConnections) {
		cl.TurnAway(protocol.ErrMaxConnections)
		return false
	}
	if s.isStopping() { // and may have closed everybody before this one was there
		cl.Abandon(protocol.ServerShutdown)
		return false
	}
	cl.LogCreated()
	if rules.TLS != nil && !s.withinRate(&s.tlsRate, rate) {
		cl.TurnAway(protocol.ErrThrottled)
		return false
	}
	if err := transport.Admit(c, cl, rules); err != nil {
		s.reportAdmission(cl, err)
		cl.Abandon(admissionFailure(err))
		return false
	}
	if !s.pinned(cl) { // a reload has taken the pin away during the handshake
		cl.Abandon(protocol.TLSHandshakeFailure)
		return false
	}
	return true
}

// rules says what a new connection goes through, and how many with TLS there
// may be per second. TLS and PROXY headers are for connections that come over
// the network.
func (s *Server) rules(network bool) (r transport.Rules, rate int) {
	if !network {
		return r, 0
	}
	o := s.Options()
	r.Proxy = o.ProxyProtocol
	if t := o.TLS; t != nil {
		rate = t.RateLimit
		r.TLS = &transport.TLSRules{
			Config: t.Config, Timeout: t.Timeout, Pinned: t.PinnedCerts, Optional: o.AllowNonTLS,
			First: t.HandshakeFirst.Enabled, Fallback: t.HandshakeFirst.Fallback,
		}
	}
	return r, rate
}

// withinRate counts a new TLS connection.
func (s *Server) withinRate(r *transport.RateLimit, limit int) bool {
	ok, rejected := r.Allow(limit, time.Now())
	if rejected > 0 {
		s.env.Log.Warnf("Rejected %d connections due to TLS rate limiting", rejected)
	}
	return ok
}

// reportAdmission logs why a connection was not let in.
func (s *Server) reportAdmission(cl *client.Client, err error) {
	switch {
	case errors.Is(err, transport.ErrProxyHeader):
		cl.Log().Warnf("%v", err)
	case errors.Is(err, transport.ErrHandshake) && !transport.QuietHandshakeError(err):
		cl.Log().Errorf("%v", err)
	default:
		cl.Log().Debugf("%v", err)
	}
}

// admissionFailure names why a connection was not let in, for monitoring.
func admissionFailure(err error) protocol.CloseReason {
	switch {
	case errors.Is(err, transport.ErrProxyHeader):
		return protocol.ProtocolViolation
	case errors.Is(err, transport.ErrHandshake):
		return protocol.TLSHandshakeFailure
	}
	return protocol.ClientClosed
}

// InProcessConn returns one end of a connection to the server that uses no
// network. A server that does not run, or is a lame duck, has none to give. nats.go takes the server itself: nats.InProcessServer(srv).
func (s *Server) InProcessConn() (net.Conn, error) {
	if !s.enter() {
		return nil, ErrNotRunning
	}
	near, far := net.Pipe()
	go s.attend(far)
	return near, nil
}
