package server_test

import (
	"context"
	"crypto/tls"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
)

func TestStartIsLogged(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{
		ServerName: "dunlin-1", File: "x.conf", Digest: "sha256:abc",
		FeatureFlags: map[string]bool{"js_ack_fc_v2": true, "js_api_reply_v2": false, "js_raft_delete_range": false, "zz": true, "aa": false},
	})
	r.Shutdown()
	var got []string
	for _, line := range r.log.all() {
		got = append(got, strings.Replace(line, r.ClientURL()[len("nats://"):], "ADDRESS", 1))
	}
	want := []string{
		"INFO Starting dunlin",
		"INFO   Version:  " + server.Version() + " (compatible with nats-server " + server.ReferenceVersion + ")",
		"INFO   Name:     dunlin-1",
		"INFO   ID:       " + r.ID(),
		"INFO   Feature flags:",
		"INFO     Configured:    js_ack_fc_v2 (opt-in), js_api_reply_v2 (disabled), js_raft_delete_range (opt-out)",
		"INFO     Unsupported:   aa, zz",
		"INFO Using configuration file: x.conf (sha256:abc)",
		"INFO Listening for client connections on ADDRESS",
		"INFO Server is ready",
		"INFO Initiating Shutdown...",
		"INFO Server Exiting..",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFeatureFlagOnAsUsual(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{FeatureFlags: map[string]bool{"js_raft_delete_range": true}})
	if !r.log.has("    Configured:    js_raft_delete_range (enabled)") || r.log.has("Unsupported:") {
		t.Errorf("logged %q", r.log.all())
	}
}

func TestListenerIsLogged(t *testing.T) {
	t.Parallel()
	secure := func(first config.HandshakeFirst) *config.TLS {
		return &config.TLS{Config: new(tls.Config), HandshakeFirst: first}
	}
	const proxy, required, available = "INFO PROXY protocol enabled for client connections",
		"INFO TLS required for client connections", "INFO TLS available for client connections"
	const first = `WARN Clients that are not using "TLS Handshake First" option will fail to connect`
	for _, tt := range []struct {
		name string
		opts server.Options
		want []string
	}{
		{"plain", server.Options{}, nil},
		{"TLS", server.Options{TLS: secure(config.HandshakeFirst{}), ProxyProtocol: true}, []string{proxy, required}},
		{"TLS or not", server.Options{TLS: secure(config.HandshakeFirst{}), AllowNonTLS: true}, []string{available}},
		{"TLS first", server.Options{TLS: secure(config.HandshakeFirst{Enabled: true})}, []string{required, first}},
		{"TLS first, or later", server.Options{TLS: secure(config.HandshakeFirst{Enabled: true, Fallback: time.Second})}, []string{required}},
	} {
		r := boot(t, tt.opts)
		var got []string
		for _, line := range r.log.all() {
			if line == "INFO Server is ready" {
				break
			}
			if strings.HasPrefix(line, "INFO Listening for client connections on ") {
				got = []string{}
			} else if got != nil {
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(append([]string{}, tt.want...), got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
	}
}

func TestFeatureFlagsThatNobodyKnows(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{FeatureFlags: map[string]bool{"zz": true}})
	if !r.log.has("    Unsupported:   zz") || r.log.has("Configured:") {
		t.Errorf("logged %q", r.log.all())
	}
}

func TestLargePayloadsAreWarnedOf(t *testing.T) {
	t.Parallel()
	for size, warned := range map[int]bool{8 << 20: false, 8<<20 + 1: true} {
		r := boot(t, server.Options{Limits: config.Limits{MaxPayload: size}})
		if got := r.log.has("WARN Maximum payloads over 8.00 MB are generally discouraged"); got != warned {
			t.Errorf("max_payload %d: warned %v", size, got)
		}
	}
}

func TestHandlerGetsLinesAboutClients(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{Log: config.Log{Debug: true, Trace: true}})
	c := r.dial()
	from := c.LocalAddr().String()
	c.send("NONSENSE")
	c.expect("-ERR 'Unknown Protocol Operation'")
	c.closed()
	r.Shutdown()
	for _, want := range []string{
		"DEBUG Client connection created remote=" + from + " cid=1",
		"DEBUG-4 ->> [-ERR Unknown Protocol Operation] remote=" + from + " cid=1",
		"DEBUG Client connection closed: Protocol Violation remote=" + from + " cid=1",
	} {
		if !r.log.has(want) {
			t.Errorf("not logged: %s\nbut %q", want, r.log.all())
		}
	}
	if !r.log.has("ERROR ") {
		t.Errorf("the error is not logged as one: %q", r.log.all())
	}
}

func TestHandlerIsAskedForItsLevel(t *testing.T) {
	t.Parallel()
	log := &journal{minimum: slog.LevelWarn}
	r := create(t, server.Options{Limits: config.Limits{MaxPayload: 9 << 20}, Log: config.Log{Handler: log, Debug: true}}).run(context.Background())
	r.dial()
	r.Shutdown()
	if got := log.all(); len(got) != 1 || !strings.HasPrefix(got[0], "WARN ") {
		t.Errorf("logged %q", got)
	}
}

func TestNoLogMeansNone(t *testing.T) {
	t.Parallel()
	log := new(journal)
	boot(t, server.Options{Log: config.Log{Handler: log, NoLog: true, Debug: true}}).dial()
	if got := log.all(); len(got) > 0 {
		t.Errorf("logged %q", got)
	}
}

func TestReopenLog(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "dunlin.log")
	r := boot(t, server.Options{Log: config.Log{File: file}})
	if err := os.Rename(file, file+".1"); err != nil {
		t.Fatal(err)
	}
	r.ReopenLog()
	for name, want := range map[string]string{file + ".1": "Server is ready", file: "File log re-opened"} {
		if got, err := os.ReadFile(name); err != nil || !strings.Contains(string(got), "[INF] "+want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	plain := boot(t, server.Options{})
	plain.ReopenLog()
	if !plain.log.has("INFO File log re-open ignored, not a file logger") {
		t.Errorf("logged %q", plain.log.all())
	}
}

func TestSignalsAreLogged(t *testing.T) {
	t.Parallel()
	r := create(t, server.Options{})
	r.LogSignal(syscall.SIGTERM)
	if !r.log.has(`INFO Trapped "terminated" signal`) {
		t.Errorf("logged %q", r.log.all())
	}
}
