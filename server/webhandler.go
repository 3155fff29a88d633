package server

import (
	"net/http"

	"github.com/dunlin-mq/dunlin/server/internal/conn"
)

// WebSocketHandler returns a handler that turns requests into connections of
// this server, so that a web application can offer NATS over WebSocket on a port
// and a path of its own. The websocket options other than those about the
// listener itself apply; TLS is up to the application. The handler may be used
// whether or not the server has a WebSocket listener, while it runs.
func (s *Server) WebSocketHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.isReady() || !s.enter() {
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return
		}
		defer s.clients.Done()
		u, err := s.web.front.Load().Upgrade(w, r)
		if err != nil {
			s.env.Log.Errorf("%s - websocket handshake error: %v", r.RemoteAddr, err)
			return
		}
		set := s.env.Settings()
		c := conn.New(u.Conn, set.MaxPending, set.NoStall)
		defer c.Finish()
		c.Unread(u.Early)
		s.attendWeb(c, u.Upgrade)
	})
}
