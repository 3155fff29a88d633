package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plainListener and tlsListener are websocket blocks with more in them.
func plainListener(more string) string { return `websocket {port: 8080, no_tls: true, ` + more + `}` }

func tlsListener(more string) string {
	return `websocket {port: 8080, tls {cert_file: "a.pem", key_file: "a-key.pem", ` + more + `}}`
}

// everyWebSocketOption has a value other than the default for each row of the
// block that is built, and what a reload that brings it says.
var everyWebSocketOption = []struct{ option, value, reload string }{
	{"listen", `"127.0.0.1:8080"`, "config reload not supported for Websocket host: old=0.0.0.0, new=127.0.0.1"},
	{"host", `"127.0.0.1"`, "config reload not supported for Websocket host: old=0.0.0.0, new=127.0.0.1"},
	{"port", `8081`, "config reload not supported for Websocket port: old=8080, new=8081"},
	{"advertise", `"a.example:443"`, "Reloaded: websocket advertise = a.example:443"},
	{"no_tls", `false`, "Reloaded: websocket no_tls = false"},
	{"tls", `{}`, "config reload not supported for Websocket TLS: old=disabled, new=enabled"},
	{"same_origin", `true`, "Reloaded: websocket same_origin = true"},
	{"allowed_origins", `["http://a", "http://b"]`, `Reloaded: websocket allowed_origins = ["http://a" "http://b"]`},
	{"handshake_timeout", `"5s"`, "Reloaded: websocket handshake_timeout = 5s"},
	{"max_handshake_bytes", `8KB`, "Reloaded: websocket max_handshake_bytes = 8192"},
	{"compression", `true`, "Reloaded: websocket compression = true"},
	{"headers", `{A: hush}`, "Reloaded: websocket headers"},
	{"ping_interval", `"30s"`, "Reloaded: websocket ping_interval = 30s"},
	{"jwt_cookie", `j`, "Reloaded: websocket jwt_cookie = j"},
	{"user_cookie", `u`, "Reloaded: websocket user_cookie = u"},
	{"pass_cookie", `p`, "Reloaded: websocket pass_cookie = p"},
	{"token_cookie", `t`, "Reloaded: websocket token_cookie = t"},
	{"authorization", `{user: a, password: secret}`, "Reloaded: websocket authorization"},
	{"no_auth_user", `bob`, "Reloaded: websocket no_auth_user = bob"},
	{"path", `"/nats"`, `Reloaded: websocket path = ["/nats"]`},
	{"health_path", `false`, "Reloaded: websocket health_path = off"},
	{"trusted_proxies", `["10.0.0.0/8", "::1"]`, "Reloaded: websocket trusted_proxies = [10.0.0.0/8 ::1/128]"},
}

func TestReloadOfEveryWebSocketOption(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, tt := range everyWebSocketOption {
		tried[tt.option] = true
		t.Run(tt.option, func(t *testing.T) {
			t.Parallel()
			text := plainListener(tt.option + ": " + tt.value)
			if diff := cmp.Diff(tt.reload, reloadText(mustParse(t, plainListener("")), mustParse(t, text))); diff != "" {
				t.Error(diff)
			}
			if got := reloadText(mustParse(t, text), mustParse(t, text)); got != "" {
				t.Errorf("reload of the same file: %s", got)
			}
			for _, alias := range webSocketBlock.rows[tt.option].Aliases {
				same := mustParse(t, plainListener(alias+": "+tt.value))
				if diff := cmp.Diff(mustParse(t, text).WebSocket, same.WebSocket, comparePrefixes); diff != "" {
					t.Errorf("%s: %s", alias, diff)
				}
			}
		})
	}
	for i := range webSocketBlock.Options {
		if row := &webSocketBlock.Options[i]; row.Feature.Built() && !tried[row.Name] {
			t.Errorf("%s is not in the test", row.Name)
		}
	}
}

