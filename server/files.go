package server

import (
	"fmt"
	"os"

	"github.com/dunlin-mq/dunlin/server/internal/process"
)

// writePID leaves the number of the process for others.
func (s *Server) writePID() error {
	path := s.Options().Process.PIDFile
	if path == "" {
		return nil
	}
	if err := process.WritePID(path); err != nil {
		return fmt.Errorf("Could not write pidfile: %w", err)
	}
	return nil
}

// rewritePID follows a reload that names another pid file. The old one stays,
// as it does when the server ends.
func (s *Server) rewritePID(o *Options) {
	if o.Process.PIDFile == "" {
		return
	}
	if err := process.WritePID(o.Process.PIDFile); err != nil {
		s.env.Log.Errorf("Failed to write pidfile: %v", err)
	}
}

// writePorts tells other processes, through the file system, that the server
// is up and where. Nobody may be looking, so an error is no reason to end.
func (s *Server) writePorts() {
	dir := s.Options().Process.PortsFileDir
	if dir == "" {
		return
	}
	path := process.PortsFile(dir)
	if err := process.WritePorts(path, s.ports()); err != nil {
		s.env.Log.Errorf("Error writing ports file (%s): %v", path, err)
	}
}

// removePorts takes the ports file away: nobody should look for a server that
// has ended.
func (s *Server) removePorts(o *Options) {
	dir := o.Process.PortsFileDir
	if dir == "" {
		return
	}
	path := process.PortsFile(dir)
	if err := os.Remove(path); err != nil {
		s.env.Log.Errorf("Error cleaning up ports file %s: %v", path, err)
	}
}

// movePorts follows a reload that names another directory. A server that is
// not up yet has no file.
func (s *Server) movePorts(old *Options) {
	if s.isReady() {
		s.removePorts(old)
		s.writePorts()
	}
}

// ports lists the listeners' URLs.
func (s *Server) ports() process.Ports {
	o := s.Options()
	var p process.Ports
	if !o.DontListen {
		p.Nats = process.URLs("nats", o.Host, s.Port())
	}
	if w := &o.WebSocket; w.Enabled() {
		p.WebSocket = process.URLs(webScheme(w), w.Host, w.Port)
	}
	side := s.sideNow()
	if l := side.monitor; l != nil {
		_, scheme := monitorPort(o)
		p.Monitoring = process.URLs(scheme, o.Monitor.Host, l.Addr().Port)
	}
	if l := side.profile; l != nil {
		p.Profile = process.URLs("http", o.Host, l.Addr().Port)
	}
	return p
}
