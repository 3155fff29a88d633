package server

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/client"
	"github.com/dunlin-mq/dunlin/server/internal/door"
	"github.com/dunlin-mq/dunlin/server/internal/jsbus"
	"github.com/dunlin-mq/dunlin/server/internal/logging"
	"github.com/dunlin-mq/dunlin/server/internal/monitor"
	"github.com/dunlin-mq/dunlin/server/internal/router"
	"github.com/dunlin-mq/dunlin/server/internal/system"
	"github.com/dunlin-mq/dunlin/server/internal/transport"
)

// Options configure a server; see [config.Options].
type Options = config.Options

// Server is a NATS server. Create it with [New].
type Server struct {
	// Immutable.
	identity identity
	started  time.Time

	env      client.Env
	accounts *account.Set
	services router.Services
	voice    *system.Voice
	office   *office // nil without a system account
	monitor  *monitor.Monitor
	door     *door.Door
	tenants  *tenants // nil without operators
	// jetStream holds the streams; nil without. Set by Run before ready is closed.
	jetStream *jetstream.Engine
	attaching sync.Mutex                      // held while accounts are connected to it
	buses     map[*account.Account]*jsbus.Bus // guarded by attaching
	nextID    atomic.Uint64
	written   atomic.Uint64 // messages that the server itself has published
	clients   sync.WaitGroup
	tlsRate   transport.RateLimit

	pinnedFails atomic.Uint64 // users of accounts that are not pinned
	web         webPort

	ready chan struct{} // closed when all listeners are open
	stop  chan struct{} // closed when the server is to end
	done  chan struct{} // closed when Run has returned

	winding chan struct{} // closed when Run begins to end

	reloading sync.Mutex // held during a reload, and while what it changes is opened or closed

	mu sync.Mutex
	// Guarded by mu.
	opts     *Options            // in force; swapped by a reload
	loaded   time.Time           // when opts came into force
	listener *transport.Listener // set by Run before ready is closed, as is side
	side     sidePorts
	running  bool
	stopping bool
	lameDuck bool
	loader   func() (*Options, error) // reads the configuration again; nil if nobody can
}

// Errors of the methods of a Server.
var (
	ErrRunning    = errors.New("server is running already, or has been")
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
	access, err := newAccess(full, id.somebody)
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
		ready: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{}), winding: make(chan struct{}),
	}
	s.accounts = account.NewSet(s.services.Import)
	s.door = door.New(s.accounts)
	s.env.Account, s.env.Door = s.accounts.Global(), s.door
	s.env.Log = log
	s.env.Author = s.author
	if full.Operators.Enabled() {
		if s.tenants, err = newTenants(s, full); err != nil {
			return nil, err
		}
	}
	s.enforce(access, full)
	s.env.SetSettings(s.settings(full, full.Port))
	s.monitor = s.newMonitor(full)
	if err := s.openOffice(full); err != nil {
		return nil, err
	}
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

// Ready returns a channel that is closed when clients can connect. If Run fails
// it never is.
func (s *Server) Ready() <-chan struct{} { return s.ready }

func (s *Server) isReady() bool {
	select {
	case <-s.ready:
		return true
	default:
		return false
	}
}

// Run serves until ctx ends, [Server.Shutdown] is called or a lame duck is
// through, and returns when everything it started has ended. A server runs
// once; one that was shut down before does not start at all.
func (s *Server) Run(ctx context.Context) error {
	s.mu.Lock()
	again, ended := s.running, s.stopping
	if !ended {
		s.running = true
	}
	s.mu.Unlock()
	switch {
	case again:
		return ErrRunning
	case ended:
		return nil
	}
	defer close(s.done)
	defer s.end()
	s.logStart()
	defer s.closeSidePorts()
	if err := s.open(); err != nil {
		s.closeJetStream()
		s.env.Log.Fatalf("%v", err)
		return err
	}
	s.writePorts()
	s.env.Log.Infof("Server is ready") // before others are told, who may move the log
	close(s.ready)

	// The sockets listen already, and who is served sees a server that is
	// ready.
	var accepting sync.WaitGroup
	if s.listener != nil {
		accepting.Go(func() {
			s.listener.Serve(s.accept, func(err error) { s.env.Log.Errorf("Client Accept Error: %v", err) })
		})
	}
	if s.web.listener != nil {
		accepting.Go(func() {
			s.web.listener.Serve(s.acceptWeb, func(err error) { s.env.Log.Errorf("websocket listener error: %v", err) })
		})
	}
	if s.office != nil {
		accepting.Go(func() { s.office.report(s, s.winding) })
	}
	select {
	case <-ctx.Done():
	case <-s.stop:
	}
	s.wind(&accepting)
	return nil
}

// open leaves the process number and opens the listeners. A reload has to
// wait: it would be lost.
func (s *Server) open() error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if err := s.writePID(); err != nil {
		return err
	}
	if s.tenants != nil {
		if err := s.tenants.open(); err != nil {
			return err
		}
	}
	if err := s.openSidePorts(); err != nil {
		return err
	}
	if err := s.openJetStream(); err != nil {
		return err
	}
	if err := s.listenWeb(); err != nil {
		return err
	}
	return s.listen()
}

// closeListeners stops accepting clients.
func (s *Server) closeListeners() {
	s.mu.Lock()
	listener, web := s.listener, s.web.listener
	s.mu.Unlock()
	if listener != nil {
		listener.Close()
	}
	if web != nil {
		web.Close()
	}
}

// end is the last of a server, whether or not it ran: nobody is served or
// reloads any more.
func (s *Server) end() {
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if s.isReady() {
		s.removePorts(s.Options())
	}
	s.env.Log.Close()
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
	if !running {
		s.end()
		return
	}
	<-s.done
}

// isStopping reports whether the server is about to end or has ended.
func (s *Server) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// wind ends everything that Run started.
func (s *Server) wind(accepting *sync.WaitGroup) {
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	s.env.Log.Infof("Initiating Shutdown...")
	close(s.winding)
	if s.office != nil {
		s.office.herald.Shutdown()
	}
	s.closeListeners()
	accepting.Wait()
	s.web.lobby.close()
	s.closeJetStream()
	for _, c := range s.env.Registry.All() {
		c.Close(protocol.ServerShutdown)
	}
	s.clients.Wait()
	if s.tenants != nil {
		s.tenants.close()
	}
	s.services.Close()
	s.voice.Close()
	s.env.Log.Infof("Server Exiting..")
}
