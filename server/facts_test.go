package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
)

// watched are options for a server with a monitoring port.
func watched(opts server.Options) server.Options {
	opts.Monitor.HTTPPort = -1
	return opts
}

// totals are the counters of varz.
type totals struct {
	Connections      int    `json:"connections"`
	TotalConnections uint64 `json:"total_connections"`
	Subscriptions    int    `json:"subscriptions"`
	InMsgs           uint64 `json:"in_msgs"`
	InBytes          uint64 `json:"in_bytes"`
	OutMsgs          uint64 `json:"out_msgs"`
	OutBytes         uint64 `json:"out_bytes"`
	InClientMsgs     uint64 `json:"in_client_msgs"`
	InClientBytes    uint64 `json:"in_client_bytes"`
	OutClientMsgs    uint64 `json:"out_client_msgs"`
	OutClientBytes   uint64 `json:"out_client_bytes"`
}

// connection is what matters of an entry of connz.
type connection struct {
	ID       uint64   `json:"cid"`
	Reason   string   `json:"reason"`
	InMsgs   uint64   `json:"in_msgs"`
	InBytes  uint64   `json:"in_bytes"`
	OutMsgs  uint64   `json:"out_msgs"`
	OutBytes uint64   `json:"out_bytes"`
	NumSubs  int      `json:"subscriptions"`
	Subs     []listed `json:"subscriptions_list_detail"`
}

// listed is a subscription in a list.
type listed struct {
	Subject string `json:"subject"`
	Queue   string `json:"qgroup"`
	SID     string `json:"sid"`
	Msgs    uint64 `json:"msgs"`
}

type connections struct {
	Total       int          `json:"total"`
	Connections []connection `json:"connections"`
}

// TestKnownTrafficIsCounted sends three messages of 5, 0 and 14 (with a
// header of 14) bytes. Two subscriptions get the first, one the second, and
// nobody the third.
func TestKnownTrafficIsCounted(t *testing.T) {
	t.Parallel()
	r := boot(t, watched(server.Options{NoSystemAccount: true})) // with no subscriptions of its own
	to := r.dial()
	to.send(`CONNECT {"verbose":false,"pedantic":false,"protocol":1,"headers":true,"name":"to"}`, "PING")
	to.expect("PONG", "INFO")
	to.send("SUB a.* 1", "SUB a.> q 2", "UNSUB 2 1", "PING")
	to.expect("PONG")
	from := r.dial()
	from.send(`CONNECT {"verbose":false,"pedantic":false,"protocol":1,"headers":true,"name":"from"}`, "PING")
	from.expect("PONG", "INFO")
	from.send("PUB a.b 5", "hello", "PUB a.b 0", "", "HPUB x 14 14", "NATS/1.0\r\n\r\n\r\n", "PING")
	from.expect("PONG")
	for range 3 { // two for the first message and one for the second, in any order
		if line := to.line(); !strings.HasPrefix(line, "MSG a.b ") {
			t.Fatalf("read %q", line)
		}
		to.line()
	}

	want := totals{
		Connections: 2, TotalConnections: 2, Subscriptions: 1,
		InMsgs: 3, InBytes: 19, OutMsgs: 3, OutBytes: 10, InClientMsgs: 3, InClientBytes: 19, OutClientMsgs: 3, OutClientBytes: 10,
	}
	if diff := cmp.Diff(want, page[totals](r, "/varz")); diff != "" {
		t.Errorf("varz: -want +got:\n%s", diff)
	}
	receiver := connection{
		ID: 1, OutMsgs: 3, OutBytes: 10, NumSubs: 1, Subs: []listed{{Subject: "a.*", SID: "1", Msgs: 2}},
	}
	sender := connection{ID: 2, InMsgs: 3, InBytes: 19}
	if diff := cmp.Diff(connections{2, []connection{receiver, sender}}, page[connections](r, "/connz?subs=detail")); diff != "" {
		t.Errorf("connz: -want +got:\n%s", diff)
	}

	from.Close()
	sender.Reason = "Client Closed"
	closed := eventually(r, "/connz?state=closed", func(c connections) bool { return c.Total == 1 })
	if diff := cmp.Diff(connections{1, []connection{sender}}, closed); diff != "" {
		t.Errorf("closed: -want +got:\n%s", diff)
	}
	want.Connections = 1 // and nothing that was counted is lost
	if diff := cmp.Diff(want, page[totals](r, "/varz")); diff != "" {
		t.Errorf("varz: -want +got:\n%s", diff)
	}
}

