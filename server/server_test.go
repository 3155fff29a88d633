package server_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
)

// wait bounds waits that end at once when all is well.
const wait = 20 * time.Second

// journal is a slog.Handler that keeps what a server logs.
type journal struct {
	mu      sync.Mutex
	lines   []string // level, text and attributes
	minimum slog.Level
}

func (j *journal) Enabled(_ context.Context, l slog.Level) bool { return l >= j.minimum }
func (j *journal) WithAttrs([]slog.Attr) slog.Handler           { return j }
func (j *journal) WithGroup(string) slog.Handler                { return j }

func (j *journal) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %s", r.Level, r.Message)
	r.Attrs(func(a slog.Attr) bool {
		fmt.Fprintf(&b, " %v", a)
		return true
	})
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, b.String())
	return nil
}

// all returns the lines.
func (j *journal) all() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]string(nil), j.lines...)
}

// has reports whether a line contains text.
func (j *journal) has(text string) bool {
	return strings.Contains(strings.Join(j.all(), "\n"), text)
}

// instance is a server that runs until the test ends.
type instance struct {
	*server.Server
	t     *testing.T
	log   *journal
	ended chan struct{} // closed when Run has returned
	err   error         // of Run
}

// create returns a server on a free port of this machine that does not run.
func create(t *testing.T, opts server.Options) *instance {
	t.Helper()
	r := &instance{t: t, log: &journal{minimum: slog.LevelDebug - 4}, ended: make(chan struct{})}
	if opts.Host == "" {
		opts.Host = "127.0.0.1"
	}
	if opts.Port == 0 {
		opts.Port = -1
	}
	if opts.Log.File == "" && opts.Log.Handler == nil {
		opts.Log.Handler = r.log
	}
	srv, err := server.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	r.Server = srv
	return r
}

// run starts the server and waits until it is ready.
func (r *instance) run(ctx context.Context) *instance {
	r.t.Helper()
	go func() {
		defer close(r.ended)
		r.err = r.Run(ctx)
	}()
	r.t.Cleanup(func() {
		r.Shutdown()
		r.end()
	})
	select {
	case <-r.Ready():
	case <-time.After(wait):
		r.t.Fatal("not ready")
	}
	return r
}

// end waits until Run has returned and checks that all was well.
func (r *instance) end() {
	r.t.Helper()
	select {
	case <-r.ended:
		if r.err != nil {
			r.t.Errorf("Run: %v", r.err)
		}
	case <-time.After(wait):
		r.t.Error("Run does not return")
	}
}

// boot is create and run.
func boot(t *testing.T, opts server.Options) *instance {
	t.Helper()
	return create(t, opts).run(context.Background())
}

// client is a scripted NATS client.
type client struct {
	t *testing.T
	net.Conn
	r    *bufio.Reader
	info string // the first one
}

// dial connects over the network.
func (r *instance) dial() *client {
	r.t.Helper()
	nc, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", fmt.Sprint(r.Port())))
	if err != nil {
		r.t.Fatal(err)
	}
	return r.greeted(nc)
}

// inside connects within the process.
func (r *instance) inside() *client {
	r.t.Helper()
	nc, err := r.InProcessConn()
	if err != nil {
		r.t.Fatal(err)
	}
	return r.greeted(nc)
}

func (r *instance) greeted(nc net.Conn) *client {
	r.t.Helper()
	r.t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(wait))
	c := &client{t: r.t, Conn: nc, r: bufio.NewReader(nc)}
	if c.info = c.line(); !strings.HasPrefix(c.info, "INFO {") {
		r.t.Fatalf("greeted with %q", c.info)
	}
	return c
}

// quiet sends a CONNECT after which only what is asked for is answered.
func (c *client) quiet() *client {
	c.t.Helper()
	c.send(`CONNECT {"verbose":false,"pedantic":false,"protocol":1}`, "PING")
	c.expect("PONG", "INFO")
	return c
}

func (c *client) send(lines ...string) {
	c.t.Helper()
	if _, err := io.WriteString(c, strings.Join(lines, "\r\n")+"\r\n"); err != nil {
		c.t.Fatalf("sending %q: %v", lines, err)
	}
}

// line reads a line; an error ends the test.
func (c *client) line() string {
	c.t.Helper()
	line, err := c.r.ReadString('\n')
	if err != nil {
		c.t.Fatalf("read %q, %v", line, err)
	}
	return strings.TrimSuffix(line, "\r\n")
}

