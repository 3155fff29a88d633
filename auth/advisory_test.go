package auth

import (
	"crypto/x509"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
)

// Each test here stands for a class of mistakes that servers of this protocol
// have made, as far as a decision of this module could repeat it.

// A peer whose first command is not CONNECT became the user without credentials
// although that user could not have come this way.
func TestAdvisoryFirstVerbMustNotBypassLimitsOfNoAuthUser(t *testing.T) {
	t.Parallel()
	u, _ := key(t)
	for _, tt := range []struct {
		name string
		user User
		l    *Listener
	}{
		{"connection type", User{Name: "guest", Types: 1 << WebSocket}, nil},
		{"nkey", User{NKey: u}, nil},
		{"certificate", User{Name: "guest"}, &Listener{MapCertificate: true}},
	} {
		d := directory(t, Config{Users: []User{tt.user}, NoAuthUser: max(tt.user.Name, tt.user.NKey)})
		if id := d.Anonymous(&Request{Type: Standard, Listener: tt.l, Connect: &protocol.Connect{}}); id != nil {
			t.Errorf("%s: let in as %s", tt.name, id.Label())
		}
	}
	if directory(t, Config{Users: []User{{Name: "a"}}}).Anonymous(&Request{Connect: &protocol.Connect{}}) != nil {
		t.Error("let in where there is no such user")
	}
}

// Names in a certificate were matched loosely: a user got in with a subject that
// only resembled its own.
func TestAdvisoryDistinguishedNamesMustMatchWhole(t *testing.T) {
	t.Parallel()
	d := directory(t, Config{Mapped: true, Users: []User{{Name: "CN=root,O=acme"}, {Name: "root"}}})
	for _, subject := range []string{"root", "root,O=acme", "ROOT"} {
		cert := &x509.Certificate{}
		cert.Subject.CommonName = subject
		r := &Request{Listener: &Listener{MapCertificate: true}, TLS: &TLS{PeerCertificates: []*x509.Certificate{cert}}, Connect: &protocol.Connect{}}
		if got := ask(t, d, r); !got.Refused {
			t.Errorf("CN %q became %+v", subject, got)
		}
	}
}

// Overlapping wildcards: a subscription that takes in more than was allowed, or
// what was denied.
func TestAdvisoryOverlappingWildcardsMustNotWiden(t *testing.T) {
	t.Parallel()
	set, err := perm.Compile(&perm.Rules{Subscribe: &perm.Subjects{Allow: []string{"*", "a.*.c", "b.>"}, Deny: []string{"b.*.secret"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{">", "*.*", "a.>", "a.*.*", "a.*.>", "*.x.c", "b.*.secret", "b.x.secret"} {
		if set.Subscribe(pattern, "") {
			t.Errorf("%s: allowed", pattern)
		}
	}
	for _, pattern := range []string{"b.>", "b.*.*", "b.x.*", "b.*.>"} {
		if !set.Subscribe(pattern, "") || !set.Filter(pattern, "").Denies([]byte("b.x.secret")) {
			t.Errorf("%s: gets what is denied", pattern)
		}
	}
}

// A deny entry about a queue group made the one about everybody void.
func TestAdvisoryQueueDenyMustNotOverrideSubjectDeny(t *testing.T) {
	t.Parallel()
	for _, deny := range [][]string{{"foo", "foo q"}, {"foo q", "foo"}, {"foo.>", "foo.x q", "foo"}} {
		set, err := perm.Compile(&perm.Rules{Subscribe: &perm.Subjects{Allow: []string{">", "foo other"}, Deny: deny}})
		if err != nil {
			t.Fatal(err)
		}
		for _, queue := range []string{"", "q", "other"} {
			if set.Subscribe("foo", queue) {
				t.Errorf("%v: foo with queue %q is allowed", deny, queue)
			}
			if f := set.Filter(">", queue); !f.Denies([]byte("foo")) {
				t.Errorf("%v: foo is delivered to > with queue %q", deny, queue)
			}
		}
	}
}

// A key shorter than its algorithm's crashed the server before anybody had
// logged in.
func TestAdvisoryShortKeysMustNotCrash(t *testing.T) {
	t.Parallel()
	sig := base64.RawURLEncoding.EncodeToString(make([]byte, 64))
	for n := range 40 {
		short, err := nkeys.Encode(nkeys.PrefixByteUser, make([]byte, n)) // with a checksum that fits
		if err != nil {
			t.Fatal(err)
		}
		if refusal := Verify(string(short), "nonce", sig); refusal == nil {
			t.Errorf("%d bytes: let in", n)
		}
		if n == 32 {
			continue
		}
		if _, err := NewDirectory(Config{Users: []User{{NKey: string(short)}}}); err == nil {
			t.Errorf("%d bytes: a user", n)
		}
	}
}

// What the log and events say of a peer held its token or password.
func TestAdvisoryRefusalsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	d := directory(t, Config{Users: []User{{Name: "a", Password: "configured"}}})
	for _, c := range []protocol.Connect{{Token: "hunter2"}, {User: "a", Pass: "hunter2"}, {Pass: "hunter2"}} {
		_, err := d.Authenticate(&Request{Connect: &c})
		refusal := err.(*Refusal)
		for _, secret := range []string{"hunter2", "configured"} {
			if s := refusal.Error() + refusal.User + refusal.Why; strings.Contains(s, secret) {
				t.Errorf("%q", s)
			}
		}
	}
}
