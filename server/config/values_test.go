package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want Options
	}{
		{`listen: 4333`, Options{Port: 4333}},
		{`listen: ":4333"`, Options{Port: 4333}},
		{`listen: "[::1]:-1"`, Options{Host: "::1", Port: -1}},
		{`host: "1.2.3.4", listen: 4333`, Options{Host: "1.2.3.4", Port: 4333}},
		{`http: "127.0.0.1:8222"`, Options{Monitor: Monitor{Host: "127.0.0.1", HTTPPort: 8222}}},
		{`https: 8222`, Options{Monitor: Monitor{HTTPSPort: 8222}}},
		{`max_connections: 0`, Options{Limits: Limits{MaxConnections: -1}}},
		{`max_connections: -9223372036854775808`, Options{Limits: Limits{MaxConnections: -1}}},
		{`max_subs: -1`, Options{}},
		{`log_size_limit: -1`, Options{}},
		{`max_closed_clients: -1`, Options{Limits: Limits{MaxClosedClients: -1}}},
		{`max_payload: 1m`, Options{Limits: Limits{MaxPayload: 1000000}}},
		{`max_payload: 1MiB`, Options{Limits: Limits{MaxPayload: 1 << 20}}},
		{`max_pending: 10g`, Options{Limits: Limits{MaxPending: 10e9}}},
		{`ping_interval: "1m30s"`, Options{Liveness: Liveness{PingInterval: 90 * time.Second}}},
		{`ping_interval: 2m30s`, Options{Liveness: Liveness{PingInterval: 150 * time.Second}}},
		{`write_timeout: Retry`, Options{Liveness: Liveness{WriteTimeout: WriteTimeoutRetry}}},
		{`logtime: no`, Options{Log: Log{NoTime: true}}},
		{`log_format: JSON`, Options{Log: Log{JSON: true}}},
		{`server_tags: "A,b C"`, Options{ServerTags: []string{"a,b c"}}},
		{`server_tags: ["A:x", "b", "a:X", " "]`, Options{ServerTags: []string{"a:x", "b"}}},
		{`server_metadata {Zone: a, zone: b}`, Options{ServerMetadata: map[string]string{"Zone": "a", "zone": "b"}}},
		{`feature_flags {js_ack_fc_v2: on}`, Options{FeatureFlags: map[string]bool{"js_ack_fc_v2": true}}},
		{"port: 1\nPort: 2", Options{Port: 2}},
		{"port: 1\nlisten: \"a:2\"", Options{Host: "a", Port: 2}},
		{"{ port: 1 }", Options{Port: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(&tt.want, mustParse(t, tt.text), cmpopts.IgnoreFields(Options{}, "File", "Digest")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSecondsAreTakenWithAWarning(t *testing.T) {
	t.Parallel()
	o, warnings, err := parseText("ping_interval: 10")
	if err != nil {
		t.Fatal(err)
	}
	if o.Liveness.PingInterval != 10*time.Second || len(warnings) != 1 || !warnings[0].Warning {
		t.Errorf("got %s and %v", o.Liveness.PingInterval, warnings)
	}
}

// writeFile puts a configuration file into a directory of the test.
func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadNamesTheFileAndItsDigest(t *testing.T) {
	t.Parallel()
	path := writeFile(t, "c.conf", "port: 4333\n")
	o, warnings, err := Load(path)
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	// The digest that the reference server prints for this file.
	const digest = "sha256:5942f6739f1572892ba80b954eee212713f172258629e16936dfeeae8e2eb80d"
	if diff := cmp.Diff(&Options{Port: 4333, File: path, Digest: digest}, o); diff != "" {
		t.Error(diff)
	}
	if got, err := Check(path); err != nil || got != digest {
		t.Errorf("Check: %s, %v", got, err)
	}
}

func TestLoadFollowsIncludes(t *testing.T) {
	t.Parallel()
	path := writeFile(t, "c.conf", "port: 4333\ninclude \"limits.conf\"\n")
	included := filepath.Join(filepath.Dir(path), "limits.conf")
	if err := os.WriteFile(included, []byte("\nmax_payload: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := Load(path)
	if diff := cmp.Diff(included+":2:1: max_payload should be an integer, not a string", errorText(err)); diff != "" {
		t.Error(diff)
	}
}

func TestCheckFailsOnWarnings(t *testing.T) {
	t.Parallel()
	path := writeFile(t, "c.conf", "write_deadline: 5\n")
	_, err := Check(path)
	want := path + `:1:0: invalid use of field "write_deadline": write_deadline should be converted to a duration`
	if diff := cmp.Diff(want, errorText(err)); diff != "" {
		t.Error(diff)
	}
	if _, err := Check(writeFile(t, "empty.conf", "")); err == nil {
		t.Error("an empty file passes the check")
	}
	// Options that contradict each other are for the start to find.
	if _, err := Check(writeFile(t, "cross.conf", `lame_duck_grace_period: "500s"`)); err != nil {
		t.Error(err)
	}
}
