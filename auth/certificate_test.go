package auth

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
)

func TestCertificatesNameUsers(t *testing.T) {
	t.Parallel()
	d := directory(t, Config{Mapped: true, NoAuthUser: "guest", Users: []User{
		{Name: "a@x.org", Account: "A"},
		{Name: "CN=b"},
		{Name: "locked@x.org", Password: "p"},
		{Name: "web@x.org", Types: 1 << WebSocket},
		{Name: "guest", Password: "g"},
	}})
	maps := &Listener{MapCertificate: true}
	shown := func(emails ...string) *TLS {
		return &TLS{PeerCertificates: []*x509.Certificate{{EmailAddresses: emails, Subject: pkix.Name{CommonName: "b"}}}}
	}
	a, b, locked := answer{Label: `User "a@x.org"`, Account: "A"}, answer{Label: `User "CN=b"`, Account: Global}, answer{Label: `User "locked@x.org"`, Account: Global}
	for _, tt := range []struct {
		name string
		l    *Listener
		tls  *TLS
		c    protocol.Connect
		want answer
	}{
		{"by e-mail", maps, shown("x@x.org", "a@x.org"), protocol.Connect{}, a},
		{"by subject", maps, shown(), protocol.Connect{}, b},
		{"the name in CONNECT does not count", maps, shown("a@x.org"), protocol.Connect{User: "guest", Pass: "g"}, a},
		{"a password is asked for", maps, shown("locked@x.org"), protocol.Connect{}, answer{Refused: true}},
		{"a password is given", maps, shown("locked@x.org"), protocol.Connect{Pass: "p"}, locked},
		{"a type that may not is passed over", maps, shown("web@x.org"), protocol.Connect{}, b},
		{"no certificate", maps, &TLS{}, protocol.Connect{User: "guest", Pass: "g"}, answer{Refused: true, Why: "User required in cert, no peer certificates found"}},
		{"no TLS", maps, nil, protocol.Connect{User: "guest", Pass: "g"}, answer{Refused: true, Why: "User required in cert, no TLS connection state"}},
		{"a listener that does not map", nil, shown("a@x.org"), protocol.Connect{User: "a@x.org"}, answer{Refused: true, Why: `User "a@x.org" requires a client certificate`}},
		{"a listener that does not map, by password", nil, shown("a@x.org"), protocol.Connect{User: "guest", Pass: "g"}, answer{Label: `User "guest"`, Account: Global}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, ask(t, d, &Request{Connect: &tt.c, TLS: tt.tls, Listener: tt.l})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An nkey that decodes and is too short for a signature is refused when the
// directory is made, not when somebody logs in.
func TestKeysThatAreNotUsers(t *testing.T) {
	t.Parallel()
	for _, k := range []string{"U", "UAAA", "ABC", "AAUA2KZKUBMVZ4CXUYF7BZKTWX7PYJ3RSVKNZC4ZLXC3XSYG5RPJHDFV"} {
		if _, err := NewDirectory(Config{Users: []User{{NKey: k}}}); err == nil {
			t.Errorf("%s: taken", k)
		}
	}
}
