package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/client"
	"github.com/dunlin-mq/dunlin/server/internal/logging"
	"github.com/dunlin-mq/dunlin/server/internal/transport"
)

// Options configure a server; see [config.Options].
type Options = config.Options

// Server is a NATS server. Create it with [New].
type Server struct {
	// Immutable.
	identity identity
	started  time.Time

	env     client.Env
	nextID  atomic.Uint64
	written atomic.Uint64 // messages that the server itself has published
	clients sync.WaitGroup
	tlsRate transport.RateLimit
	side    sidePorts // set by Run before ready is closed

	ready chan struct{} // closed when all listeners are open
	stop  chan struct{} // closed when the server is to end
	done  chan struct{} // closed when Run has returned

	reloading sync.Mutex // held during a reload

	mu       sync.Mutex
	opts     *Options  // in force; swapped by a reload
	loaded   time.Time // when opts came into force
	listener *transport.Listener
	running  bool
	stopping bool
	lameDuck bool
}

// Errors of the methods of a Server.
var (
	ErrRunning    = errors.New("server is running already")
	ErrNotRunning = errors.New("server is not running")
)

// New returns a server that does not listen yet. It fails if the options
// contradict each other.
func New(opts Options) (*Server, error) {
	full := opts.WithDefaults()
	if err := full.Validate(); err != nil {
		return nil, err
	}
	id, err := newIdentity()
	if err != nil {
		return nil, err
	}
	mappings, err := compileMappings(full.Mappings)
	if err != nil {
		return nil, err
	}
	log, err := logging.New(logConfig(full))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	s := &Server{
		identity: id, started: now, opts: full, loaded: now,
		ready: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{}),
	}
	s.env.Account = account.New(account.Global)
	s.env.Log = log
	s.env.Author = s.author
	s.env.Account.Mappings.Store(mappings)
	s.env.SetSettings(s.settings(full, full.Port))
	return s, nil
}

// ID returns the server's public key.
func (s *Server) ID() string { return s.identity.id }

// Name returns the configured name, or the ID.
func (s *Server) Name() string {
	if name := s.Options().ServerName; name != "" {
		return name
	}
	return s.identity.id
}

// Options returns the configuration in force, with all defaults filled in. It
// must not be changed.
func (s *Server) Options() *Options {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opts
}

// Ready returns a channel that is closed when clients can connect.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// ClientURL returns the URL of the client listener, once the server is ready.
func (s *Server) ClientURL() string {
	opts := s.Options()
	scheme := "nats"
	if opts.TLS != nil {
		scheme = "tls"
	}
	return scheme + "://" + hostPort(reachable(opts.Host), s.Port())
}

// Port returns the port of the client listener; the one asked for as long as
// there is none.
func (s *Server) Port() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		return s.listener.Addr().Port
	}
	return s.opts.Port
}

// Run serves until ctx ends, [Server.Shutdown] is called or a lame duck is
// through, and returns when everything it started has ended. A server runs
// once.
func (s *Server) Run(ctx context.Context) error {
	s.mu.Lock()
	if s.running {
		s.mu.Unlock()
		return ErrRunning
	}
	s.running = true
	s.mu.Unlock()
	defer close(s.done)
	defer s.env.Log.Close()
	s.logStart()
	defer s.removePorts()

	defer s.closeSidePorts()
	if err := s.openSidePorts(); err != nil {
		s.env.Log.Fatalf("%v", err)
		return err
	}
	if err := s.listen(); err != nil {
		s.env.Log.Fatalf("%v", err)
		return err
	}
	accepting := make(chan struct{})
	go func() {
		defer close(accepting)
		if s.listener != nil {
			s.listener.Serve(s.accept, func(err error) { s.env.Log.Errorf("Client Accept Error: %v", err) })
		}
	}()
	if err := s.writeFiles(); err != nil {
		s.env.Log.Fatalf("%v", err)
		s.wind(accepting)
		return err
	}
	close(s.ready)
	s.env.Log.Infof("Server is ready")

	select {
	case <-ctx.Done():
	case <-s.stop:
	}
	s.wind(accepting)
	return nil
}

// listen opens the listeners.
func (s *Server) listen() error {
	opts := s.Options()
	if opts.DontListen {
		return nil
	}
	port := opts.Port
	if port == -1 {
		port = 0
	}
	addr := hostPort(opts.Host, port)
	l, err := transport.Listen(addr)
	if err != nil {
		return fmt.Errorf("Error listening on port: %s, %q", addr, err)
	}
	bound := *opts
	bound.Port = l.Addr().Port
	s.mu.Lock()
	s.listener, s.opts = l, &bound
	s.mu.Unlock()
	s.env.SetSettings(s.settings(&bound, bound.Port))
	s.env.Log.Infof("Listening for client connections on %s", hostPort(bound.Host, bound.Port))
	return nil
}

// Shutdown ends the server and waits until Run has returned. It may be called
// more than once.
func (s *Server) Shutdown() {
	s.mu.Lock()
	running := s.running
	if !s.stopping {
		s.stopping = true
		close(s.stop)
	}
	s.mu.Unlock()
	if running {
		<-s.done
	}
}

// wind ends everything that Run started.
func (s *Server) wind(accepting <-chan struct{}) {
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	s.env.Log.Infof("Initiating Shutdown...")
	if s.listener != nil {
		s.listener.Close()
	}
	<-accepting
	for _, c := range s.env.Registry.All() {
		c.Close(protocol.ServerShutdown)
	}
	s.clients.Wait()
	s.env.Log.Infof("Server Exiting..")
}
