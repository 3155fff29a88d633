package config

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// comparePrefixes lets go-cmp compare networks.
var comparePrefixes = cmpopts.EquateComparable(netip.Prefix{})

func TestComplaintsAboutWebSocketBlock(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{`websocket {}`, ""},
		{`websocket: {}`, ""},
		{`WebSocket {}`, ""},
		{`websocket: []`, `Expected websocket to be a map, got []interface {}`},
		{`ws: 5`, `Expected websocket to be a map, got int64`},
		{`websocket: false`, `Expected websocket to be a map, got bool`},
		{`ws: ""`, `Expected websocket to be a map, got string`},
	}
	for _, tt := range tests {
		want := tt.want
		if want != "" {
			want = complaintsAt("1:0: " + want)
		}
		if diff := cmp.Diff(want, complaints(tt.text)); diff != "" {
			t.Errorf("%s: %s", tt.text, diff)
		}
	}
}

func TestComplaintsAboutWebSocket(t *testing.T) {
	t.Parallel()
	const badPath = ` should be a path as it stands in a URL, unlike `
	tests := []struct{ inside, want string }{
		{`listen: []`, `1:11: expected port or host:port, got []interface {}`},
		{`listen: 1.5`, `1:11: expected port or host:port, got float64`},
		{`listen: "abc"`, `1:11: could not parse address string "abc"`},
		{`listen: "a:b"`, `1:11: could not parse port "b"`},
		{`listen: "a:65536"`, `1:11: invalid port 65536: it should be between 0 and 65535, or -1 for a random one`},
		{`port: "abc"`, `1:11: port should be an integer, not a string`},
		{`port: 65536`, `1:11: port value is too big: 65536, the maximum is 65535`},
		{`port: -2`, `1:11: port value is too small: -2, the minimum is -1`},
		{`host: 5`, `1:11: host should be a string, not an integer`},
		{`net: true`, `1:11: net should be a string, not a boolean`},
		{`advertise: 5`, `1:11: advertise should be a string, not an integer`},
		{`no_tls: 5`, `1:11: no_tls should be true or false, not an integer`},

		{`tls {}`, ""},
		{`tls: 5`, `1:11: tls should be a map, not an integer`},
		{`tls {foo: 1}`, `1:16: error parsing tls config, unknown field "foo"`},
		{`tls {cert_file: "a.pem"}`, `1:11: missing 'key_file' in TLS configuration`},
		{`tls {cert_file: "no", key_file: "no"}`,
			`1:11: error parsing X509 certificate/key pair: open no: no such file or directory`},
		{`tls {pinned_certs: [zz]}`,
			`1:31: error parsing tls config, 'pinned_certs' key zz does not look like hex-encoded sha256 of DER encoded SubjectPublicKeyInfo`},

		{`same_origin: "x"`, `1:11: same_origin should be true or false, not a string`},
		{`allowed_origins: 5`, `1:11: error parsing allowed origins: unsupported type int64`},
		{`origin: {}`, `1:11: error parsing allowed origins: unsupported type map[string]interface {}`},
		{`origins: [5, true]`, "1:21: error parsing allowed origins: unsupported type in array int64\n" +
			"1:24: error parsing allowed origins: unsupported type in array bool"},
		{`origins: [foo]`, ""}, // the start finds it

		{`handshake_timeout: true`, `1:11: error parsing handshake timeout: unsupported type bool`},
		{`handshake_timeout: 1.5`, `1:11: error parsing handshake timeout: unsupported type float64`},
		{`handshake_timeout: []`, `1:11: error parsing handshake timeout: unsupported type []interface {}`},
		{`handshake_timeout: "abc"`, `1:11: error parsing handshake timeout: time: invalid duration "abc"`},
		{`handshake_timeout: -5`, `1:11: handshake_timeout can not be negative`},
		{`handshake_timeout: "-1ms"`, `1:11: handshake_timeout can not be negative`},
		{`handshake_timeout: 9223372037`, `1:11: handshake_timeout value is too big: 9223372037 seconds`},
		{`max_handshake_bytes: 1023`, `1:11: max_handshake_bytes value is too small: 1023, the minimum is 1024`},
		{`max_handshake_bytes: 0`, `1:11: max_handshake_bytes value is too small: 0, the minimum is 1024`},
		{`max_handshake_bytes: 2MB`, `1:11: max_handshake_bytes value is too big: 2097152, the maximum is 1048576`},
		{`max_handshake_bytes: "1KB"`, `1:11: max_handshake_bytes should be an integer, not a string`},
		{`compress: 5`, `1:11: compress should be true or false, not an integer`},
		{`headers: 1`, `1:11: error parsing headers: unsupported type int64`},
		{`headers: []`, `1:11: error parsing headers: unsupported type []interface {}`},
		{`headers {a: 1, b: x, c: []}`, "1:20: error parsing header key a: unsupported type int64\n" +
			"1:32: error parsing header key c: unsupported type []interface {}"},
		{`headers {Host: x}`, ""}, // the start finds it

		{`ping_interval: "x"`, `1:11: error parsing ping_interval: time: invalid duration "x"`},
		{`ping_interval: true`, `1:11: ping_interval should be a duration such as "2m", not a boolean`},
		{`ping_interval: "-5s"`, `1:11: ping_interval can not be negative`},

		{`jwt_cookie: 1`, `1:11: jwt_cookie should be a string, not an integer`},
		{`user_cookie: 1`, `1:11: user_cookie should be a string, not an integer`},
		{`pass_cookie: true`, `1:11: pass_cookie should be a string, not a boolean`},
		{`token_cookie: []`, `1:11: token_cookie should be a string, not an array`},

		{`path: 5`, `1:11: path should be a string or an array of strings, not int64`},
		{`path: ["/a", 5]`, `1:24: path should be an array of strings, not hold int64`},
		{`path: "nats"`, `1:17: path should begin with a slash, unlike "nats"`},
		{`path: ["/a", ""]`, `1:24: path should begin with a slash, unlike ""`},
		{`path: "/a b"`, `1:17: path` + badPath + `"/a b"`},
		{`path: "/a?b"`, `1:17: path` + badPath + `"/a?b"`},
		{`path: "/a#b"`, `1:17: path` + badPath + `"/a#b"`},
		{`path: "/ä"`, `1:17: path` + badPath + `"/ä"`},
		{`path: "/%zz"`, `1:17: path` + badPath + `"/%zz"`},
		{`health_path: "healthz"`, `1:11: health_path should begin with a slash, unlike "healthz"`},
		{`health_path: "/a?b"`, `1:11: health_path` + badPath + `"/a?b"`},
		{`health_path: true`, `1:11: health_path should be a path or false, not true`},
		{`health_path: []`, `1:11: health_path should be a path or false, not an array`},
		{`trusted_proxies: 5`, `1:11: trusted_proxies should be an array of strings, not int64`},
		{`trusted_proxies: [5]`, `1:29: trusted_proxies should be an array of strings, not hold int64`},
		{`trusted_proxies: ["10.0.0.0/8", "10.0.0.0/33", x, "fe80::1%eth0", "::ffff:1.2.3.4/64"]`,
			`1:43: trusted_proxies should hold addresses and networks such as "10.0.0.0/8", unlike "10.0.0.0/33"` + "\n" +
				`1:58: trusted_proxies should hold addresses and networks such as "10.0.0.0/8", unlike "x"` + "\n" +
				`1:61: trusted_proxies should hold addresses and networks such as "10.0.0.0/8", unlike "fe80::1%eth0"` + "\n" +
				`1:77: trusted_proxies should hold addresses and networks such as "10.0.0.0/8", unlike "::ffff:1.2.3.4/64"`},

		{`authorization: 5`, "1:11: authorization should be a map, not an integer"},
		{`authorization {users: []}`, `1:26: unknown field "users", did you mean "user"?`},

		{`foo: 1`, `1:11: unknown field "foo"`},
		{`Foo: 1, prot: 5`, "1:11: unknown field \"Foo\"\n" + `1:19: unknown field "prot", did you mean "port"?`},
		{`port: true, host: 5`, "1:11: port should be an integer, not a boolean\n1:23: host should be a string, not an integer"},
	}
	for _, tt := range tests {
		t.Run(tt.inside, func(t *testing.T) {
			t.Parallel()
			want := tt.want
			if want != "" {
				want = complaintsAt(want)
			}
			if diff := cmp.Diff(want, complaints(`websocket {`+tt.inside+`}`)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWebSocketSecondsBetweenPingsAreTakenWithAWarning(t *testing.T) {
	t.Parallel()
	o, warnings, err := parseText(`websocket {ping_interval: 45}`)
	if err != nil {
		t.Fatal(err)
	}
	if o.WebSocket.PingInterval != 45*time.Second || len(warnings) != 1 {
		t.Errorf("got %s and %v", o.WebSocket.PingInterval, warnings)
	}
}

func TestWebSocketValues(t *testing.T) {
	t.Parallel()
	networks := func(list ...string) (out []netip.Prefix) {
		for _, s := range list {
			out = append(out, netip.MustParsePrefix(s))
		}
		return out
	}
	tests := []struct {
		inside string
		want   WebSocket
	}{
		{``, WebSocket{}},
		{`listen: 8080`, WebSocket{Port: 8080}},
		{`listen: "localhost:8080"`, WebSocket{Host: "localhost", Port: 8080}},
		{`listen: "[::1]:-1"`, WebSocket{Host: "::1", Port: -1}},
		{`listen: ":8080"`, WebSocket{Port: 8080}},
		{`net: localhost, port: -1`, WebSocket{Host: "localhost", Port: -1}},
		{`advertise: "host.com:8080", no_tls: true`, WebSocket{Advertise: "host.com:8080", NoTLS: true}},
		{`same_origin: true, origin: "http://a"`, WebSocket{SameOrigin: true, AllowedOrigins: []string{"http://a"}}},
		{`allow_origins: ["http://a", "http://a:5"]`, WebSocket{AllowedOrigins: []string{"http://a", "http://a:5"}}},
		{`origins: []`, WebSocket{}},
		{`handshake_timeout: 8`, WebSocket{HandshakeTimeout: 8 * time.Second}},
		{`handshake_timeout: "1.5s"`, WebSocket{HandshakeTimeout: 1500 * time.Millisecond}},
		{`handshake_timeout: 0`, WebSocket{}},
		{`max_handshake_bytes: 1KB, compress: true`, WebSocket{MaxHandshakeBytes: 1024, Compression: true}},
		{`headers {X-One: a, x-two: "b c"}`, WebSocket{Headers: map[string]string{"X-One": "a", "x-two": "b c"}}},
		{`jwt_cookie: j, user_cookie: u, pass_cookie: p, token_cookie: t`,
			WebSocket{JWTCookie: "j", UserCookie: "u", PassCookie: "p", TokenCookie: "t"}},
		{`ping_interval: "30s"`, WebSocket{PingInterval: 30 * time.Second}},
		{`path: "/nats"`, WebSocket{Paths: []string{"/nats"}}},
		{`path: ["/", "/a%20b/c"]`, WebSocket{Paths: []string{"/", "/a%20b/c"}}},
		{`path: []`, WebSocket{}},
		{`health_path: "/up"`, WebSocket{HealthPath: "/up"}},
		{`health_path: ""`, WebSocket{HealthPath: NoHealthPath}},
		{`health_path: false`, WebSocket{HealthPath: NoHealthPath}},
		{`health_path: off`, WebSocket{HealthPath: NoHealthPath}},
		{`health_path: "off"`, WebSocket{HealthPath: NoHealthPath}},
		{`trusted_proxies: "10.1.2.3"`, WebSocket{TrustedProxies: networks("10.1.2.3/32")}},
		{`trusted_proxies: ["10.1.2.3/8", "::1", "::ffff:1.2.3.4", "::ffff:1.2.3.4/112", "fd00::1/8"]`,
			WebSocket{TrustedProxies: networks("10.0.0.0/8", "::1/128", "1.2.3.4/32", "1.2.0.0/16", "fd00::/8")}},
	}
	for _, tt := range tests {
		t.Run(tt.inside, func(t *testing.T) {
			t.Parallel()
			got := mustParse(t, `websocket {`+tt.inside+`}`).WebSocket
			if diff := cmp.Diff(tt.want, got, comparePrefixes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWebSocketHasATLSBlockOfItsOwn(t *testing.T) {
	t.Parallel()
	o := mustParse(t, `
		tls {cert_file: "a.pem", key_file: "a-key.pem"}
		websocket {tls {cert_file: "b.pem", key_file: "b-key.pem", verify_and_map: true}}`)
	want := &TLS{CertFile: "b.pem", KeyFile: "b-key.pem", Verify: true, VerifyAndMap: true}
	if diff := cmp.Diff(want, o.WebSocket.TLS, cmpopts.IgnoreFields(TLS{}, "Config")); diff != "" {
		t.Error(diff)
	}
	if o.TLS.CertFile != "a.pem" || o.TLS.Verify {
		t.Errorf("the block of the server became %+v", o.TLS)
	}
	if got, err := handshake(mustParse(t, `ws {tls {cert_file: "b.pem", key_file: "b-key.pem"}}`).WebSocket.TLS.Config, "x"); got != "b.example" {
		t.Errorf("served the certificate of %q, %v", got, err)
	}
}

func TestSecondWebSocketBlockAddsToTheFirst(t *testing.T) {
	t.Parallel()
	got := mustParse(t, "websocket {port: 1, origin: \"http://a\"}\nws {port: 2, no_tls: true}").WebSocket
	want := WebSocket{Port: 2, NoTLS: true, AllowedOrigins: []string{"http://a"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWebSocketDefaults(t *testing.T) {
	t.Parallel()
	full := (&Options{}).WithDefaults().WebSocket
	want := WebSocket{
		Host: "0.0.0.0", HandshakeTimeout: 10 * time.Second, MaxHandshakeBytes: 16384, PingInterval: 2 * time.Minute,
		HealthPath: "/healthz",
	}
	if diff := cmp.Diff(want, full); diff != "" {
		t.Error(diff)
	}
	for i := range webSocketBlock.Options {
		row := &webSocketBlock.Options[i]
		if row.Default == "" {
			continue
		}
		value := row.Default
		if row.Type == TypeString {
			value = `"` + value + `"`
		}
		got := mustParse(t, "websocket {"+row.Name+": "+value+"}").WithDefaults().WebSocket
		if diff := cmp.Diff(full, got); diff != "" {
			t.Errorf("%s: %s is not the default: %s", row.Name, row.Default, diff)
		}
	}
	if got := mustParse(t, `ping_interval: "7s", websocket {port: 1}`).WithDefaults().WebSocket.PingInterval; got != 7*time.Second {
		t.Errorf("pings every %s instead of as often as the server", got)
	}
}

func TestWebSocketWithDefaultsSharesNothing(t *testing.T) {
	t.Parallel()
	build := func() *Options {
		return &Options{WebSocket: WebSocket{
			AllowedOrigins: []string{"http://a"}, Headers: map[string]string{"A": "b"}, Paths: []string{"/a"},
			TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, TLS: &TLS{},
		}}
	}
	o := build()
	c := o.WithDefaults()
	c.WebSocket.AllowedOrigins[0], c.WebSocket.Headers["A"], c.WebSocket.Paths[0] = "x", "x", "x"
	c.WebSocket.TrustedProxies[0] = netip.Prefix{}
	if diff := cmp.Diff(build(), o, comparePrefixes); diff != "" {
		t.Error(diff)
	}
}

func TestWebSocketServesPath(t *testing.T) {
	t.Parallel()
	tests := []struct {
		paths    []string
		yes, no  []string
		describe string
	}{
		{nil, []string{"/", "/a", "/leafnode", "/a/b/mqtt", "", "*"}, nil, "no paths"},
		{[]string{"/"}, []string{"/", "/a", "/a/leafnode"}, []string{"", "*"}, "the root takes in all"},
		{[]string{"/nats"}, []string{"/nats", "/nats/leafnode", "/nats/mqtt"},
			[]string{"/", "/nat", "/nats/", "/natsleafnode", "/nats/x", "/nats/x/leafnode", "/leafnode", "/x/nats", "/NATS", "/nats/mqtt/"},
			"one path"},
		{[]string{"/nats/"}, []string{"/nats/", "/nats/x", "/nats/leafnode", "/nats/x/mqtt"}, []string{"/nats", "/natsx/", "/"}, "a subtree"},
		{[]string{"/a", "/b/"}, []string{"/a", "/b/", "/a/mqtt", "/b/mqtt"}, []string{"/b", "/a/", "/c"}, "two"},
		{[]string{"/leafnode"}, []string{"/leafnode", "/leafnode/mqtt"}, []string{"/", "/mqtt"}, "only leaf nodes"},
		{[]string{"/a%20b"}, []string{"/a%20b"}, []string{"/a b"}, "escaped"},
	}
	for _, tt := range tests {
		w := &WebSocket{Paths: tt.paths}
		for _, p := range tt.yes {
			if !w.ServesPath(p) {
				t.Errorf("%s: %q is not served", tt.describe, p)
			}
		}
		for _, p := range tt.no {
			if w.ServesPath(p) {
				t.Errorf("%s: %q is served", tt.describe, p)
			}
		}
	}
}

func TestWebSocketTrusts(t *testing.T) {
	t.Parallel()
	w := mustParse(t, `ws {trusted_proxies: ["10.0.0.0/8", "::1", "fe80::/10"]}`).WebSocket
	for addr, want := range map[string]bool{
		"10.1.2.3": true, "11.1.2.3": false, "::ffff:10.1.2.3": true, "::1": true, "::2": false, "fe80::1%eth0": true,
	} {
		if got := w.Trusts(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
	if w.Trusts(netip.Addr{}) || (&WebSocket{}).Trusts(netip.MustParseAddr("127.0.0.1")) {
		t.Error("trusts somebody who is not in the list")
	}
}