// eventually asks for a document until it is as it should be, or for a while.
func eventually[T any](r *instance, path string, good func(T) bool) T {
	r.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	doc := page[T](r, path)
	for end := time.Now().Add(wait); !good(doc) && time.Now().Before(end); <-tick.C {
		doc = page[T](r, path)
	}
	return doc
}

// everything are the pages that show what clients say of themselves.
var everything = []string{
	"/", "/varz", "/connz?auth=1&subs=detail", "/connz?auth=1&subs=1&state=all", "/subsz?subs=1", "/accountz", "/accountz?acc=$G",
	"/accstatz?unused=1", "/healthz?details=1", "/debug/vars",
}

func TestSecretsOfClientsAreNotShown(t *testing.T) {
	t.Parallel()
	r := boot(t, watched(server.Options{}))
	for _, connect := range []string{
		`{"user":"ann","pass":"SECRET1","verbose":false}`, `{"auth_token":"SECRET2","verbose":false}`,
		`{"nkey":"UKEY","sig":"SECRET3","verbose":false}`, `{"jwt":"SECRET4","sig":"SECRET5","verbose":false}`,
	} {
		open, gone := r.dial(), r.dial()
		for _, c := range []*client{open, gone} {
			c.send("CONNECT "+connect, "PING")
			for line := c.line(); line != "PONG"; line = c.line() {
				if strings.HasPrefix(line, "-ERR") {
					t.Fatalf("%s: %s", connect, line)
				}
			}
		}
		gone.Close()
	}
	eventually(r, "/connz?state=closed", func(c connections) bool { return c.Total == 4 })
	all := ""
	for _, path := range everything {
		all += r.monitored(path)
	}
	if i := strings.Index(all, "SECRET"); i >= 0 {
		t.Errorf("a secret is shown: %.200s", all[max(i-100, 0):])
	}
	for _, public := range []string{`"authorized_user": "ann"`, `"authorized_user": "[REDACTED]"`, `"authorized_user": "UKEY"`} {
		if strings.Count(all, public) < 2 {
			t.Errorf("not shown: %s", public)
		}
	}
}

