package handshake

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

func mustOrigins(t testing.TB, same bool, allowed ...string) *Origins {
	t.Helper()
	o, err := NewOrigins(same, allowed)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// badOrigins are entries of the list that are refused. They are the seeds of the
// fuzz target as well.
var badOrigins = []struct{ entry, want string }{
	{"", `unable to parse allowed origin: parse "": empty url`},
	{"foo", `unable to parse allowed origin: parse "foo": invalid URI for request`},
	{"null", `unable to parse allowed origin: parse "null": invalid URI for request`},
	{"//a", `unable to parse allowed origin "//a": allowed origins must be absolute URLs with http or https scheme`},
	{"ftp://a", `unable to parse allowed origin "ftp://a": allowed origins must be absolute URLs with http or https scheme`},
	{"ws://a", `unable to parse allowed origin "ws://a": allowed origins must be absolute URLs with http or https scheme`},
	{"http://", `unable to parse allowed origin "http://": host is required`},
	{"http:/a", `unable to parse allowed origin "http:/a": host is required`},
	{"http:a", `unable to parse allowed origin "http:a": host is required`},
	{"http://a:b:c", `unable to parse allowed origin: parse "http://a:b:c": invalid port ":b:c" after host`},
	{"http://[::1", `unable to parse allowed origin: parse "http://[::1": missing ']' in host`},
	{"http://a b", `unable to parse allowed origin: parse "http://a b": invalid character " " in host name`},
}

func TestNewOriginsRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range badOrigins {
		o, err := NewOrigins(true, []string{"http://good", tt.entry})
		if err == nil || err.Error() != tt.want || o != nil {
			t.Errorf("%q: %v, %v, want %s", tt.entry, o, err, tt.want)
		}
	}
}

func TestOriginsCheck(t *testing.T) {
	t.Parallel()
	const other, unlisted = "not same origin", "not in the allowed list"
	var none, zero *Origins = nil, new(Origins)
	same := mustOrigins(t, true)
	list := mustOrigins(t, false, "http://a.com/path?query", "https://A.com", "https://b.com:8443", "HTTP://user@[::1]", "http://c.com:")
	both := mustOrigins(t, true, "http://a.com", "https://a.com:1")
	tests := []struct {
		name    string
		origins *Origins
		origin  string // "-" sends none
		host    string
		secure  bool
		want    string
	}{
		{"no policy", none, "http://x", "a", false, ""},
		{"no policy, no origin that is one", none, "null", "a", false, ""},
		{"zero policy", zero, "x:y:z", "a", false, ""},
		{"no origin, same", same, "-", "a", false, ""},
		{"no origin, list", list, "-", "a", false, ""},
		{"no origin, both", both, "-", "a", false, ""},
		{"empty origin", both, "", "a", false, ""},

		{"same", same, "http://a.com", "a.com", false, ""},
		{"same with default port", same, "http://a.com:80", "a.com", false, ""},
		{"same with default port in Host", same, "http://a.com", "a.com:80", false, ""},
		{"same with another port", same, "http://a.com:8080", "a.com:8080", false, ""},
		{"same in any case", same, "HTTP://A.com", "a.COM", false, ""},
		{"same with TLS", same, "https://a.com", "a.com", true, ""},
		{"same with TLS and default port", same, "https://a.com:443", "a.com", true, ""},
		{"same IPv6", same, "http://[::1]", "[::1]:80", false, ""},
		{"same IPv6 without port", same, "http://[::1]:80", "[::1]", false, ""},
		{"other host", same, "http://b.com", "a.com", false, other},
		{"other port", same, "http://a.com:81", "a.com", false, other},
		{"other scheme", same, "https://a.com", "a.com", false, other},
		{"other scheme and same port", same, "https://a.com:80", "a.com", false, other},
		{"http against TLS", same, "http://a.com", "a.com", true, other},
		{"http against TLS and same port", same, "http://a.com:443", "a.com", true, other},
		{"scheme of no web page", same, "ws://a.com", "a.com", false, other},

		{"listed", list, "http://a.com", "x", false, ""},
		{"listed with another scheme", list, "https://a.com:443/", "x", false, ""},
		{"listed with a port", list, "https://b.com:8443", "x", false, ""},
		{"listed IPv6", list, "http://[::1]:80", "x", false, ""},
		{"listed with an empty port", list, "http://c.com", "x", false, ""},
		{"listed, TLS does not matter", list, "http://a.com", "x", true, ""},
		{"listed on another port", list, "http://a.com:81", "x", false, unlisted},
		{"listed with the other scheme's port", list, "http://a.com:443", "x", false, unlisted},
		{"listed, default port of its scheme", list, "https://b.com", "x", false, unlisted},
		{"not listed", list, "http://b.com", "x", false, unlisted},
		{"subdomain", list, "http://x.a.com", "x", false, unlisted},

		{"both", both, "http://a.com", "a.com", false, ""},
		{"both, not listed", both, "http://b.com", "b.com", false, unlisted},
		{"both, not same", both, "https://a.com:1", "a.com", false, other},

		{"null", same, "null", "a.com", false, `parse "null": invalid URI for request`},
		{"null against a list", list, "null", "a.com", false, `parse "null": invalid URI for request`},
		{"malformed", same, "http://a.com:x", "a.com", false, `parse "http://a.com:x": invalid port ":x" after host`},
		{"too many colons", same, "foo://a:b:1", "a.com", false, "address a:b:1: too many colons in address"},
		{"too many colons in Host", same, "http://a.com", "a:b:c", false, "address a:b:c: too many colons in address"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, header := range []string{"Origin", "Sec-WebSocket-Origin"} {
				r := &Request{Host: tt.host}
				if tt.origin != "-" {
					r.Fields = []Field{{header, tt.origin}}
				}
				got := ""
				if err := tt.origins.Check(r, tt.secure); err != nil {
					got = err.Error()
				}
				if got != tt.want {
					t.Errorf("%s: %q, want %q", header, got, tt.want)
				}
			}
		})
	}
}