// expect reads lines; of an INFO only the verb is compared.
func (c *client) expect(want ...string) {
	c.t.Helper()
	var got []string
	for range want {
		line := c.line()
		if strings.HasPrefix(line, "INFO {") {
			line = "INFO"
		}
		got = append(got, line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Fatalf("-want +got:\n%s", diff)
	}
}

// barrier waits until everything sent was carried out, and nothing unexpected
// came back.
func (c *client) barrier() {
	c.t.Helper()
	c.send("PING")
	c.expect("PONG")
}

// closed checks that the server closes the connection without another word.
func (c *client) closed() {
	c.t.Helper()
	if rest, err := io.ReadAll(c.r); err != nil || len(rest) > 0 {
		c.t.Errorf("read %q, %v; want the end", rest, err)
	}
}

func TestServersDoNotKnowEachOther(t *testing.T) {
	t.Parallel()
	const count = 10
	ids, ports := make(map[string]bool), make(map[int]bool)
	var clients []*client
	for range count {
		r := boot(t, server.Options{})
		ids[r.ID()], ports[r.Port()] = true, true
		c := r.dial().quiet()
		c.send("SUB > 1")
		c.barrier()
		clients = append(clients, c)
	}
	if len(ids) != count || len(ports) != count {
		t.Errorf("%d servers have %d ids and %d ports", count, len(ids), len(ports))
	}
	clients[0].send("PUB a 1", "x")
	clients[0].expect("MSG a 1 1", "x")
	for _, c := range clients {
		c.barrier()
	}
}

func TestRunEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*instance, context.CancelFunc){
		"context":   func(_ *instance, cancel context.CancelFunc) { cancel() },
		"Shutdown":  func(r *instance, _ context.CancelFunc) { r.Shutdown() },
		"LameDuck":  func(r *instance, _ context.CancelFunc) { r.LameDuck() },
		"all three": func(r *instance, cancel context.CancelFunc) { go r.LameDuck(); go r.Shutdown(); cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r := create(t, server.Options{LameDuck: config.LameDuck{Duration: 40 * time.Millisecond, GracePeriod: 20 * time.Millisecond}}).run(ctx)
			c, in := r.dial().quiet(), r.inside().quiet()
			go end(r, cancel)
			for _, c := range []*client{c, in} {
				if rest, err := io.ReadAll(c.r); err != nil || strings.Contains(string(rest), "-ERR") {
					t.Errorf("a client reads %q, %v", rest, err)
				}
			}
			r.end()
			if nc, err := net.Dial("tcp", c.RemoteAddr().String()); err == nil {
				nc.Close()
				t.Error("the port is still open")
			}
			var last []string
			for _, line := range r.log.all() {
				if strings.HasPrefix(line, "INFO Initiating Shutdown") || strings.HasPrefix(line, "INFO Server Exiting") {
					last = append(last, line)
				}
			}
			if diff := cmp.Diff([]string{"INFO Initiating Shutdown...", "INFO Server Exiting.."}, last); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			r.Shutdown()
			r.LameDuck()
		})
	}
}

func TestShutdownWaitsForRun(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{})
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			r.Shutdown()
			if err := r.Run(context.Background()); !errors.Is(err, server.ErrRunning) {
				t.Errorf("a second Run: %v", err)
			}
		})
	}
	wg.Wait()
	r.end()
}

func TestRunTwice(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{})
	if err := r.Run(context.Background()); !errors.Is(err, server.ErrRunning) {
		t.Errorf("got %v", err)
	}
	r.dial().quiet().barrier() // the first one goes on
}

func TestEndingBeforeRun(t *testing.T) {
	t.Parallel()
	r := create(t, server.Options{})
	r.LameDuck() // there is nothing to end
	r.Shutdown()
	if err := r.Run(context.Background()); err != nil {
		t.Errorf("Run of a server that was told to end: %v", err)
	}
	select {
	case <-r.Ready():
		t.Error("it calls itself ready")
	default:
	}
	if got := r.log.all(); len(got) > 0 {
		t.Errorf("it starts all the same: %q", got)
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	first := boot(t, server.Options{})
	second := create(t, server.Options{Port: first.Port()})
	err := second.Run(context.Background())
	want := fmt.Sprintf("Error listening on port: 127.0.0.1:%d, %q", first.Port(),
		fmt.Sprintf("listen tcp 127.0.0.1:%d: bind: address already in use", first.Port()))
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("the error hides its cause: %#v", err)
	}
	if !second.log.has("ERROR+4 " + want) {
		t.Errorf("logged %q", second.log.all())
	}
	select {
	case <-second.Ready():
		t.Error("it calls itself ready")
	default:
	}
	second.Shutdown()
	second.LameDuck()
}

func TestNewRefusesOptions(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]server.Options{
		"max_payload (100) cannot be higher than max_pending (10)":                          {Limits: config.Limits{MaxPayload: 100, MaxPending: 10}},
		"lame duck grace period (2s) should be strictly lower than lame duck duration (1s)": {LameDuck: config.LameDuck{Duration: time.Second, GracePeriod: 2 * time.Second}},
		`Error adding mapping for "a"`:                                                      {Mappings: []config.Mapping{{Source: "a", Dests: []config.MappingDest{{Subject: "b..c", Weight: 100}}}}},
		"/nowhere/dunlin.log: no such file or directory":                                    {Log: config.Log{File: "/nowhere/dunlin.log"}},
	} {
		if _, err := server.New(opts); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}

