package server

import (
	"net"
	"os"

	"github.com/dunlin-mq/dunlin/server/internal/process"
)

// writeFiles tells other processes, through the file system, that the server
// is up and where.
func (s *Server) writeFiles() error {
	p := &s.Options().Process
	if p.PIDFile != "" {
		if err := process.WritePID(p.PIDFile); err != nil {
			return err
		}
	}
	if p.PortsFileDir == "" {
		return nil
	}
	return process.WritePorts(process.PortsFile(p.PortsFileDir), s.ports())
}

// removePorts takes the ports file away: nobody should look for a server that
// has ended. The pid file stays, as it does with the reference server.
func (s *Server) removePorts() {
	if dir := s.Options().Process.PortsFileDir; dir != "" {
		os.Remove(process.PortsFile(dir))
	}
}

// rewritePID follows a reload that names another pid file.
func (s *Server) rewritePID(o *Options) {
	if o.Process.PIDFile == "" {
		return
	}
	if err := process.WritePID(o.Process.PIDFile); err != nil {
		s.env.Log.Errorf("%v", err)
	}
}

// ports lists the listeners' URLs.
func (s *Server) ports() process.Ports {
	o := s.Options()
	var p process.Ports
	if !o.DontListen {
		p.Nats = process.URLs("nats", o.Host, s.Port())
	}
	if l := s.side.monitor; l != nil {
		_, scheme := monitorPort(o)
		p.Monitoring = process.URLs(scheme, o.Monitor.Host, l.Addr().Port)
	}
	if l := s.side.profile; l != nil {
		p.Profile = process.URLs("http", o.Host, l.Addr().Port)
	}
	return p
}

// reachable returns an address under which a listener on host can be dialled
// from this machine.
func reachable(host string) string {
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		return "127.0.0.1"
	}
	return host
}