func TestOriginGoesBeforeItsOldName(t *testing.T) {
	t.Parallel()
	r := &Request{Host: "a", Fields: []Field{{"Sec-WebSocket-Origin", "http://b"}, {"Origin", "http://a"}}}
	if err := mustOrigins(t, true).Check(r, false); err != nil {
		t.Error(err)
	}
}

func TestOriginErrorsAreTold(t *testing.T) {
	t.Parallel()
	r := good().with(Field{"Origin", "http://b"})
	if err := Check(r, mustOrigins(t, true), false); !errors.Is(err, ErrNotSameOrigin) {
		t.Errorf("error %v, want %v", err, ErrNotSameOrigin)
	}
	if err := Check(r, mustOrigins(t, false, "http://a"), false); !errors.Is(err, ErrOriginNotAllowed) {
		t.Errorf("error %v, want %v", err, ErrOriginNotAllowed)
	}
}

// A listed origin is allowed, whatever it is, and nothing panics.
func FuzzOrigins(f *testing.F) {
	for _, tt := range badOrigins {
		f.Add(tt.entry, "a:80", false)
	}
	f.Add("http://a", "a", false)
	f.Add("https://[::1]:443/x", "[::1]", true)
	f.Add("HTTPS://A%41:1", "aA:1", true)
	f.Fuzz(func(t *testing.T, text, host string, secure bool) {
		r := &Request{Host: host, Fields: []Field{{"Origin", text}}}
		_ = mustOrigins(t, true).Check(r, secure)
		o, err := NewOrigins(false, []string{text})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "unable to parse allowed origin") {
				t.Fatal(err)
			}
			return
		}
		if err := o.Check(r, secure); err != nil {
			t.Fatalf("%q is listed: %v", text, err)
		}
		u, err := url.Parse(text)
		if err != nil {
			return // only request URIs may have a # in the wrong place
		}
		if err := mustOrigins(t, true).Check(&Request{Host: u.Host, Fields: r.Fields}, u.Scheme == "https"); err != nil {
			t.Fatalf("%q is not where %q is: %v", text, u.Host, err)
		}
	})
}
