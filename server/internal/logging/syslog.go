package logging

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"sync"
	"time"
)

// Syslog severities (RFC 3164 section 4.1.1).
const (
	severityCritical = 2
	severityError    = 3
	severityWarning  = 4
	severityNotice   = 5
	severityDebug    = 7
)

// Syslog facilities, as they stand in a priority. The reference server sends
// its log to remote hosts under the facility of the kernel, and so do we for
// the sake of rules that file its lines.
const (
	facilityKernel = 0 << 3
	facilityDaemon = 3 << 3
)

const (
	syslogDialTimeout  = 2 * time.Second
	syslogWriteTimeout = time.Second     // a peer that does not read must not stop the server
	syslogRedialPause  = 2 * time.Second // between attempts
	maxDatagram        = 60 << 10        // bytes of a message that still fit into a packet
)

// localSockets are where syslog daemons listen on various systems.
var localSockets = []string{"/dev/log", "/var/run/syslog", "/var/run/log"}

// syslog is a destination that sends messages as RFC 3164 describes them, in
// the way of Go's log/syslog. Unlike that package it never waits for long.
type syslog struct {
	facility int
	tag      string
	local    bool   // short header, because the daemon knows host and date
	host     string // name of this machine, for the long one
	name     string
	dial     func(ctx context.Context) (net.Conn, error)

	packet []byte // scratch

	ctx    context.Context // ends with close
	cancel context.CancelFunc
	dialer sync.WaitGroup

	mu   sync.Mutex
	conn net.Conn // nil while the dialer runs
}

var errNotConnected = errors.New("not connected")

// dialRemoteSyslog connects to the syslog server at a URL.
func dialRemoteSyslog(addr, tag string) (*syslog, error) {
	u, err := url.Parse(addr)
	if err != nil {
		return nil, err
	}
	target := u.Host
	switch u.Scheme {
	case "udp", "tcp":
	case "unix":
		target = u.Path
	default:
		return nil, fmt.Errorf("error invalid network type: %q", u.Scheme)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	s := &syslog{facility: facilityKernel, tag: tag, local: u.Scheme == "unix", host: host, name: addr}
	s.dial = func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{Timeout: syslogDialTimeout}).DialContext(ctx, u.Scheme, target)
	}
	return s.start()
}

// dialLocalSyslog connects to the first of the sockets that listens.
func dialLocalSyslog(sockets []string, tag string) (*syslog, error) {
	s := &syslog{facility: facilityDaemon, tag: tag, local: true, name: "syslog"}
	s.dial = func(ctx context.Context) (net.Conn, error) {
		dialer := &net.Dialer{Timeout: syslogDialTimeout}
		for _, network := range []string{"unixgram", "unix"} {
			for _, path := range sockets {
				if conn, err := dialer.DialContext(ctx, network, path); err == nil {
					return conn, nil
				}
			}
		}
		return nil, errors.New("Unix syslog delivery error")
	}
	return s.start()
}

func (s *syslog) start() (*syslog, error) {
	s.ctx, s.cancel = context.WithCancel(context.Background())
	conn, err := s.dial(s.ctx)
	if err != nil {
		s.cancel()
		return nil, fmt.Errorf("error connecting to syslog: %q", err.Error())
	}
	s.conn = conn
	return s, nil
}

func (s *syslog) write(level Level, line []byte) error {
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	if conn == nil {
		return errNotConnected
	}
	s.packet = s.appendPacket(s.packet[:0], level, line, isDatagram(conn))
	err := send(conn, s.packet)
	if err != nil && isDatagram(conn) {
		// The error may be about the packet before: nobody listened then.
		err = send(conn, s.packet)
	}
	if err != nil {
		s.reconnect(conn)
	}
	if cap(s.packet) > maxPooled {
		s.packet = nil
	}
	return err
}

func send(conn net.Conn, packet []byte) error {
	if err := conn.SetWriteDeadline(time.Now().Add(syslogWriteTimeout)); err != nil {
		return err
	}
	_, err := conn.Write(packet)
	return err
}

func isDatagram(conn net.Conn) bool {
	switch conn.RemoteAddr().Network() {
	case "udp", "unixgram":
		return true
	default:
		return false
	}
}

// appendPacket appends a message with its header. One that does not fit into a
// datagram is cut.
func (s *syslog) appendPacket(b []byte, level Level, line []byte, datagram bool) []byte {
	b = append(b, '<')
	b = strconv.AppendInt(b, int64(s.facility|levels[level].severity), 10)
	b = append(b, '>')
	if s.local {
		b = time.Now().AppendFormat(b, time.Stamp)
	} else {
		b = time.Now().AppendFormat(b, time.RFC3339)
		b = append(b, ' ')
		b = append(b, s.host...)
	}
	b = append(b, ' ')
	b = append(b, s.tag...)
	b = append(b, '[')
	b = strconv.AppendInt(b, int64(os.Getpid()), 10)
	b = append(b, "]: "...)
	if datagram && len(line) > maxDatagram {
		b = append(b, line[:maxDatagram]...)
		return append(b, "...\n"...)
	}
	return append(b, line...)
}

// reconnect gives up a connection and dials in the background.
func (s *syslog) reconnect(broken net.Conn) {
	broken.Close()
	s.mu.Lock()
	s.conn = nil
	s.mu.Unlock()
	s.dialer.Go(func() {
		for s.ctx.Err() == nil {
			if conn, err := s.dial(s.ctx); err == nil {
				s.mu.Lock()
				s.conn = conn
				s.mu.Unlock()
				return
			}
			select {
			case <-s.ctx.Done():
			case <-time.After(syslogRedialPause):
			}
		}
	})
}

func (s *syslog) maintain() []string { return nil }
func (s *syslog) reopen() error      { return nil }

// close waits for the dialer. No write may be under way.
func (s *syslog) close() error {
	s.cancel()
	s.dialer.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close()
	s.conn = nil
	return err
}

func (s *syslog) String() string { return s.name }
