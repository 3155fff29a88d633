package config

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStartWithWebSocket has every text in which the reference server says why
// it does not start with a listener, as it says it, in its order.
func TestStartWithWebSocket(t *testing.T) {
	t.Parallel()
	origin := func(inside string) string { return "unable to parse allowed origin" + inside }
	tests := []struct{ inside, want string }{
		{``, "websocket requires TLS configuration"},
		{`no_tls: true`, ""},
		{`tls {}`, ""},
		{`tls {}, no_tls: true`, ""},

		{`no_tls: true, origins: [foo]`, origin(`: parse "foo": invalid URI for request`)},
		{`no_tls: true, origins: [null]`, origin(`: parse "null": invalid URI for request`)},
		{`no_tls: true, origins: [""]`, origin(`: parse "": empty url`)},
		{`no_tls: true, origin: "/x"`,
			origin(` "/x": allowed origins must be absolute URLs with http or https scheme`)},
		{`no_tls: true, origin: "*"`,
			origin(` "*": allowed origins must be absolute URLs with http or https scheme`)},
		{`no_tls: true, origins: ["ftp://a"]`,
			origin(` "ftp://a": allowed origins must be absolute URLs with http or https scheme`)},
		{`no_tls: true, origins: ["http://"]`, origin(` "http://": host is required`)},
		{`no_tls: true, origins: ["http:a"]`, origin(` "http:a": host is required`)},
		{`no_tls: true, origins: ["http://a:b"]`, origin(`: parse "http://a:b": invalid port ":b" after host`)},
		{`no_tls: true, origins: ["http://a:1:2"]`, origin(`: parse "http://a:1:2": invalid port ":1:2" after host`)},
		{`no_tls: true, origins: ["http://::1"]`, origin(`: parse "http://::1": invalid port "::1" after host`)},
		{`no_tls: true, origins: ["http://[::1"]`, origin(`: parse "http://[::1": missing ']' in host`)},
		{`no_tls: true, origins: ["http://a b"]`, origin(`: parse "http://a b": invalid character " " in host name`)},
		{`no_tls: true, origins: ["http://a", "HTTPS://a:443", "http://[::1]:80", "http://a/path", "http://a:"]`, ""},

		{`no_tls: true, jwt_cookie: jwt`,
			`trusted operators or trusted keys configuration is required for JWT authentication via cookie "jwt"`},
		{`no_tls: true, user_cookie: u, pass_cookie: p, token_cookie: t`, ""},

		{`no_tls: true, headers {Host: x}`, `websocket: invalid header "Host" not allowed`},
		{`no_tls: true, headers {content-length: x}`, `websocket: invalid header "content-length" not allowed`},
		{`no_tls: true, headers {CONNECTION: x}`, `websocket: invalid header "CONNECTION" not allowed`},
		{`no_tls: true, headers {Upgrade: x}`, `websocket: invalid header "Upgrade" not allowed`},
		{`no_tls: true, headers {Nats-No-Masking: x}`, `websocket: invalid header "Nats-No-Masking" not allowed`},
		{`no_tls: true, headers {sec-websocket-foo: x}`,
			`websocket: invalid header "sec-websocket-foo", "Sec-WebSocket-" prefix not allowed`},
		{`no_tls: true, headers {Sec-WebSocket-: x}`,
			`websocket: invalid header "Sec-WebSocket-", "Sec-WebSocket-" prefix not allowed`},
		{`no_tls: true, headers {X-Frame-Options: DENY, Set-Cookie: "a=b", Empty: "", Tab: "a\tb"}`, ""},

		// These the reference server sends as they are.
		{`no_tls: true, headers {"X Y": x}`, `websocket: invalid header "X Y", not a name that a header can have`},
		{`no_tls: true, headers {"": x}`, `websocket: invalid header "", not a name that a header can have`},
		{`no_tls: true, headers {"a:b": x}`, `websocket: invalid header "a:b", not a name that a header can have`},
		{`no_tls: true, headers {A: "b\r\nSet-Cookie: c"}`,
			`websocket: invalid header "A", control characters not allowed in its value`},

		// All that is wrong is said; the reference server stops after the first line.
		{`origins: [foo, "http://a", bar], jwt_cookie: j, headers {Sec-WebSocket-X: a, host: b}`, strings.Join([]string{
			`websocket requires TLS configuration`,
			`unable to parse allowed origin: parse "foo": invalid URI for request`,
			`unable to parse allowed origin: parse "bar": invalid URI for request`,
			`trusted operators or trusted keys configuration is required for JWT authentication via cookie "j"`,
			`websocket: invalid header "Sec-WebSocket-X", "Sec-WebSocket-" prefix not allowed`,
			`websocket: invalid header "host" not allowed`,
		}, "\n")},
	}
	for _, tt := range tests {
		t.Run(tt.inside, func(t *testing.T) {
			t.Parallel()
			for _, port := range []string{"8080", "-1"} {
				got := mustParse(t, `websocket {port: `+port+`, `+tt.inside+`}`).Validate()
				if diff := cmp.Diff(tt.want, errorText(got)); diff != "" {
					t.Errorf("port %s: %s", port, diff)
				}
			}
			if err := mustParse(t, `websocket {`+tt.inside+`}`).Validate(); err != nil {
				t.Errorf("there is no listener, but: %v", err)
			}
		})
	}
}

