package server

import (
	"math/rand/v2"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
)

// maxFarewell is the longest pause between two clients that a lame duck
// closes.
const maxFarewell = time.Second

// LameDuck ends the server without all clients reconnecting at once: it stops
// accepting, tells the clients to go elsewhere, and after a grace period
// closes those that are left one by one, spread over the lame duck duration.
// It returns when the server has ended; one that does not run is left alone.
func (s *Server) LameDuck() {
	s.mu.Lock()
	switch {
	case !s.running:
		s.mu.Unlock()
		return
	case s.lameDuck || s.stopping:
		s.mu.Unlock()
		<-s.done
		return
	}
	s.lameDuck = true
	opts := s.opts
	s.mu.Unlock()

	s.env.Log.Infof("Entering lame duck mode, stop accepting new clients")
	if s.office != nil {
		s.office.herald.LameDuck()
	}
	s.closeListeners()
	if s.env.Registry.Len() > 0 {
		s.sendAway()
		if s.pause(opts.LameDuck.GracePeriod) {
			s.env.Log.Infof("Closing existing clients")
			s.closeSlowly(opts.LameDuck.Duration - opts.LameDuck.GracePeriod)
		}
	}
	s.Shutdown()
}

// IsLameDuck reports whether the server is on its way out.
func (s *Server) IsLameDuck() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lameDuck
}

// sendAway tells every client that understands it to connect elsewhere. Once
// the listener is closed this server has no URL of its own to offer.
func (s *Server) sendAway() {
	for _, c := range s.env.Registry.All() {
		// A client that cannot be told yet is closed like the others.
		_ = c.SendInfo(func(info *protocol.Info) { info.LameDuck = true })
	}
}

// closeSlowly closes all clients within the given time.
func (s *Server) closeSlowly(within time.Duration) {
	clients := s.env.Registry.All()
	if len(clients) == 0 {
		return
	}
	step := min(within/time.Duration(len(clients)), maxFarewell)
	for i, c := range clients {
		if s.env.Registry.Get(c.ID()) == nil {
			continue
		}
		c.Close(protocol.ServerShutdown)
		last := i == len(clients)-1
		if !last && !s.pause(step/2+time.Duration(rand.Int64N(int64(step/2)+1))) {
			return
		}
	}
}

// pause waits; it returns false if the server has ended meanwhile.
func (s *Server) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.done:
		return false
	}
}
