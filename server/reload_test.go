package server_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
)

// changed returns a copy of the options in force, changed by edit.
func (r *instance) changed(edit func(*server.Options)) server.Options {
	opts := *r.Options()
	edit(&opts)
	return opts
}

// reload puts the options in force with a change.
func (r *instance) reload(edit func(*server.Options)) {
	r.t.Helper()
	if err := r.Reload(r.changed(edit)); err != nil {
		r.t.Fatal(err)
	}
}

// document parses the INFO that a client was greeted with.
func (c *client) document() protocol.Info {
	c.t.Helper()
	var info protocol.Info
	if err := protocol.ParseInfo([]byte(strings.TrimPrefix(c.info, "INFO ")), &info); err != nil {
		c.t.Fatal(err)
	}
	return info
}

func mapping(from, to string) []config.Mapping {
	return []config.Mapping{{Source: from, Dests: []config.MappingDest{{Subject: to, Weight: 100}}}}
}

func TestReloadTakesEffect(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		before server.Options
		edit   func(*server.Options)
		// check is given a client from before the reload and one from after it.
		check func(r *instance, old, new *client)
		logs  string
	}{
		{
			name: "max_payload",
			edit: func(o *server.Options) { o.Limits.MaxPayload = 4 },
			check: func(r *instance, old, new *client) {
				if n := new.document().MaxPayload; n != 4 {
					r.t.Errorf("INFO says max_payload %d", n)
				}
				for _, c := range []*client{old, new} {
					c.send("PUB a 5")
					c.expect("-ERR 'Maximum Payload Violation'")
					c.closed()
				}
			},
			logs: "Reloaded: max_payload = 4",
		},
		{
			name: "max_control_line",
			edit: func(o *server.Options) { o.Limits.MaxControlLine = 100 },
			check: func(r *instance, old, _ *client) {
				old.send("SUB " + strings.Repeat("a", 110) + " 1")
				old.expect("-ERR 'maximum control line exceeded'")
				old.closed()
			},
			logs: "Reloaded: max_control_line = 100",
		},
		{
			name:   "mappings",
			before: server.Options{Mappings: mapping("x", "y")},
			edit:   func(o *server.Options) { o.Mappings = mapping("a", "b") },
			check: func(r *instance, old, new *client) {
				new.send("SUB > 1")
				new.barrier()
				old.send("PUB a 0", "", "PUB x 0", "")
				new.expect("MSG b 1 0", "", "MSG x 1 0", "")
			},
			logs: "Reloaded: mappings",
		},
		{
			name:   "mappings removed",
			before: server.Options{Mappings: mapping("a", "b")},
			edit:   func(o *server.Options) { o.Mappings = nil },
			check: func(r *instance, old, _ *client) {
				old.send("SUB > 1", "PUB a 0", "")
				old.expect("MSG a 1 0", "")
			},
		},
		{
			name: "client_advertise",
			edit: func(o *server.Options) { o.ClientAdvertise = "nats.example.com:99" },
			check: func(r *instance, _, new *client) {
				if i := new.document(); i.Host != "nats.example.com" || i.Port != 99 {
					r.t.Errorf("INFO says %s:%d", i.Host, i.Port)
				}
			},
			logs: "Reload: client_advertise = nats.example.com:99",
		},
		{
			name: "ping_interval",
			edit: func(o *server.Options) { o.Liveness.PingInterval = 20 * time.Millisecond },
			check: func(r *instance, _, new *client) {
				for range 2 {
					new.expect("PING")
					new.send("PONG")
				}
			},
			logs: "Reloaded: ping_interval = ",
		},
		{
			name: "trace",
			edit: func(o *server.Options) { o.Log.Trace = true },
			check: func(r *instance, old, _ *client) {
				old.send("SUB traced.subject 1")
				old.barrier()
				if !r.log.has("<<- [SUB traced.subject 1]") {
					r.t.Errorf("logged %q", r.log.all())
				}
			},
			logs: "Reloaded: trace = true",
		},
		{
			name:   "trace off",
			before: server.Options{Log: config.Log{Trace: true}},
			edit:   func(o *server.Options) { o.Log.Trace = false },
			check: func(r *instance, old, _ *client) {
				old.send("SUB traced.subject 1")
				old.barrier()
				if r.log.has("traced.subject") {
					r.t.Errorf("logged %q", r.log.all())
				}
			},
		},
		{
			name: "debug",
			edit: func(o *server.Options) { o.Log.Debug = true },
			check: func(r *instance, _, _ *client) {
				r.dial()
				if !r.log.has("DEBUG Client connection created") {
					r.t.Errorf("logged %q", r.log.all())
				}
			},
		},
		{
			name: "server_tags and metadata",
			edit: func(o *server.Options) {
				o.ServerTags, o.ServerMetadata = []string{"a"}, map[string]string{"b": "c"}
			},
			check: func(r *instance, _, _ *client) {
				if o := r.Options(); len(o.ServerTags) != 1 || o.ServerMetadata["b"] != "c" {
					r.t.Errorf("tags %v, metadata %v", o.ServerTags, o.ServerMetadata)
				}
			},
			logs: "Reloaded: tags",
		},
		{
			name:  "nothing",
			edit:  func(*server.Options) {},
			check: func(_ *instance, old, _ *client) { old.barrier() },
			logs:  "Reloaded server configuration (",
		},
		{
			name: "a random port stays",
			edit: func(o *server.Options) { o.Port = -1 },
			check: func(r *instance, old, new *client) {
				if r.Options().Port != r.Port() {
					r.t.Errorf("the options say port %d", r.Options().Port)
				}
				if new.RemoteAddr().String() != old.RemoteAddr().String() || new.document().Port != r.Port() {
					r.t.Errorf("the server is at %v and says %d", new.RemoteAddr(), new.document().Port)
				}
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := boot(t, tt.before)
			old := r.dial().quiet()
			r.reload(tt.edit)
			tt.check(r, old, r.dial().quiet())
			if !r.log.has(tt.logs) || !r.log.has("INFO Reloaded server configuration (") {
				t.Errorf("logged %q, want %q", r.log.all(), tt.logs)
			}
		})
	}
}