// Whatever a client calls itself, it stays a value.
func TestWhatClientsSayStaysAValue(t *testing.T) {
	t.Parallel()
	nasty := "</script><img src=x>\"}],\n\u2028\x00\ufffd\\"
	r := boot(t, watched(server.Options{ServerName: "a<b>&c"}))
	connect, err := json.Marshal(map[string]any{
		"verbose": false, "name": nasty, "lang": nasty, "version": nasty, "user": nasty, "protocol": 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	c := r.dial()
	c.send("CONNECT "+string(connect), `SUB <b>"\{}.> "q" <"sid">`, "PING")
	c.expect("PONG", "INFO")
	for _, path := range everything {
		got := r.monitored(path)
		if strings.Contains(got, "<img") || strings.Contains(got, "a<b>") {
			t.Errorf("%s: what a client says is taken for HTML:\n%s", path, got)
		}
		if path != "/" && !json.Valid([]byte(got)) {
			t.Errorf("%s: not JSON:\n%s", path, got)
		}
	}
	type who struct {
		Name    string   `json:"name"`
		Lang    string   `json:"lang"`
		Version string   `json:"version"`
		User    string   `json:"authorized_user"`
		Subs    []listed `json:"subscriptions_list_detail"`
	}
	got := page[struct {
		Connections []who `json:"connections"`
	}](r, "/connz?auth=1&subs=detail")
	want := who{nasty, nasty, nasty, nasty, []listed{{`<b>"\{}.>`, `"q"`, `<"sid">`, 0}}}
	if diff := cmp.Diff([]who{want}, got.Connections); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestConfiguredFactsAreShown(t *testing.T) {
	t.Parallel()
	opts := watched(server.Options{
		ServerName: "east", ServerTags: []string{"a:b"}, ServerMetadata: map[string]string{"k": "v"},
		FeatureFlags: map[string]bool{"js_ack_fc_v2": true, "js_raft_delete_range": false, "unheard_of": true},
		Limits:       config.Limits{MaxConnections: 7, MaxControlLine: 512, MaxPayload: 1024, MaxPending: 2048, MaxSubscriptions: 9},
		Liveness: config.Liveness{
			PingInterval: time.Minute, PingMax: 3, WriteDeadline: time.Second, WriteTimeout: config.WriteTimeoutRetry,
		},
		Mappings: []config.Mapping{{Source: "a.*", Dests: []config.MappingDest{{Subject: "b.$1", Weight: 100}}}},
	})
	r := boot(t, opts)
	got := page[map[string]any](r, "/varz")
	want := map[string]any{
		"server_id": r.ID(), "server_name": "east", "version": server.ReferenceVersion, "dunlin_version": server.Version(),
		"tags": []any{"a:b"}, "metadata": map[string]any{"k": "v"}, "max_connections": 7.0, "max_control_line": 512.0,
		"max_payload": 1024.0, "max_pending": 2048.0, "max_subscriptions": 9.0, "ping_interval": 60e9, "ping_max": 3.0,
		"write_deadline": 1e9, "write_timeout": "retry", "system_account": "$SYS", "http_host": "127.0.0.1",
		"feature_flags": map[string]any{
			"js_ack_fc_v2": true, "js_api_reply_v2": false, "js_raft_delete_range": false, "js_snapshot_sources": false,
		},
	}
	shown := make(map[string]any)
	for name := range want {
		shown[name] = got[name]
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, line := range []string{
		"INFO     Configured:    js_ack_fc_v2 (opt-in), js_raft_delete_range (opt-out)", "INFO     Unsupported:   unheard_of",
	} {
		if !r.log.has(line) {
			t.Errorf("not logged: %s", line)
		}
	}
	account := page[map[string]any](r, "/accountz?acc=$G")["account_detail"].(map[string]any)
	mappings := map[string]any{"a.*": []any{map[string]any{"subject": "b.$1", "weight": 100.0}}}
	if diff := cmp.Diff(any(mappings), account["mappings"]); diff != "" {
		t.Errorf("mappings: -want +got:\n%s", diff)
	}
}

func TestMonitoringFollowsAReload(t *testing.T) {
	t.Parallel()
	r := boot(t, watched(server.Options{}))
	type facts struct {
		MaxPayload int       `json:"max_payload"`
		HTTPPort   int       `json:"http_port"`
		Loaded     time.Time `json:"config_load_time"`
	}
	before := page[facts](r, "/varz")
	r.reload(func(o *server.Options) { o.Limits.MaxPayload = 77 })
	after := page[facts](r, "/varz")
	if !after.Loaded.After(before.Loaded) {
		t.Errorf("loaded at %v, and again at %v", before.Loaded, after.Loaded)
	}
	want := facts{MaxPayload: 77, HTTPPort: before.HTTPPort, Loaded: after.Loaded}
	if diff := cmp.Diff(want, after); diff != "" || after.HTTPPort <= 0 {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Pages are asked for while everything changes; the race detector looks on.
func TestMonitoringUnderTraffic(t *testing.T) {
	t.Parallel()
	r := boot(t, watched(server.Options{}))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 20 {
			c := r.dial().quiet()
			c.send("SUB a.> 1", "PUB a.b 1", "x")
			c.expect("MSG a.b 1 1", "x")
			c.Close()
		}
	}()
	for busy := true; busy; {
		select {
		case <-done:
			busy = false
		default:
		}
		for _, path := range everything {
			if status, body := visit(t, "http://"+r.MonitorAddr()+path); status != http.StatusOK {
				t.Errorf("%s: status %d: %s", path, status, body)
			}
		}
	}
}
