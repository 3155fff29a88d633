package server

import (
	"fmt"
	"net"

	"github.com/dunlin-mq/dunlin/server/internal/transport"
)

// listen opens the client listener.
func (s *Server) listen() error {
	opts := s.Options()
	if opts.DontListen {
		return nil
	}
	addr := hostPort(opts.Host, max(opts.Port, 0))
	l, err := transport.Listen(addr)
	if err != nil {
		return &listenError{addr, err}
	}
	bound := *opts
	bound.Port = l.Addr().Port
	s.mu.Lock()
	s.listener, s.opts = l, &bound
	s.mu.Unlock()
	s.env.SetSettings(s.settings(&bound, bound.Port))
	s.logListener(&bound)
	return nil
}

// logListener says where clients can connect, and what they have to bring.
func (s *Server) logListener(o *Options) {
	log := s.env.Log
	log.Infof("Listening for client connections on %s", hostPort(o.Host, o.Port))
	if o.ProxyProtocol {
		log.Infof("PROXY protocol enabled for client connections")
	}
	if o.TLS == nil {
		return
	}
	if s.env.Settings().Info.TLSRequired {
		log.Infof("TLS required for client connections")
	} else {
		log.Infof("TLS available for client connections")
	}
	if first := o.TLS.HandshakeFirst; first.Enabled && first.Fallback == 0 {
		log.Warnf(`Clients that are not using "TLS Handshake First" option will fail to connect`)
	}
}

// listenError is why a port could not be opened, in the words of the reference
// server.
type listenError struct {
	addr  string
	cause error
}

func (e *listenError) Error() string {
	return fmt.Sprintf("Error listening on port: %s, %q", e.addr, e.cause)
}

func (e *listenError) Unwrap() error { return e.cause }

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

// ClientURL returns the URL of the client listener, once the server is ready;
// it is empty if there is none because of [Options].DontListen.
func (s *Server) ClientURL() string {
	opts := s.Options()
	if opts.DontListen {
		return ""
	}
	scheme := "nats"
	if opts.TLS != nil {
		scheme = "tls"
	}
	return scheme + "://" + hostPort(reachable(opts.Host), s.Port())
}

// reachable returns an address under which a listener on host can be dialled
// from this machine.
func reachable(host string) string {
	ip := net.ParseIP(host)
	switch {
	case ip == nil || !ip.IsUnspecified():
		return host
	case ip.To4() == nil:
		return net.IPv6loopback.String()
	}
	return "127.0.0.1"
}
