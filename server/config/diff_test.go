package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReloadOfTLS(t *testing.T) {
	t.Parallel()
	const pair = `cert_file: "a.pem", key_file: "a-key.pem"`
	const pin = `pinned_certs: ["0000000000000000000000000000000000000000000000000000000000000000"]`
	block := func(inside string) string { return `tls {` + pair + inside + `}` }
	tests := []struct{ name, old, new, want string }{
		{"same", block(""), block(""), ""},
		{"off", block(""), "port: 4222", "Reloaded: tls = disabled"},
		{"on", "port: 4222", block(""), "Reloaded: tls = enabled"},
		{"on with a timeout", "port: 4222", block(", timeout: 5"), "Reloaded: tls = enabled\nReloaded: tls timeout = 5"},
		{"timeout", block(""), block(", timeout: 1.5"), "Reloaded: tls timeout = 1.5"},
		{"default timeout", block(""), block(", timeout: 2"), ""},
		{"handshake first", block(""), block(", handshake_first: true"), "Reloaded: Client TLS handshake first: true"},
		{"handshake first with fallback", block(""), block(", handshake_first: auto"),
			"Reloaded: Client TLS handshake first: true\nReloaded: Client TLS handshake first fallback delay: 50ms"},
		{"handshake first off", block(", handshake_first: 300ms"), block(""),
			"Reloaded: Client TLS handshake first: false\nReloaded: Client TLS handshake first fallback delay: 0s"},
		{"pinned", block(""), block(", " + pin), "Reloaded: 1 pinned_certs"},
		{"version", block(""), block(`, min_version: "1.3"`), "Reloaded: tls = enabled"},
		{"verify", block(""), block(`, verify: true`), "Reloaded: tls = enabled"},
		{"authorities", block(`, ca_file: "a.pem"`), block(`, ca_file: "b.pem"`), "Reloaded: tls = enabled"},
		{"no authorities", block(`, ca_file: "a.pem"`), block(``), "Reloaded: tls = enabled"},
		{"curves", block(""), block(`, curve_preferences: [X25519]`), "Reloaded: tls = enabled"},
		{"suites", block(""), block(`, cipher_suites: [TLS_AES_128_GCM_SHA256]`), "Reloaded: tls = enabled"},
		{"another certificate", block(""), `tls {cert_file: "b.pem", key_file: "b-key.pem"}`, "Reloaded: tls = enabled"},
		{"the same certificate in another place", block(""), `tls {certs: [{` + pair + `}]}`, ""},
		{"rate limit", block(""), block(", connection_rate_limit: 5"),
			"config reload not supported for TLSRateLimit: old=0, new=5"},
		{"rate limit gone with the block", block(", connection_rate_limit: 5"), "port: 4222",
			"config reload not supported for TLSRateLimit: old=5, new=0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, reloadText(mustParse(t, tt.old), mustParse(t, tt.new))); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("verify and map", func(t *testing.T) {
		t.Parallel()
		got := reloadText(&Options{TLS: &TLS{}}, &Options{TLS: &TLS{VerifyAndMap: true, RateLimit: 5}})
		if diff := cmp.Diff("config reload not supported for TLSMap: old=false, new=true", got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestReloadOfSeveralOptions(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, new, want string }{
		{"random port keeps the port", "port: 4333", "port: -1", ""},
		{"random port both times", "port: -1", "port: -1", ""},
		{"port after a random one", "port: -1", "port: 4333", "config reload not supported for Port: old=-1, new=4333"},
		{"random monitoring port both times", "http: -1", "http: -1", ""},
		{"monitoring port after a random one", "http: -1", "http: 8222",
			"config reload not supported for HTTPPort: old=-1, new=8222"},
		{"monitoring host", `http: "127.0.0.1:8222"`, `http: "0.0.0.0:8222"`,
			"config reload not supported for HTTPHost: old=127.0.0.1, new=0.0.0.0"},
		{"back to the default", "max_connections: 10", "port: 4222", "Reloaded: max_connections = 65536"},
		{"default written out", "port: 4222", "max_connections: 65536", ""},
		{"no connections", "port: 4222", "max_connections: 0", "Reloaded: max_connections = -1"},
		{"stalling again", "no_fast_producer_stall: true", "port: 4222", "Reloaded: fast producers will be stalled"},
		{"in the order of the table", "port: 4222", "debug: true, max_payload: 5000, client_advertise: x",
			"Reload: client_advertise = x\nReloaded: max_payload = 5000\nReloaded: debug = true"},
		{"one that needs a restart refuses all", "port: 4222", "debug: true, server_name: x",
			"config reload not supported for ServerName: old=, new=x"},
		{"tags that join to the same", "server_tags: [a, b]", `server_tags: ["a b"]`, "Reloaded: tags"},
		{"no tags", "server_tags: []", "port: 4222", ""},
		{"no mappings", "maps {}", "port: 4222", ""},
		{"order of mappings", "maps {a: b, c: d}", "maps {c: d, a: b}", "Reloaded: mappings"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, reloadText(mustParse(t, tt.old), mustParse(t, tt.new))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestChangeTellsBothValues(t *testing.T) {
	t.Parallel()
	got, err := Diff(&Options{}, &Options{Liveness: Liveness{PingInterval: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{{Name: "ping_interval", Old: "2m0s", New: "1s"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Change{})); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsAreHidden(t *testing.T) {
	t.Parallel()
	row := &Option{
		Name: "password", Secret: true, Reload: Live,
		bind: bind(stringKind, func(o *Options) *string { return &o.ServerName }),
	}
	changes, err := row.diff(&Options{ServerName: "old"}, &Options{ServerName: "new"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("Reloaded: password = [REDACTED]", changes[0].String()); diff != "" {
		t.Error(diff)
	}
	row.Reload, row.label = Fixed, "Password"
	_, err = row.diff(&Options{ServerName: "old"}, &Options{ServerName: "new"})
	want := "config reload not supported for Password: old=[REDACTED], new=[REDACTED]"
	if diff := cmp.Diff(want, errorText(err)); diff != "" {
		t.Error(diff)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, s := range mustParse(t, `port: 4333, ping_interval: "5s", server_tags: [a, b], tls {}, maps {a: b, c: {dest: d, weight: 5, cluster: X}}`).Settings() {
		got[s.Name] = s.Value
	}
	for name, want := range map[string]string{
		"host": "0.0.0.0", "port": "4333", "ping_interval": "5s", "server_tags": `["a" "b"]`, "tls": "enabled", "logtime": "true", "mappings": `"a": "b" 100%, "c": "d" 5% in "X"`,
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}
