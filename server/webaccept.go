package server

import (
	"errors"
	"net"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/client"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/websocket"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// acceptWeb takes a new connection of the WebSocket listener through its life.
// It runs in the connection's own goroutine.
func (s *Server) acceptWeb(nc net.Conn) {
	if !s.enter() {
		nc.Close()
		return
	}
	defer s.clients.Done()
	set := s.env.Settings()
	c := conn.New(nc, set.MaxPending, set.NoStall)
	defer c.Finish()
	u := s.admitWeb(c)
	if u == nil {
		return
	}
	s.attendWeb(c, u)
}

// admitWeb takes a connection through its handshakes; nil means that it is of
// no use any more.
func (s *Server) admitWeb(c *conn.Conn) *websocket.Upgrade {
	f := s.web.front.Load()
	remote := c.NetConn().RemoteAddr()
	t := s.Options().WebSocket.TLS
	if t != nil && !s.withinRate(&s.web.rate, t.RateLimit) || !s.web.lobby.enter(c) {
		c.Abort(net.ErrClosed)
		return nil
	}
	defer s.web.lobby.leave(c)
	u, err := f.Admit(c, func(err error) { s.reportWeb(remote, err) })
	if err != nil {
		s.reportWeb(remote, err)
		c.Close(err, nil)
		return nil
	}
	return u
}

// reportWeb logs why a request or a connection was refused.
func (s *Server) reportWeb(remote net.Addr, err error) {
	var refused *handshake.Error
	switch {
	case errors.Is(err, websocket.ErrGone):
		s.env.Log.Debugf("websocket: %s - connection ended without a request", remote)
	case errors.As(err, &refused):
		s.env.Log.Errorf("%s - websocket handshake error: %v", remote, err)
	default:
		s.env.Log.Errorf("websocket: %s - %v", remote, err)
	}
}

// attendWeb serves a connection that speaks WebSocket.
func (s *Server) attendWeb(c *conn.Conn, u *websocket.Upgrade) {
	u.Status = client.CloseStatus
	if !c.StartWebSocket(u.WebSocket, time.Now().Add(s.web.front.Load().Timeout)) {
		c.Abort(websocket.ErrTimeout) // it does not even read the response
		return
	}
	s.env.Counters.Total.Add(1)
	cl := client.New(&s.env, c, s.nextID.Add(1), time.Now())
	cl.EnterByWebSocket(client.WebSocketEntry{
		Forwarded: u.Forwarded,
		JWT:       u.Credentials.JWT, User: u.Credentials.User, Pass: u.Credentials.Pass, Token: u.Credentials.Token,
	})
	if u.TLS != nil {
		cl.SetTLS(*u.TLS, false)
	}
	if s.greetWeb(cl) {
		cl.Serve()
	}
	s.env.Registry.Remove(cl, s.Options().Limits.MaxClosedClients)
}

// greetWeb says hello to a client over WebSocket, or turns it away.
func (s *Server) greetWeb(cl *client.Client) bool {
	if !s.env.Registry.Add(cl, s.env.Settings().MaxConnections) {
		cl.TurnAway(protocol.ErrMaxConnections)
		return false
	}
	if s.isStopping() || s.IsLameDuck() { // which may not have seen this one
		cl.Abandon(protocol.ServerShutdown)
		return false
	}
	cl.LogCreated()
	if err := cl.Greet(); err != nil {
		cl.Abandon(protocol.ClientClosed)
		return false
	}
	if !s.pinned(cl) { // a reload has taken the pin away during the handshake
		cl.Abandon(protocol.TLSHandshakeFailure)
		return false
	}
	return true
}