func TestReloadOfMaxConnections(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{})
	var clients []*client
	for range 5 {
		clients = append(clients, r.dial().quiet())
	}
	r.reload(func(o *server.Options) { o.Limits.MaxConnections = 2 })
	closed := 0
	for _, c := range clients {
		c.send("PING")
		switch line := c.line(); line {
		case "PONG":
		case "-ERR 'maximum connections exceeded'":
			closed++
		default:
			t.Errorf("read %q", line)
		}
	}
	if closed != 3 {
		t.Errorf("%d of 5 clients were closed, want 3", closed)
	}
	if !r.log.has("Closed 3 connections to fall within max_connections") {
		t.Errorf("logged %q", r.log.all())
	}
	r.dial().expect("-ERR 'maximum connections exceeded'")
	r.reload(func(o *server.Options) { o.Limits.MaxConnections = 10 })
	r.dial().quiet()
}

func TestReloadOfPIDFile(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{})
	pid := filepath.Join(t.TempDir(), "pid")
	r.reload(func(o *server.Options) { o.Process.PIDFile = pid })
	if got, err := os.ReadFile(pid); err != nil || string(got) != fmt.Sprint(os.Getpid()) {
		t.Errorf("pid file: %q, %v", got, err)
	}
	r.reload(func(o *server.Options) { o.Process.PIDFile = filepath.Join(t.TempDir(), "gone", "pid") })
	if !r.log.has("ERROR Failed to write pidfile: open ") {
		t.Errorf("logged %q", r.log.all())
	}
}

func TestReloadMovesTheLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	r := boot(t, server.Options{Log: config.Log{File: from}})
	r.reload(func(o *server.Options) { o.Log.File, o.Log.Debug = to, true })
	r.dial()
	r.Shutdown()
	for file, want := range map[string]string{
		from: "Server is ready", to: "Client connection created",
	} {
		other := map[string]string{from: "Client connection created", to: "Server is ready"}[file]
		if got, err := os.ReadFile(file); err != nil || !strings.Contains(string(got), want) || strings.Contains(string(got), other) {
			t.Errorf("%s: %s, %v", filepath.Base(file), got, err)
		}
	}
}