func TestClientURL(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		opts server.Options
		want string
	}{
		{server.Options{Host: "127.0.0.1", Port: 4711}, "nats://127.0.0.1:4711"},
		{server.Options{Host: "0.0.0.0", Port: 4711}, "nats://127.0.0.1:4711"},
		{server.Options{Host: "::", Port: 4711}, "nats://[::1]:4711"},
		{server.Options{Host: "::1", Port: 4711}, "nats://[::1]:4711"},
		{server.Options{Host: "example.com", Port: 4711}, "nats://example.com:4711"},
		{server.Options{Host: "127.0.0.1", Port: 4711, TLS: &config.TLS{Config: new(tls.Config)}}, "tls://127.0.0.1:4711"},
		{server.Options{DontListen: true}, ""},
	} {
		if got := create(t, tt.opts).ClientURL(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	r := boot(t, server.Options{})
	if want := fmt.Sprintf("nats://127.0.0.1:%d", r.dial().RemoteAddr().(*net.TCPAddr).Port); r.ClientURL() != want {
		t.Errorf("of a random port: %s, want %s", r.ClientURL(), want)
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	a, b := create(t, server.Options{ServerName: "dunlin-1"}), create(t, server.Options{})
	if a.Name() != "dunlin-1" || b.Name() != b.ID() || a.ID() == b.ID() || !strings.HasPrefix(a.ID(), "N") {
		t.Errorf("names %s, %s; ids %s, %s", a.Name(), b.Name(), a.ID(), b.ID())
	}
}

func TestFilesTellWhereTheServerIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pid := filepath.Join(dir, "pid")
	r := boot(t, server.Options{Process: config.Process{PIDFile: pid, PortsFileDir: dir}})
	if got, err := os.ReadFile(pid); err != nil || string(got) != fmt.Sprint(os.Getpid()) {
		t.Errorf("pid file: %q, %v", got, err)
	}
	ports, err := filepath.Glob(filepath.Join(dir, fmt.Sprintf("*_%d.ports", os.Getpid())))
	if err != nil || len(ports) != 1 {
		t.Fatalf("ports files: %v, %v", ports, err)
	}
	want := fmt.Sprintf(`{"nats":["%s"]}`, r.ClientURL())
	if got, err := os.ReadFile(ports[0]); err != nil || string(got) != want {
		t.Errorf("ports file: %s, %v; want %s", got, err, want)
	}
	r.Shutdown()
	if _, err := os.Stat(ports[0]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the ports file is still there: %v", err)
	}
	if _, err := os.Stat(pid); err != nil {
		t.Errorf("the pid file is gone: %v", err)
	}
}

func TestRunFailsWithoutItsPIDFile(t *testing.T) {
	t.Parallel()
	gone := filepath.Join(t.TempDir(), "gone", "x")
	r := create(t, server.Options{Process: config.Process{PIDFile: gone}})
	err := r.Run(context.Background())
	if want := "Could not write pidfile: open " + gone + ": "; !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	if r.log.has("Listening for client connections") || !r.log.has("Could not write pidfile") {
		t.Errorf("logged %q", r.log.all())
	}
	if nc, err := r.InProcessConn(); !errors.Is(err, server.ErrNotRunning) {
		t.Errorf("a server that failed gives a connection: %v, %v", nc, err)
	}
	if err := r.Reload(server.Options{}); !errors.Is(err, server.ErrNotRunning) {
		t.Errorf("a server that failed is reloaded: %v", err)
	}
}

// A ports file is for others, who may or may not be there.
func TestRunGoesOnWithoutItsPortsFile(t *testing.T) {
	t.Parallel()
	gone := filepath.Join(t.TempDir(), "gone")
	r := boot(t, server.Options{Process: config.Process{PortsFileDir: gone}})
	r.dial().quiet()
	r.Shutdown()
	for _, want := range []string{"ERROR Error writing ports file (" + gone, "ERROR Error cleaning up ports file " + gone} {
		if !r.log.has(want) {
			t.Errorf("logged %q, want %q", r.log.all(), want)
		}
	}
}

func TestReloadAfterTheEnd(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log")
	r := boot(t, server.Options{File: "x.conf"})
	opts := r.changed(func(o *server.Options) { o.Log.Handler, o.Log.File = nil, file })
	r.Shutdown()
	if err := r.ReloadFrom(func() (*server.Options, error) { return &opts, nil }); !errors.Is(err, server.ErrNotRunning) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a log file is open again: %v", err)
	}
}
