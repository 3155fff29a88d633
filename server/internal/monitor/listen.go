package monitor

import (
	"context"
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// headerTimeout and maxHeader bound what a peer may take, in time and
	// bytes, to say what it wants.
	headerTimeout = 5 * time.Second
	maxHeader     = 1 << 20
	// readTimeout bounds a whole request: no endpoint wants a body.
	readTimeout = 10 * time.Second
	// idleTimeout is how long a connection may wait for its next request.
	idleTimeout = 2 * time.Minute
	// WriteTimeout is a sensible bound for the time that a peer may take to
	// read an answer.
	WriteTimeout = 30 * time.Second
	// closeTimeout is how long requests may go on when the listener closes.
	closeTimeout = time.Second
)

// ListenConfig is what a [Listener] is made of.
type ListenConfig struct {
	Address string // host:port; port 0 takes a free one
	Handler http.Handler
	// TLS returns the configuration for the next handshake, of which the
	// certificates count: nobody is asked for one of their own. A nil function
	// means plain HTTP; a nil configuration refuses the handshake.
	TLS func() *tls.Config
	// WriteTimeout bounds an answer; 0 means that it may take forever.
	WriteTimeout time.Duration
	// Errorf takes what goes wrong between the handler and its peers.
	Errorf func(format string, args ...any)
}

// Listener serves a handler on a port.
type Listener struct {
	ln     net.Listener
	srv    *http.Server
	cancel context.CancelFunc // ends the context of all requests
	done   chan struct{}      // closed when nobody accepts any more
	conns  sync.WaitGroup
}

// Listen opens the port and starts to serve. Whoever calls it must call Close.
func Listen(cfg ListenConfig) (*Listener, error) {
	ln, err := net.Listen("tcp", cfg.Address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &Listener{ln: ln, cancel: cancel, done: make(chan struct{})}
	l.srv = &http.Server{
		Handler:           cfg.Handler,
		ReadHeaderTimeout: headerTimeout, MaxHeaderBytes: maxHeader,
		ReadTimeout: readTimeout, WriteTimeout: cfg.WriteTimeout, IdleTimeout: idleTimeout,
		ErrorLog:    log.New(lineWriter(cfg.Errorf), "", 0),
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnState:   l.watch,
	}
	serve := ln
	if cfg.TLS != nil {
		serve = tls.NewListener(ln, serverTLS(cfg.TLS))
	}
	go func() {
		defer close(l.done)
		// It ends when the listener is closed, with an error that says so.
		_ = l.srv.Serve(serve)
	}()
	return l, nil
}

// watch counts the connections, so that Close can wait for their goroutines.
func (l *Listener) watch(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		l.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		l.conns.Done()
	}
}

// Addr returns the address listened on.
func (l *Listener) Addr() *net.TCPAddr { return l.ln.Addr().(*net.TCPAddr) }

// Close ends the listener, gives the requests in progress a moment and returns
// when all have ended.
func (l *Listener) Close() {
	l.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if l.srv.Shutdown(ctx) != nil {
		l.srv.Close()
	}
	<-l.done
	l.conns.Wait()
}

// serverTLS follows the configuration that current returns.
func serverTLS(current func() *tls.Config) *tls.Config {
	var last atomic.Pointer[derivedTLS]
	return &tls.Config{
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			from := current()
			if from == nil {
				return nil, errNoTLS
			}
			d := last.Load()
			if d == nil || d.from != from {
				d = &derivedTLS{from, withoutClientCerts(from)}
				last.Store(d)
			}
			return d.config, nil
		},
	}
}

var errNoTLS = fmt.Errorf("monitor: no TLS configuration")

// derivedTLS keeps a derived configuration as long as that it comes from is in
// force: session tickets are bound to it.
type derivedTLS struct{ from, config *tls.Config }

func withoutClientCerts(from *tls.Config) *tls.Config {
	c := from.Clone()
	c.ClientAuth, c.ClientCAs, c.VerifyPeerCertificate, c.VerifyConnection = tls.NoClientCert, nil, nil, nil
	return c
}

// lineWriter makes the log of net/http one of ours.
type lineWriter func(format string, args ...any)

func (f lineWriter) Write(b []byte) (int, error) {
	if f != nil {
		f("monitoring: %s", strings.TrimPrefix(strings.TrimSuffix(string(b), "\n"), "http: "))
	}
	return len(b), nil
}