func TestReloadMovesThePortsFile(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), t.TempDir()
	r := boot(t, server.Options{Process: config.Process{PortsFileDir: from}})
	check := func(when string, want ...int) {
		t.Helper()
		for i, dir := range []string{from, to} {
			if files, err := os.ReadDir(dir); err != nil || len(files) != want[i] {
				t.Errorf("%s: %v, %v; want %d", when, files, err, want[i])
			}
		}
	}
	check("at first", 1, 0)
	r.reload(func(o *server.Options) { o.Process.PortsFileDir = to })
	check("after the reload", 0, 1)
	r.Shutdown()
	check("in the end", 0, 0)
}

func TestRefusedReloadChangesNothing(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{ServerName: "a", Log: config.Log{Trace: false}})
	c := r.dial().quiet()
	for _, tt := range []struct {
		want string
		edit func(*server.Options)
	}{
		{"config reload not supported for Host: old=127.0.0.1, new=127.0.0.2", func(o *server.Options) { o.Host = "127.0.0.2" }},
		{fmt.Sprintf("config reload not supported for Port: old=%d, new=4711", r.Port()), func(o *server.Options) { o.Port = 4711 }},
		{"config reload not supported for ServerName: old=a, new=b", func(o *server.Options) { o.ServerName = "b" }},
		{"config reload not supported for MaxPending: old=67108864, new=4096000", func(o *server.Options) { o.Limits.MaxPending = 4096000 }},
		{"config reload not supported for MaxSubs: ", func(o *server.Options) { o.Limits.MaxSubscriptions = 3 }},
		{"config reload not supported for NoHeaderSupport: old=false, new=true", func(o *server.Options) { o.NoHeaderSupport = true }},
		{"config reload not supported for LameDuckDuration: ", func(o *server.Options) { o.LameDuck.Duration = time.Hour }},
		{"config reload not supported for DontListen: old=false, new=true", func(o *server.Options) { o.DontListen = true }},
		{"max_payload (99) cannot be higher than max_pending (67108864)", func(o *server.Options) { o.Limits.MaxPayload = 99 << 20 }},
		{`Error adding mapping for "a"`, func(o *server.Options) { o.Mappings = mapping("a", "b..c") }},
		{"/nowhere/dunlin.log: no such file or directory", func(o *server.Options) { o.Log.Handler, o.Log.File = nil, "/nowhere/dunlin.log" }},
	} {
		before, lines := r.Options(), len(r.log.all())
		err := r.Reload(r.changed(func(o *server.Options) {
			o.Limits.MaxControlLine, o.Mappings, o.Log.Trace = 100, mapping("c", "d"), true // would be fine alone
			tt.edit(o)
		}))
		if err == nil || !strings.Contains(err.Error(), strings.Replace(tt.want, "(99)", fmt.Sprintf("(%d)", 99<<20), 1)) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
		if r.Options() != before {
			t.Errorf("%s: other options are in force", tt.want)
		}
		c.send("SUB "+strings.Repeat("a", 110)+" 1", "SUB c 2", "PUB c 0", "", "UNSUB 1", "UNSUB 2")
		c.expect("MSG c 2 0", "")
		c.barrier()
		if got := r.log.all()[lines:]; len(got) > 0 {
			t.Errorf("%s: logged %q", tt.want, got)
		}
	}
}

func TestReloadFrom(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, tt := range []struct {
		name string
		file string
		load func(*instance) (*server.Options, error)
		want error
		logs string
	}{
		{"no file", "", nil, server.ErrNoFile, "ERROR Failed to reload server configuration: " + server.ErrNoFile.Error()},
		{"unreadable", "x.conf", func(*instance) (*server.Options, error) { return nil, broken }, broken,
			"ERROR Failed to reload server configuration: broken"},
		{"changed", "x.conf", func(r *instance) (*server.Options, error) {
			o := r.changed(func(o *server.Options) { o.Limits.MaxPayload, o.Digest = 4, "sha256:new" })
			return &o, nil
		}, nil, "INFO Reloaded server configuration (sha256:new)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := boot(t, server.Options{File: tt.file})
			err := r.ReloadFrom(func() (*server.Options, error) { return tt.load(r) })
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if !r.log.has(tt.logs) {
				t.Errorf("logged %q, want %q", r.log.all(), tt.logs)
			}
			want := 1 << 20
			if tt.want == nil {
				want = 4
			}
			if diff := cmp.Diff(want, r.Options().Limits.MaxPayload); diff != "" {
				t.Errorf("max_payload, -want +got:\n%s", diff)
			}
			r.dial().quiet()
		})
	}
}
