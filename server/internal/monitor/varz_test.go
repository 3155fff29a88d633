package monitor

import (
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestVarz(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{
			identity: Identity{ID: "NID", Name: "east", Version: "2.15.2", Dunlin: "v0.1.0", Started: time.Now()},
			settings: Settings{
				Host: "127.0.0.1", Port: 4222, TLSRequired: true, TLSVerify: true,
				MaxConnections: 65536, MaxSubscriptions: 7, PingInterval: 2 * time.Minute, PingMax: 2,
				HTTPHost: "127.0.0.1", HTTPPort: 8222, HTTPBasePath: "/mon", AuthTimeout: 3, TLSTimeout: 2,
				MaxControlLine: 4096, MaxPayload: 1 << 20, MaxPending: 64 << 20,
				WriteDeadline: 10 * time.Second, WriteTimeout: "close",
				Configuration: Configuration{
					Loaded: time.Now(), Digest: "sha256:00", Tags: []string{"az:1"},
					Metadata: map[string]string{"rack": "<1>"}, FeatureFlags: map[string]bool{"f": true},
					SystemAccount: "$SYS",
				},
				TLSCertNotAfter: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
			},
			counters: Counters{
				Connections: 2, TotalConnections: 5, SlowConsumers: 3, StaleConnections: 4, StalledClients: 6,
				Subscriptions: 8, Received: Traffic{10, 100}, Sent: Traffic{20, 200},
			},
		}
		m := monitorOf(f)
		time.Sleep(26*time.Hour + 61*time.Second)
		get(t, m, "/connz")
		got := body(t, m, "/varz")
		for field, stable := range map[string]string{"mem": "1", "cores": "2", "gomaxprocs": "2", "cpu": "0"} {
			got = regexp.MustCompile(`"`+field+`": [0-9.]+`).ReplaceAllString(got, `"`+field+`": `+stable)
		}
		want := strings.ReplaceAll(varzGolden, "GOVERSION", runtime.Version())
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

const varzGolden = `{
  "server_id": "NID",
  "server_name": "east",
  "version": "2.15.2",
  "dunlin_version": "v0.1.0",
  "proto": 1,
  "go": "GOVERSION",
  "host": "127.0.0.1",
  "port": 4222,
  "tls_required": true,
  "tls_verify": true,
  "max_connections": 65536,
  "max_subscriptions": 7,
  "ping_interval": 120000000000,
  "ping_max": 2,
  "http_host": "127.0.0.1",
  "http_port": 8222,
  "http_base_path": "/mon",
  "https_port": 0,
  "auth_timeout": 3,
  "max_control_line": 4096,
  "max_payload": 1048576,
  "max_pending": 67108864,
  "cluster": {},
  "gateway": {},
  "leaf": {},
  "mqtt": {},
  "websocket": {},
  "jetstream": {},
  "tls_timeout": 2,
  "write_deadline": 10000000000,
  "write_timeout": "close",
  "start": "2000-01-01T00:00:00Z",
  "now": "2000-01-02T02:01:01Z",
  "uptime": "1d2h1m1s",
  "mem": 1,
  "cores": 2,
  "gomaxprocs": 2,
  "cpu": 0,
  "connections": 2,
  "total_connections": 5,
  "routes": 0,
  "remotes": 0,
  "leafnodes": 0,
  "in_msgs": 10,
  "in_bytes": 100,
  "in_client_msgs": 10,
  "in_client_bytes": 100,
  "out_msgs": 20,
  "out_bytes": 200,
  "out_client_msgs": 20,
  "out_client_bytes": 200,
  "slow_consumers": 3,
  "stale_connections": 4,
  "stalled_clients": 6,
  "subscriptions": 8,
  "http_req_stats": {
    "/connz": 1,
    "/varz": 1
  },
  "config_load_time": "2000-01-01T00:00:00Z",
  "config_digest": "sha256:00",
  "tags": [
    "az:1"
  ],
  "metadata": {
    "rack": "\u003c1\u003e"
  },
  "feature_flags": {
    "f": true
  },
  "system_account": "$SYS",
  "slow_consumer_stats": {
    "clients": 3,
    "routes": 0,
    "gateways": 0,
    "leafs": 0
  },
  "stale_connection_stats": {
    "clients": 4,
    "routes": 0,
    "gateways": 0,
    "leafs": 0
  },
  "disk_io_wait_stats": {
    "waiters": 0,
    "waits": 0,
    "wait_time": 0,
    "max_wait_time": 0
  },
  "tls_cert_not_after": "2030-01-01T00:00:00Z"
}`

func TestVarzLeavesOutWhatIsNotConfigured(t *testing.T) {
	t.Parallel()
	got := keys(t, body(t, monitorOf(&fake{}), "/varz"))
	if diff := cmp.Diff(plainVarzKeys, got); diff != "" {
		t.Error(diff)
	}
}

// plainVarzKeys are the fields of nats-server 2.15.2 without options, TLS and
// system account, with ours.
var plainVarzKeys = strings.Fields(`
	server_id server_name version dunlin_version proto go host port max_connections ping_interval ping_max
	http_host http_port http_base_path https_port auth_timeout max_control_line max_payload max_pending
	cluster gateway leaf mqtt websocket jetstream tls_timeout write_deadline start now uptime mem cores gomaxprocs
	cpu connections total_connections routes remotes leafnodes in_msgs in_bytes in_client_msgs in_client_bytes
	out_msgs out_bytes out_client_msgs out_client_bytes slow_consumers stale_connections stalled_clients
	subscriptions http_req_stats http_req_stats./varz config_load_time config_digest
	slow_consumer_stats slow_consumer_stats.clients slow_consumer_stats.routes slow_consumer_stats.gateways
	slow_consumer_stats.leafs stale_connection_stats stale_connection_stats.clients stale_connection_stats.routes
	stale_connection_stats.gateways stale_connection_stats.leafs disk_io_wait_stats disk_io_wait_stats.waiters
	disk_io_wait_stats.waits disk_io_wait_stats.wait_time disk_io_wait_stats.max_wait_time`)

func TestUsageIsThatOfTheLastWindow(t *testing.T) {
	t.Parallel()
	start := at("10:00:00")
	u := usage{}
	u.start(start)
	mem, early := u.look(start.Add(minWindow - 1))
	if mem <= 0 || early != 0 {
		t.Errorf("resident %d bytes, %v%% before the window is over", mem, early)
	}
	u.cpu -= 250 * time.Millisecond // as if that much had been used since
	if _, percent := u.look(start.Add(minWindow)); percent < 25 || percent > 10000 {
		t.Errorf("%v%%, want at least 25", percent)
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second:                      "0s",
		0:                                 "0s",
		999 * time.Millisecond:            "0s",
		59 * time.Second:                  "59s",
		time.Minute:                       "1m0s",
		4*time.Minute + 5*time.Second:     "4m5s",
		time.Hour:                         "1h0m0s",
		24 * time.Hour:                    "1d0h0m0s",
		49*time.Hour + 61*time.Second:     "2d1h1m1s",
		365*24*time.Hour + 30*time.Minute: "1y0d0h30m0s",
		800*24*time.Hour + 1*time.Second:  "2y70d0h0m1s",
	} {
		if got := duration(d); got != want {
			t.Errorf("%v: %s, want %s", time.Duration(d), got, want)
		}
	}
}
