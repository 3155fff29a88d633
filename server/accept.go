package server

import (
	"net"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/client"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
)

const (
	serverShutdown = protocol.ServerShutdown
	// infoDeadline bounds the write of the first INFO, which always fits into
	// the empty buffer of a new socket.
	infoDeadline = 2 * time.Second
)

// accept takes a new connection through its life. It runs in the connection's
// own goroutine.
func (s *Server) accept(nc net.Conn) {
	s.mu.Lock()
	if s.stopping {
		s.mu.Unlock()
		nc.Close()
		return
	}
	s.clients.Add(1)
	s.mu.Unlock()
	defer s.clients.Done()
	if cl := s.greet(nc); cl != nil {
		cl.Serve()
		s.env.Registry.Remove(cl, s.Options().Limits.MaxClosedClients)
	}
}

// greet makes a client of a connection and says hello, or turns it away. Its
// frame is gone from the stack while the client is served.
func (s *Server) greet(nc net.Conn) *client.Client {
	set := s.env.Settings()
	c := conn.New(nc, set.MaxPending, set.NoStall)
	s.env.Counters.Total.Add(1)
	cl := client.New(&s.env, c, s.nextID.Add(1), client.AddressOf(nc.RemoteAddr()), time.Now())
	line := cl.InfoLine()
	admitted := s.env.Registry.Add(cl, set.MaxConnections)
	if !admitted {
		line = protocol.AppendErr(line, protocol.ErrMaxConnections.Text())
	}
	nc.SetWriteDeadline(time.Now().Add(infoDeadline))
	_, err := nc.Write(line)
	nc.SetWriteDeadline(time.Time{})
	if !admitted || err != nil {
		nc.Close()
		if admitted {
			s.env.Registry.Remove(cl, 0)
		}
		return nil
	}
	cl.LogCreated()
	return cl
}

// InProcessConn returns one end of a connection to the server that uses no
// network. nats.go takes the server itself: nats.InProcessServer(srv).
func (s *Server) InProcessConn() (net.Conn, error) {
	s.mu.Lock()
	ok := s.running && !s.stopping
	s.mu.Unlock()
	if !ok {
		return nil, ErrNotRunning
	}
	near, far := net.Pipe()
	go s.accept(far)
	return near, nil
}
