package proc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// startTimeout bounds the wait for the greeting of a server.
const startTimeout = 10 * time.Second

// pollEvery is how often a starting server is asked for its greeting.
const pollEvery = 5 * time.Millisecond

// maxLog is how much of a failed server's log an error quotes, in bytes.
const maxLog = 2 << 10

// config is the same for every server: everything at its default but the intervals in which the
// server talks by itself, so that measurements see messages and nothing else.
const config = "ping_interval: \"10m\"\n"

// webSocketConfig is added where there is a WebSocket listener. Compression is what clients may
// ask for.
const webSocketConfig = "websocket { host: \"127.0.0.1\", port: %d, no_tls: true, compression: true }\n"

// Options say what a server is started with.
type Options struct {
	WebSocket bool   // it listens for WebSocket clients, too
	Config    string // text that is added to its configuration
}

// Server is a running messaging server.
type Server struct {
	addr string
	ws   string // host:port of the WebSocket listener; empty where there is none
	cmd  *exec.Cmd
	dir  string
	done chan struct{} // closed once the child is reaped
}

// Start runs the server at path on free loopback ports and returns once it has sent its INFO
// line and listens everywhere. The server dies with ctx, with Stop, and (on Linux) with this process.
func Start(ctx context.Context, path string, o Options) (*Server, error) {
	// A port found free may be taken before the server binds it, which ends the server at once.
	const attempts = 3
	var errs []error
	for range attempts {
		s, err := start(ctx, path, o)
		if err == nil {
			return s, nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, errors.Join(errs...)
}

func start(ctx context.Context, path string, o Options) (*Server, error) {
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "bench-server-")
	if err != nil {
		return nil, err
	}
	s := &Server{
		addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[0])),
		dir:  dir,
		done: make(chan struct{}),
	}
	text := config + o.Config
	if o.WebSocket {
		text += fmt.Sprintf(webSocketConfig, ports[1])
		s.ws = net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[1]))
	}
	if err := s.launch(ctx, path, ports[0], text); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	if err := s.awaitGreeting(ctx); err != nil {
		log := s.log()
		s.Stop()
		return nil, fmt.Errorf("start %s: %w\n%s", path, err, log)
	}
	return s, nil
}

// launch starts the child with its configuration and its log in the server's directory.
func (s *Server) launch(ctx context.Context, path string, port int, config string) error {
	conf := filepath.Join(s.dir, "server.conf")
	if err := os.WriteFile(conf, []byte(config), 0o600); err != nil {
		return err
	}
	log, err := os.Create(s.logPath())
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd = exec.CommandContext(ctx, path, "-c", conf, "-a", "127.0.0.1", "-p", strconv.Itoa(port))
	s.cmd.Dir = s.dir
	s.cmd.Stdout, s.cmd.Stderr = log, log
	dieWithParent(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return err
	}
	go func() {
		s.cmd.Wait() // killed on purpose: its error says nothing
		close(s.done)
	}()
	return nil
}

// awaitGreeting waits for the INFO line and the WebSocket listener, and makes sure that it came from the living child and
// not from a stranger who took the port.
func (s *Server) awaitGreeting(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := s.reach(ctx)
		select {
		case <-s.done:
			return errors.New("server exited")
		default:
		}
		if err == nil {
			return nil
		}
		select {
		case <-s.done:
			return errors.New("server exited")
		case <-ctx.Done():
			return fmt.Errorf("no greeting: %w", err)
		case <-tick.C:
		}
	}
}

// reach tries all listeners.
func (s *Server) reach(ctx context.Context) error {
	if err := greet(ctx, s.addr); err != nil || s.ws == "" {
		return err
	}
	// It speaks when it is spoken to.
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", s.ws)
	if err != nil {
		return err
	}
	return c.Close()
}

// greet connects and reads one INFO line.
func greet(ctx context.Context, addr string) error {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Second))
	line, err := bufio.NewReader(io.LimitReader(c, 64<<10)).ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(line, "INFO {") {
		return fmt.Errorf("greeting is %.40q", line)
	}
	return nil
}

// Addr returns host:port of the server's client listener.
func (s *Server) Addr() string { return s.addr }

// WebSocketAddr returns host:port of the server's WebSocket listener, or "" if it has none.
func (s *Server) WebSocketAddr() string { return s.ws }

// CPU returns the processor time that the server has used so far.
func (s *Server) CPU() (time.Duration, error) { return CPU(s.cmd.Process.Pid) }

// RSS returns the server's resident memory in bytes.
func (s *Server) RSS() (int64, error) { return RSS(s.cmd.Process.Pid) }

// Stop kills the server, waits until it is gone and removes its directory. Nothing that is
// measured lies in how a server ends, so it gets no chance to take its time.
func (s *Server) Stop() {
	s.cmd.Process.Kill()
	<-s.done
	os.RemoveAll(s.dir)
}

func (s *Server) logPath() string { return filepath.Join(s.dir, "server.log") }

// log returns the end of what the server printed.
func (s *Server) log() string {
	b, err := os.ReadFile(s.logPath())
	if err != nil {
		return ""
	}
	return string(b[max(0, len(b)-maxLog):])
}

// freePorts returns n different ports that nobody listens on.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // not before the others are found
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
