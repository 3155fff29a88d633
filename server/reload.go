package server

import (
	"errors"
	"fmt"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/client"
)

// Reload puts another configuration in force without a restart. If anything
// changed that needs a restart, nothing is applied and the error says what.
func (s *Server) Reload(opts Options) error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if s.isStopping() {
		return ErrNotRunning
	}
	old := s.Options()
	next := opts.WithDefaults()
	if err := next.Validate(); err != nil {
		return err
	}
	changes, err := config.Diff(old, next)
	if err != nil {
		return err
	}
	if old.DontListen != next.DontListen { // no option of a file
		return fmt.Errorf("config reload not supported for DontListen: old=%v, new=%v", old.DontListen, next.DontListen)
	}
	access, err := newAccess(next, s.identity.somebody)
	if err != nil {
		return err
	}
	if next.Port == -1 {
		next.Port = old.Port
	}
	if next.WebSocket.Port == -1 {
		next.WebSocket.Port = old.WebSocket.Port
	}
	front, err := s.newFront(next)
	if err != nil {
		return err
	}
	if err := s.env.Log.Reconfigure(logConfig(next)); err != nil {
		return err
	}
	s.mu.Lock()
	s.opts, s.loaded = next, time.Now()
	s.mu.Unlock()
	s.web.front.Store(front)
	s.env.SetSettings(s.settings(next, s.Port()))
	s.enforce(access, next)
	s.attaching.Lock()
	err = s.attachAccounts(next)
	s.attaching.Unlock()
	if err != nil {
		s.env.Log.Errorf("JetStream is not to be had for all accounts: %v", err)
	}

	for _, c := range changes {
		s.env.Log.Infof("%s", c)
		if f := effects[c.Name]; f != nil {
			f(s, old, next)
		}
	}
	s.review()
	s.warnAccess(old, next)
	s.env.Log.Infof("Reloaded server configuration (%s)", next.Digest)
	return nil
}

// effects are what the change of an option does to a running server beyond
// being looked up at its next use, by the option's name.
var effects = map[string]func(s *Server, old, next *Options){
	"max_connections":        func(s *Server, _, next *Options) { s.trim(next.Limits.MaxConnections) },
	"pid_file":               func(s *Server, _, next *Options) { s.rewritePID(next) },
	"ports_file_dir":         func(s *Server, old, _ *Options) { s.movePorts(old) },
	"pinned_certs":           func(s *Server, _, _ *Options) { s.checkPins() },
	"websocket pinned_certs": func(s *Server, _, _ *Options) { s.checkPins() },
	"no_fast_producer_stall": func(s *Server, _, next *Options) {
		for _, c := range s.env.Registry.All() {
			c.DropWhenSlow(next.Limits.NoFastProducerStall)
		}
	},
	"prof_block_rate": func(s *Server, _, next *Options) { s.setBlockRate(next.Process.ProfBlockRate) },
}

// trim closes clients until no more than limit are left.
func (s *Server) trim(limit int) {
	excess := s.env.Registry.Len() - max(limit, 0)
	if excess <= 0 {
		return
	}
	closed := 0
	for _, c := range s.env.Registry.All() {
		if closed == excess {
			break
		}
		c.Fail(protocol.ErrMaxConnections)
		closed++
	}
	s.env.Log.Infof("Closed %d connections to fall within max_connections", closed)
}

// checkPins closes the clients whose certificate is not pinned any more.
func (s *Server) checkPins() {
	for _, c := range s.env.Registry.All() {
		if !s.pinned(c) {
			c.Close(protocol.TLSHandshakeFailure)
		}
	}
}

// pinned reports whether the pins in force let a client in.
func (s *Server) pinned(c *client.Client) bool {
	t := s.Options().TLS
	if c.IsWebSocket() {
		t = s.Options().WebSocket.TLS
	}
	return t == nil || c.IsPinned(t.PinnedCerts)
}

// ErrNoFile is the error of a reload when there is nothing to read again.
var ErrNoFile = errors.New("can only reload config when a file is provided using -c or --config")

// SetLoader says how the configuration is read again when somebody asks for that
// who cannot bring it: a request to the system account.
func (s *Server) SetLoader(load func() (*Options, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loader = load
}

// ReloadFrom reads the configuration again and puts it in force. What is wrong
// with it is logged and returned, and the server goes on as it was.
func (s *Server) ReloadFrom(load func() (*Options, error)) error {
	err := ErrNoFile
	if s.Options().File != "" && load != nil {
		var opts *Options
		if opts, err = load(); err == nil {
			err = s.Reload(*opts)
		}
	}
	if err != nil {
		s.env.Log.Errorf("Failed to reload server configuration: %v", err)
	}
	return err
}
