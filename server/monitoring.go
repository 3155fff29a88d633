package server

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
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
	// sampling is whether this server has turned block profiling on.
	sampling bool
}

// openSidePorts opens the profiling and monitoring ports that are configured.
func (s *Server) openSidePorts() error {
	o, args := s.Options(), config.RedactArgs(commandLine())
	if o.Process.ProfPort != 0 {
		if err := s.openProfiler(o, monitor.Profiler(args)); err != nil {
			return err
		}
	}
	if err := o.CheckMonitor(); err != nil {
		return fmt.Errorf("Can't start monitoring: %w", err)
	}
	if port, _ := monitorPort(o); port != 0 {
		return s.openMonitor(o, s.monitor)
	}
	return nil
}

// commandLine is that of the process.
func commandLine() []string { return os.Args }

func (s *Server) openMonitor(o *Options, h http.Handler) error {
	port, scheme := monitorPort(o)
	cfg := monitor.ListenConfig{
		Address: hostPort(o.Monitor.Host, max(port, 0)), Handler: h,
		WriteTimeout: monitor.WriteTimeout, Errorf: s.env.Log.Errorf,
	}
	if scheme == "https" {
		cfg.TLS = s.currentTLS
	}
	l, err := monitor.Listen(cfg)
	if err != nil {
		return fmt.Errorf("Can't start monitoring: can't listen to the monitor port: %w", err)
	}
	s.mu.Lock()
	s.side.monitor = l
	s.mu.Unlock()
	s.env.Log.Infof("Starting %s monitor on %s", scheme, hostPort(o.Monitor.Host, l.Addr().Port))
	return nil
}

func (s *Server) openProfiler(o *Options, h http.Handler) error {
	// A recording may take minutes: no write timeout.
	l, err := monitor.Listen(monitor.ListenConfig{
		Address: hostPort(o.Host, max(o.Process.ProfPort, 0)), Handler: h, Errorf: s.env.Log.Errorf,
	})
	if err != nil {
		return fmt.Errorf("error starting profiler: %w", err)
	}
	s.mu.Lock()
	s.side.profile = l
	s.mu.Unlock()
	s.env.Log.Infof("profiling port: %d", l.Addr().Port)
	if rate := o.Process.ProfBlockRate; rate > 0 {
		s.setBlockRate(rate)
	}
	return nil
}

// closeSidePorts closes them, as the last listeners of all.
func (s *Server) closeSidePorts() {
	side := s.sideNow()
	if side.profile != nil {
		side.profile.Close()
	}
	if side.sampling {
		runtime.SetBlockProfileRate(0) // the process may live on
	}
	if side.monitor != nil {
		side.monitor.Close()
	}
}

// sideNow returns what is open of the side ports.
func (s *Server) sideNow() sidePorts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.side
}

// MonitorAddr returns host:port of the monitoring port, or "" without one. It
// is known once the server is ready.
func (s *Server) MonitorAddr() string {
	l := s.sideNow().monitor
	if l == nil {
		return ""
	}
	return hostPort(reachable(s.Options().Monitor.Host), l.Addr().Port)
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
	s.mu.Lock()
	s.side.sampling = rate > 0
	s.mu.Unlock()
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
	if cert.Leaf != nil {
		return cert.Leaf.NotAfter
	}
	if len(cert.Certificate) == 0 {
		return time.Time{}
	}
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		return time.Time{}
	}
	return leaf.NotAfter
}
