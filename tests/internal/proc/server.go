package proc

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Patience is how long a test waits for something that must happen. It is
// generous: only failing tests ever wait that long.
const Patience = 20 * time.Second

// Options say how to start a server. The zero value is a server with defaults
// on random loopback ports, with monitoring.
type Options struct {
	Config string            // text of the configuration file; none if empty
	Files  map[string]string // further files beside it, by name
	Args   []string          // arguments after those of the harness
	Env    []string          // added to the environment

	Way  Way    // how clients connect
	Port string // of the listener that they use; a random one if empty

	NoMonitor bool // do not ask for a monitoring port
	NoAddress bool // leave host and port to Config and Args
	Dir       string
}

// Server is a running server process.
type Server struct {
	Target *Target
	Dir    string // holds the configuration file, its working directory
	Config string // path of the configuration file, or empty
	Way    Way    // how clients connect

	cmd   *exec.Cmd
	log   *log
	ports map[string][]string

	done chan struct{} // closed after the process has ended and code is set
	code int
}

// ConfigFile is the name of the configuration file in Server.Dir.
const ConfigFile = "server.conf"

// Start runs target and returns once its listeners are open. The test's
// cleanup ends the process.
func Start(t testing.TB, target *Target, o Options) *Server {
	t.Helper()
	s := Launch(t, target, o)
	if err := s.waitReady(); err != nil {
		t.Fatalf("%s did not get ready: %v\n%s", target, err, s.Log())
	}
	return s
}

// Launch starts target without waiting for its listeners: for a start that is
// to fail.
func Launch(t testing.TB, target *Target, o Options) *Server {
	t.Helper()
	o = o.Way.open(o)
	s := &Server{Target: target, Dir: o.Dir, Way: o.Way, log: newLog(), done: make(chan struct{})}
	if s.Dir == "" {
		s.Dir = t.TempDir()
	}
	files := maps.Clone(o.Files)
	if files == nil {
		files = map[string]string{}
	}
	args := []string{"--ports_file_dir", s.Dir}
	if !o.NoAddress {
		args = append(args, "-a", "127.0.0.1", "-p", "-1")
	}
	if !o.NoMonitor {
		args = append(args, "-m", "-1")
	}
	if o.Config != "" {
		files[ConfigFile] = o.Config
		s.Config = filepath.Join(s.Dir, ConfigFile)
		args = append(args, "-c", s.Config)
	}
	for name, text := range files {
		s.WriteFile(t, name, text)
	}
	s.cmd = exec.Command(target.Path(t), append(args, o.Args...)...)
	s.cmd.Dir = s.Dir
	s.cmd.Env = append(os.Environ(), o.Env...)
	s.cmd.Stderr = s.log
	s.cmd.SysProcAttr = dieWithParent()
	s.cmd.WaitDelay = time.Second
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", target, err)
	}
	go s.reap()
	t.Cleanup(func() {
		s.cmd.Process.Kill()
		<-s.done
		if strings.Contains(s.Log(), "WARNING: DATA RACE") {
			t.Errorf("%s has a data race", target)
		}
		if t.Failed() {
			t.Logf("log of %s:\n%s", target, tail(s.Log(), 8<<10))
		}
	})
	return s
}

// reap waits for the process and publishes its exit code.
func (s *Server) reap() {
	defer close(s.done)
	err := s.cmd.Wait()
	var exit *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit):
		s.code = exit.ExitCode()
	default:
		s.code = -1
	}
}

// waitReady polls for the ports file, which a server writes when all its
// listeners are open.
func (s *Server) waitReady() error {
	deadline := time.After(Patience)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.done:
			return errors.New("it ended with exit code " + strconv.Itoa(s.code))
		case <-deadline:
			return errors.New("no ports file after " + Patience.String())
		case <-tick.C:
		}
		found, _ := filepath.Glob(filepath.Join(s.Dir, "*_"+strconv.Itoa(s.Pid())+".ports"))
		if len(found) == 0 {
			continue
		}
		// A file that is still being written does not parse: look again.
		if text, err := os.ReadFile(found[0]); err == nil && json.Unmarshal(text, &s.ports) == nil {
			return nil
		}
	}
}

// WriteFile writes a file beside the configuration and returns its path.
func (s *Server) WriteFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(s.Dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Pid is the process id.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// URL is where clients connect on their way: nats://, ws:// or wss://.
func (s *Server) URL() string {
	if s.Way.WebSocket {
		return s.WebSocket()
	}
	return s.first("nats")
}

// Addr is the host:port of the listener for TCP clients.
func (s *Server) Addr() string {
	u, _ := url.Parse(s.first("nats"))
	return u.Host
}

// WebSocket is the URL of the websocket listener, ws:// or wss://.
func (s *Server) WebSocket() string { return s.first("websocket") }

// WebSocketAddr is the host:port of the websocket listener.
func (s *Server) WebSocketAddr() string {
	u, _ := url.Parse(s.WebSocket())
	return u.Host
}

// Monitor is the base URL of the monitoring listener.
func (s *Server) Monitor() string { return s.first("monitoring") }

// Profile is the base URL of the profiling listener.
func (s *Server) Profile() string { return s.first("profile") }

func (s *Server) first(kind string) string {
	if len(s.ports[kind]) == 0 {
		return ""
	}
	return s.ports[kind][0]
}

// Get fetches a monitoring page and returns status and body.
func (s *Server) Get(t testing.TB, path string) (status int, body string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Monitor()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("monitoring: %v", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("monitoring: %v", err)
	}
	return resp.StatusCode, string(text)
}

// GetJSON fetches a monitoring page that must be good and decodes it.
func (s *Server) GetJSON(t testing.TB, path string, into any) {
	t.Helper()
	status, body := s.Get(t, path)
	if status != http.StatusOK {
		t.Fatalf("GET %s: status %d: %s", path, status, body)
	}
	if err := json.Unmarshal([]byte(body), into); err != nil {
		t.Fatalf("GET %s: %v in %s", path, err, body)
	}
}

// Log is everything the process wrote to standard error so far.
func (s *Server) Log() string { return s.log.String() }

// WaitLog waits for a line that contains text and returns it.
func (s *Server) WaitLog(t testing.TB, text string) string {
	t.Helper()
	deadline := time.After(Patience)
	for {
		line, more := s.log.find(text)
		if more == nil {
			return line
		}
		select {
		case <-more:
			continue
		case <-s.done:
			if line, more := s.log.find(text); more == nil {
				return line
			}
		case <-deadline:
		}
		t.Fatalf("%s did not log %q", s.Target, text)
	}
}

// SkipLog makes WaitLog ignore what has been logged so far.
func (s *Server) SkipLog() { s.log.skip() }

// Signal sends sig to the process.
func (s *Server) Signal(t testing.TB, sig os.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatalf("signal %v to %s: %v", sig, s.Target, err)
	}
}

// Wait waits for the process to end and returns its exit code.
func (s *Server) Wait(t testing.TB) int {
	t.Helper()
	select {
	case <-s.done:
	case <-time.After(Patience):
		t.Fatalf("%s did not end", s.Target)
	}
	return s.code
}

// Done is closed when the process has ended.
func (s *Server) Done() <-chan struct{} { return s.done }

func tail(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return "..." + strings.ToValidUTF8(text[len(text)-n:], "")
}
