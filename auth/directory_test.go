package auth

import (
	"encoding/base64"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nkeys"
	"golang.org/x/crypto/bcrypt"

	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
)

// answer is what a table says of a decision: who the peer became, or why it was
// turned away.
type answer struct {
	Label, Account string
	Refused        bool
	Why            string
}

func ask(t *testing.T, d *Directory, r *Request) answer {
	t.Helper()
	id, err := d.Authenticate(r)
	if err == nil {
		return answer{Label: id.Label(), Account: id.Account}
	}
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok {
		t.Fatalf("%T is no refusal", err)
	}
	if refusal.Reason != protocol.AuthenticationFailure {
		t.Errorf("reason %v", refusal.Reason)
	}
	return answer{Refused: true, Why: refusal.Why}
}

func directory(tb testing.TB, c Config) *Directory {
	tb.Helper()
	d, err := NewDirectory(c)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// key makes an nkey user: its public key, and how it signs.
func key(tb testing.TB) (string, func(nonce string) []byte) {
	tb.Helper()
	kp, err := nkeys.CreateUser()
	if err != nil {
		tb.Fatal(err)
	}
	pub, err := kp.PublicKey()
	if err != nil {
		tb.Fatal(err)
	}
	return pub, func(nonce string) []byte {
		sig, err := kp.Sign([]byte(nonce))
		if err != nil {
			tb.Fatal(err)
		}
		return sig
	}
}

func hash(tb testing.TB, password string) string {
	tb.Helper()
	h, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		tb.Fatal(err)
	}
	return string(h)
}