func TestReloadOfWebSocket(t *testing.T) {
	t.Parallel()
	const off = "port: 4222"
	pin := `pinned_certs: ["` + strings.Repeat("0", 64) + `"]`
	tests := []struct{ name, old, new, want string }{
		{"switched on", off, plainListener(`origin: "http://a"`), "config reload not supported for Websocket port: old=0, new=8080"},
		{"switched off", plainListener(""), off, "config reload not supported for Websocket port: old=8080, new=0"},
		{"random port where there was none", off, `ws {port: -1}`, "config reload not supported for Websocket port: old=0, new=-1"},
		{"a block without a port", off, `websocket {no_tls: true, host: "127.0.0.1", origin: "http://a"}`, ""},
		{"random port keeps the port", plainListener(""), plainListener("port: -1"), ""},
		{"random port both times", plainListener("port: -1"), plainListener("port: -1"), ""},
		{"pings follow those of the server", plainListener(""), `ping_interval: "7s", ` + plainListener(""),
			"Reloaded: ping_interval = 7s\nReloaded: websocket ping_interval = 7s"},
		{"pings of a listener that is off", off, `ping_interval: "7s"`, "Reloaded: ping_interval = 7s"},
		{"pings of their own", plainListener(`ping_interval: "5s"`), `ping_interval: "7s", ` + plainListener(`ping_interval: "5s"`),
			"Reloaded: ping_interval = 7s"},
		{"headers gone", plainListener("headers {A: b}"), plainListener("headers {}"), "Reloaded: websocket headers"},
		{"no headers", plainListener(""), plainListener("headers {}"), ""},
		{"several, in the order of the table", plainListener(""), plainListener(`path: "/a", compression: true, same_origin: true`),
			"Reloaded: websocket same_origin = true\nReloaded: websocket compression = true\n" + `Reloaded: websocket path = ["/a"]`},
		{"one that needs a restart refuses all", plainListener(""), "debug: true, " + plainListener("compression: true, host: x"),
			"config reload not supported for Websocket host: old=0.0.0.0, new=x"},

		{"certificate", tlsListener(""), `websocket {port: 8080, tls {cert_file: "b.pem", key_file: "b-key.pem"}}`,
			"Reloaded: websocket tls = enabled"},
		{"verify", tlsListener(""), tlsListener("verify: true"), "Reloaded: websocket tls = enabled"},
		{"pins", tlsListener(""), tlsListener(pin), "Reloaded: 1 websocket pinned_certs"},
		{"what means nothing here", tlsListener(""), tlsListener("timeout: 5, handshake_first: auto"), ""},
		{"tls gone", tlsListener(""), plainListener(""), "config reload not supported for Websocket TLS: old=enabled, new=disabled"},
		{"mapping of certificates", tlsListener("verify: true"), tlsListener("verify_and_map: true"),
			"config reload not supported for Websocket TLSMap: old=false, new=true"},
		{"rate limit", tlsListener(""), tlsListener("connection_rate_limit: 5"),
			"config reload not supported for Websocket TLSRateLimit: old=0, new=5"},
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

func TestWebSocketChangesAreNamed(t *testing.T) {
	t.Parallel()
	changes, err := Diff(mustParse(t, tlsListener("")), mustParse(t, strings.Replace(tlsListener("verify: true"), "tls", "advertise: a, tls", 1)))
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{
		{Name: "websocket advertise", Old: "", New: "a"},
		{Name: "websocket tls", Old: "enabled", New: "enabled"},
	}
	if diff := cmp.Diff(want, changes, cmp.AllowUnexported(Change{})); diff != "" {
		t.Error(diff)
	}
}

func TestWebSocketHeadersAreNotShown(t *testing.T) {
	t.Parallel()
	o := mustParse(t, plainListener("headers {A: hush}"))
	for _, s := range o.Settings() {
		if strings.Contains(s.Value, "hush") {
			t.Errorf("%s shows %s", s.Name, s.Value)
		}
		if s.Name == "websocket" && s.Value != "enabled" {
			t.Errorf("websocket is %s", s.Value)
		}
	}
	changes, err := Diff(mustParse(t, plainListener("")), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := changes[0]; strings.Contains(got.Old+got.New+got.String(), "hush") {
		t.Errorf("the change shows the value: %+v", got)
	}
}