// TestStartWithWebSocketBuiltInMemory is about values that no file can hold.
func TestStartWithWebSocketBuiltInMemory(t *testing.T) {
	t.Parallel()
	pins := func(list ...string) *TLS {
		loaded, err := TLS{PinnedCerts: map[string]struct{}{}}.Load()
		if err != nil {
			t.Fatal(err)
		}
		for _, pin := range list {
			loaded.PinnedCerts[pin] = struct{}{}
		}
		return loaded
	}
	const badPin = "websocket: error parsing 'pinned_certs' key %s does not look like lower case hex-encoded sha256 of DER encoded SubjectPublicKeyInfo"
	pinned := func(pin string) string { return strings.Replace(badPin, "%s", pin, 1) }
	good, upper, long := strings.Repeat("ab", 32), strings.Repeat("AB", 32), strings.Repeat("ab", 33)
	tests := []struct {
		name string
		w    WebSocket
		want string
	}{
		{"pins", WebSocket{Port: 1, TLS: pins(good)}, ""},
		{"bad pins, sorted", WebSocket{Port: 1, TLS: pins("zz", upper, long, good)},
			pinned(upper) + "\n" + pinned(long) + "\n" + pinned("zz")},
		{"tls that was not loaded", WebSocket{Port: 1, TLS: &TLS{}}, "websocket: TLS has no Config: use what its Load method returns"},
		{"tls that was not loaded, of no listener", WebSocket{TLS: &TLS{}}, ""},
		{"port", WebSocket{Port: 70000, NoTLS: true}, "websocket: port value is too big: 70000, the maximum is 65535"},
		{"negative port", WebSocket{Port: -2, NoTLS: true}, "websocket: port value is too small: -2, the minimum is -1"},
		{"timeout", WebSocket{Port: 1, NoTLS: true, HandshakeTimeout: -1}, "websocket: handshake_timeout can not be negative"},
		{"pings", WebSocket{Port: 1, NoTLS: true, PingInterval: -1}, "websocket: ping_interval can not be negative"},
		{"head", WebSocket{Port: 1, NoTLS: true, MaxHandshakeBytes: 1 << 30},
			"websocket: max_handshake_bytes value is too big: 1073741824, the maximum is 1048576"},
		{"path", WebSocket{Port: 1, NoTLS: true, Paths: []string{"/a", "b"}}, `websocket: path should begin with a slash, unlike "b"`},
		{"health path", WebSocket{Port: 1, NoTLS: true, HealthPath: "x"}, `websocket: health_path should begin with a slash, unlike "x"`},
		{"no health path", WebSocket{Port: 1, NoTLS: true, HealthPath: NoHealthPath}, ""},
		{"proxies", WebSocket{Port: 1, NoTLS: true, TrustedProxies: make([]netip.Prefix, 1)},
			"websocket: trusted_proxies holds a network that is none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, errorText((&Options{WebSocket: tt.w}).Validate())); diff != "" {
				t.Error(diff)
			}
		})
	}
}
