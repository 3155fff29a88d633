package server

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/monitor"
)

// sidePorts are the listeners besides that for clients. The zero value has
// none.
type sidePorts struct {
	monitor *monitor.Listener
	profile *monitor.Listener
}

// openSidePorts opens the monitoring and profiling ports that are configured.
func (s *Server) openSidePorts() error {
	o := s.Options()
	if err := o.CheckMonitor(); err != nil {
		return fmt.Errorf("Can't start monitoring: %w", err)
	}
	args := config.RedactArgs(os.Args)
	if port, scheme := monitorPort(o); port != 0 {
		cfg := monitor.ListenConfig{
			Address:      hostPort(o.Monitor.Host, max(port, 0)),
			WriteTimeout: monitor.WriteTimeout,
			Errorf:       s.env.Log.Debugf,
			Handler: monitor.New(monitor.Config{
				Server: facts{s}, Connections: facts{s}, Accounts: facts{s},
				BasePath: o.Monitor.BasePath, Args: args, Warnf: s.env.Log.Warnf,
			}),
		}
		if scheme == "https" {
			cfg.TLS = s.currentTLS
		}
		l, err := monitor.Listen(cfg)
		if err != nil {
			return fmt.Errorf("Can't start monitoring: can't listen to the monitor port: %w", err)
		}
		s.side.monitor = l
		s.env.Log.Infof("Starting %s monitor on %s", scheme, hostPort(o.Monitor.Host, l.Addr().Port))
	}
	if port := o.Process.ProfPort; port != 0 {
		s.setBlockRate(o.Process.ProfBlockRate)
		// A recording may take minutes: no write timeout.
		l, err := monitor.Listen(monitor.ListenConfig{
			Address: hostPort(o.Host, max(port, 0)), Handler: monitor.Profiler(args), Errorf: s.env.Log.Debugf,
		})
		if err != nil {
			return fmt.Errorf("Can't start profiling: %w", err)
		}
		s.side.profile = l
		s.env.Log.Infof("profiling port: %d", l.Addr().Port)
	}
	return nil
}

// closeSidePorts closes them, as the last listeners of all.
func (s *Server) closeSidePorts() {
	for _, l := range []*monitor.Listener{s.side.profile, s.side.monitor} {
		if l != nil {
			l.Close()
		}
	}
}

// MonitorAddr returns host:port of the monitoring port, or "" without one. It
// is known once the server is ready.
func (s *Server) MonitorAddr() string {
	if s.side.monitor == nil {
		return ""
	}
	return hostPort(reachable(s.Options().Monitor.Host), s.side.monitor.Addr().Port)
}

// monitorPort returns the configured port, 0 for none, and its scheme.
func monitorPort(o *Options) (int, string) {
	if o.Monitor.HTTPSPort != 0 {
		return o.Monitor.HTTPSPort, "https"
	}
	return o.Monitor.HTTPPort, "http"
}

// currentTLS returns the TLS configuration in force.
func (s *Server) currentTLS() *tls.Config {
	if t := s.Options().TLS; t != nil {
		return t.Config
	}
	return nil
}

// setBlockRate sets the sampling of blocking events, in nanoseconds per
// sample. It concerns the whole process, as profiles do.
func (s *Server) setBlockRate(rate int) {
	runtime.SetBlockProfileRate(rate)
	if rate > 0 {
		s.env.Log.Warnf("Block profiling is enabled (rate %d), this may have a performance impact", rate)
	}
}

// certNotAfter returns when the first certificate of a listener ends; zero
// without one.
func certNotAfter(t *config.TLS) time.Time {
	if t == nil || t.Config == nil || len(t.Config.Certificates) == 0 {
		return time.Time{}
	}
	cert := t.Config.Certificates[0]
	leaf := cert.Leaf
	if leaf == nil && len(cert.Certificate) > 0 {
		var err error
		if leaf, err = x509.ParseCertificate(cert.Certificate[0]); err != nil {
			return time.Time{}
		}
	}
	if leaf == nil {
		return time.Time{}
	}
	return leaf.NotAfter
}

// writeTimeoutName is how monitoring names the policy; "" for the default.
func writeTimeoutName(w config.WriteTimeout) string {
	switch w {
	case config.WriteTimeoutClose:
		return "close"
	case config.WriteTimeoutRetry:
		return "retry"
	}
	return ""
}