func TestNamesAndPasswords(t *testing.T) {
	t.Parallel()
	d := directory(t, Config{Users: []User{
		{Name: "plain", Password: "p", Account: "A"},
		{Name: "hashed", Password: hash(t, "h")},
		{Name: "web", Password: "w", Types: 1<<WebSocket | 1<<MQTT},
		{Name: "open"},
	}})
	for _, tt := range []struct {
		name string
		c    protocol.Connect
		typ  ConnectionType
		want answer
	}{
		{"plain", protocol.Connect{User: "plain", Pass: "p"}, Standard, answer{Label: `User "plain"`, Account: "A"}},
		{"plain, wrong", protocol.Connect{User: "plain", Pass: "P"}, Standard, answer{Refused: true}},
		{"plain, a beginning", protocol.Connect{User: "plain"}, Standard, answer{Refused: true}},
		{"hashed", protocol.Connect{User: "hashed", Pass: "h"}, Standard, answer{Label: `User "hashed"`, Account: Global}},
		{"hashed, wrong", protocol.Connect{User: "hashed", Pass: "x"}, Standard, answer{Refused: true}},
		{"a name only", protocol.Connect{User: "hashed"}, Standard, answer{Refused: true}},
		{"unknown", protocol.Connect{User: "bob", Pass: "p"}, Standard, answer{Refused: true}},
		{"names are case-sensitive", protocol.Connect{User: "Plain", Pass: "p"}, Standard, answer{Refused: true}},
		{"nothing", protocol.Connect{}, Standard, answer{Refused: true}},
		{"a token is no password", protocol.Connect{User: "plain", Token: "p"}, Standard, answer{Refused: true}},
		{"the right type", protocol.Connect{User: "web", Pass: "w"}, WebSocket, answer{Label: `User "web"`, Account: Global}},
		{"the wrong type", protocol.Connect{User: "web", Pass: "w"}, Standard, answer{Refused: true, Why: "Connection type not allowed"}},
		{"in-process is not standard", protocol.Connect{User: "web", Pass: "w"}, InProcess, answer{Refused: true, Why: "Connection type not allowed"}},
		{"no password is asked for", protocol.Connect{User: "open"}, Standard, answer{Label: `User "open"`, Account: Global}},
		{"none is asked for, one is given", protocol.Connect{User: "open", Pass: "x"}, Standard, answer{Refused: true}},
		{"nkeys are ignored where there are none", protocol.Connect{User: "plain", Pass: "p", NKey: "U"}, Standard, answer{Label: `User "plain"`, Account: "A"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, ask(t, d, &Request{Connect: &tt.c, Type: tt.typ})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A password that happens to be the hash itself must not open the door.
func TestAHashIsNotAPassword(t *testing.T) {
	t.Parallel()
	h := hash(t, "secret")
	d := directory(t, Config{Users: []User{{Name: "a", Password: h}}})
	if got := ask(t, d, &Request{Connect: &protocol.Connect{User: "a", Pass: h}}); !got.Refused {
		t.Error("let in by the hash")
	}
	for _, s := range []string{"$2a$10$", "$2b$05$x", "$2x$31$x", "$2y$10$x"} {
		if got := isHash(s + "x"); !got {
			t.Errorf("%s: no hash", s)
		}
	}
	for _, s := range []string{"", "$2a$", "$2c$10$x", "$2a$1$xxx", "2a$10$xx", "$2a$xx$xx"} {
		if isHash(s) {
			t.Errorf("%s: a hash", s)
		}
	}
}

func TestTokensAndSingleUsers(t *testing.T) {
	t.Parallel()
	user := directory(t, Config{Single: &Single{User: "a", Password: "b"}})
	token := directory(t, Config{Single: &Single{Token: hash(t, "t")}})
	nobody := directory(t, Config{})
	web := &Listener{Single: &Single{Token: "web"}}
	for _, tt := range []struct {
		name string
		d    *Directory
		l    *Listener
		c    protocol.Connect
		want answer
	}{
		{"user", user, nil, protocol.Connect{User: "a", Pass: "b"}, answer{Label: `User "a"`, Account: Global}},
		{"wrong password", user, nil, protocol.Connect{User: "a", Pass: "a"}, answer{Refused: true}},
		{"wrong user", user, nil, protocol.Connect{User: "b", Pass: "b"}, answer{Refused: true}},
		{"nothing", user, nil, protocol.Connect{}, answer{Refused: true}},
		{"token", token, nil, protocol.Connect{Token: "t"}, answer{Label: `Token "[REDACTED]"`, Account: Global}},
		{"a user is no token", token, nil, protocol.Connect{User: "t"}, answer{Refused: true}},
		{"a password is no token", token, nil, protocol.Connect{Pass: "t"}, answer{Refused: true}},
		{"a listener's own", user, web, protocol.Connect{Token: "web"}, answer{Label: `Token "[REDACTED]"`, Account: Global}},
		{"a listener's own replaces the other", user, web, protocol.Connect{User: "a", Pass: "b"}, answer{Refused: true}},
		{"a listener's own where nobody else is asked", nobody, web, protocol.Connect{}, answer{Refused: true}},
		{"nobody is asked", nobody, nil, protocol.Connect{User: "x", Pass: "y"}, answer{Label: `User "N/A"`, Account: Global}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, ask(t, tt.d, &Request{Connect: &tt.c, Listener: tt.l})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNKeys(t *testing.T) {
	t.Parallel()
	const nonce = "3yuR5bHs2Hs6LfA"
	alice, sign := key(t)
	mallory, forge := key(t)
	d := directory(t, Config{Users: []User{{NKey: alice, Account: "A"}, {Name: "bob", Password: "b"}}})
	raw, std := base64.RawURLEncoding, base64.StdEncoding
	want := answer{Label: `Nkey "` + alice + `"`, Account: "A"}
	for _, tt := range []struct {
		name string
		c    protocol.Connect
		want answer
	}{
		{"signed", protocol.Connect{NKey: alice, Sig: raw.EncodeToString(sign(nonce))}, want},
		{"signed, padded", protocol.Connect{NKey: alice, Sig: std.EncodeToString(sign(nonce))}, want},
		{"not signed", protocol.Connect{NKey: alice}, answer{Refused: true, Why: "Signature missing"}},
		{"noise", protocol.Connect{NKey: alice, Sig: "!!"}, answer{Refused: true, Why: "Signature not valid base64"}},
		{"too short", protocol.Connect{NKey: alice, Sig: "AAAA"}, answer{Refused: true, Why: "Signature not verified"}},
		{"signed by another", protocol.Connect{NKey: alice, Sig: raw.EncodeToString(forge(nonce))}, answer{Refused: true, Why: "Signature not verified"}},
		{"another nonce", protocol.Connect{NKey: alice, Sig: raw.EncodeToString(sign("x"))}, answer{Refused: true, Why: "Signature not verified"}},
		{"unknown", protocol.Connect{NKey: mallory, Sig: raw.EncodeToString(forge(nonce))}, answer{Refused: true}},
		{"unknown, with good password", protocol.Connect{NKey: mallory, User: "bob", Pass: "b"}, answer{Refused: true}},
		{"password", protocol.Connect{User: "bob", Pass: "b"}, answer{Label: `User "bob"`, Account: Global}},
		{"the key as a name", protocol.Connect{User: alice}, answer{Refused: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, ask(t, d, &Request{Connect: &tt.c, Nonce: nonce})); diff != "" {
				t.Error(diff)
			}
		})
	}
	if !d.NeedsNonce() || directory(t, Config{Users: []User{{Name: "x"}}}).NeedsNonce() {
		t.Error("a nonce is needed where there are nkeys, and only there")
	}
	// A server that sent no nonce has nothing that could have been signed.
	if got := ask(t, d, &Request{Connect: &protocol.Connect{NKey: alice, Sig: raw.EncodeToString(sign(""))}}); got.Why != "Signature missing" {
		t.Errorf("without a nonce: %+v", got)
	}
}

func TestNoAuthUser(t *testing.T) {
	t.Parallel()
	guest, _ := key(t)
	users := []User{
		{Name: "guest", Password: hash(t, "g"), Account: "G"}, {Name: "bob", Password: "b"},
		{Name: "web", Password: "w", Types: 1 << WebSocket}, {NKey: guest},
	}
	for _, tt := range []struct {
		name       string
		noAuthUser string
		l          *Listener
		c          protocol.Connect
		want       answer
		silent     bool // a peer that sends no CONNECT is let in, too
	}{
		{"a user", "guest", nil, protocol.Connect{}, answer{Label: `User "guest"`, Account: "G"}, true},
		{"an nkey", guest, nil, protocol.Connect{}, answer{Label: `Nkey "` + guest + `"`, Account: Global}, false},
		{"others still log in", "guest", nil, protocol.Connect{User: "bob", Pass: "b"}, answer{Label: `User "bob"`, Account: Global}, true},
		{"credentials that fail", "guest", nil, protocol.Connect{User: "bob", Pass: "x"}, answer{Refused: true}, true},
		{"a password only", "guest", nil, protocol.Connect{Pass: "x"}, answer{Refused: true}, true},
		{"a token only", "guest", nil, protocol.Connect{Token: "x"}, answer{Refused: true}, true},
		{"not of this type", "web", nil, protocol.Connect{}, answer{Refused: true}, false},
		{"a listener's own", "bob", &Listener{NoAuthUser: "guest"}, protocol.Connect{}, answer{Label: `User "guest"`, Account: "G"}, true},
		{"certificates are asked for", "guest", &Listener{MapCertificate: true}, protocol.Connect{}, answer{Refused: true}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := directory(t, Config{Users: users, NoAuthUser: tt.noAuthUser})
			r := &Request{Connect: &tt.c, Listener: tt.l}
			got := ask(t, d, r)
			got.Why = ""
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if got := d.Anonymous(r) != nil; got != tt.silent {
				t.Errorf("without CONNECT: %v", got)
			}
			if !d.Required(tt.l) {
				t.Error("CONNECT is not waited for")
			}
		})
	}
}

func TestDirectoriesThatCannotBe(t *testing.T) {
	t.Parallel()
	u, _ := key(t)
	for _, tt := range []struct {
		name string
		c    Config
		want string
	}{
		{"a name twice", Config{Users: []User{{Name: "a"}, {Name: "a", Account: "B"}}}, `Duplicate user "a" detected`},
		{"an nkey twice", Config{Users: []User{{NKey: u}, {NKey: u}}}, `Duplicate nkey "` + u + `" detected`},
		{"a name that is an nkey", Config{Users: []User{{NKey: u}, {Name: u}}}, `Duplicate user "` + u + `" detected`},
		{"nobody by that name", Config{Users: []User{{Name: "a"}}, NoAuthUser: "b"},
			`no_auth_user: "b" not present as user or nkey in authorization block or account configuration`},
		{"all of it", Config{Users: []User{{Name: "a"}, {Name: "a"}, {Name: "b", Permissions: &perm.Rules{Publish: &perm.Subjects{Allow: []string{"a..b"}}}}}},
			"Duplicate user \"a\" detected\nsubject \"a..b\" is not a valid subject"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := NewDirectory(tt.c)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUsersShareWhatTheirRulesCompileTo(t *testing.T) {
	t.Parallel()
	rules := &perm.Rules{Publish: &perm.Subjects{Deny: []string{"x"}}}
	d := directory(t, Config{Users: []User{{Name: "a", Permissions: rules}, {Name: "b", Permissions: rules}}})
	a, _ := d.Authenticate(&Request{Connect: &protocol.Connect{User: "a"}})
	b, _ := d.Authenticate(&Request{Connect: &protocol.Connect{User: "b"}})
	if a.Permissions == nil || a.Permissions != b.Permissions {
		t.Error("each has a set of its own")
	}
}

func BenchmarkNewDirectory(b *testing.B) {
	users := make([]User, 100_000)
	for i := range users {
		users[i] = User{Name: fmt.Sprintf("user-%d", i), Password: "p", Account: "A"}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewDirectory(Config{Users: users}); err != nil {
			b.Fatal(err)
		}
	}
}
