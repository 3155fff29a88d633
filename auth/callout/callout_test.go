package callout

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/protocol"
)

// service is a callout service, the server that asks it and what it was asked.
type service struct {
	t      testing.TB
	issuer nkeys.KeyPair
	xkeys  nkeys.KeyPair
	asker  *Asker
}

func newService(t testing.TB) *service {
	t.Helper()
	s := &service{t: t, asker: &Asker{Name: "s1", Host: "127.0.0.1", Version: "2.15.2"}}
	var err error
	s.issuer, err = nkeys.CreateAccount()
	s.must(err)
	s.xkeys, err = nkeys.CreateCurveKeys()
	s.must(err)
	s.asker.Keys, err = nkeys.CreateServer()
	s.must(err)
	s.asker.XKeys, err = nkeys.CreateCurveKeys()
	s.must(err)
	s.asker.ID, s.asker.XKey = public(s.asker.Keys), public(s.asker.XKeys)
	return s
}

func (s *service) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func public(kp nkeys.KeyPair) string {
	key, _ := kp.PublicKey() // of a pair that was made here
	return key
}

func (s *service) question() *Question {
	c := protocol.DefaultConnect()
	c.User, c.Pass, c.Name = "bob", "secret", "app"
	return &Question{
		Request: &auth.Request{Connect: &c, Nonce: "n"}, Account: "AUTH", Issuer: public(s.issuer), Timeout: time.Second,
		Peer: Peer{ID: 7, Host: "127.0.0.1", User: "bob", Name: "app", Type: "nats"},
	}
}

// answer is what a good service says, changed by edit.
func (s *service) answer(p *Pending, edit func(*jwt.AuthorizationResponseClaims, *jwt.UserClaims)) []byte {
	s.t.Helper()
	u := jwt.NewUserClaims(p.user)
	u.Audience = "APP"
	c := jwt.NewAuthorizationResponseClaims(p.user)
	c.Audience = s.asker.ID
	if edit != nil {
		edit(c, u)
	}
	if c.Error == "" && c.Jwt == "" {
		token, err := u.Encode(s.issuer)
		s.must(err)
		c.Jwt = token
	}
	token, err := c.Encode(s.issuer)
	s.must(err)
	return []byte(token)
}

func (s *service) judge() Judge {
	return ForConfiguration(public(s.issuer), func(name string) bool { return name == "APP" })
}

func TestRequest(t *testing.T) {
	t.Parallel()
	s := newService(t)
	p, err := s.asker.Ask(s.question(), time.Now())
	s.must(err)
	c, err := jwt.DecodeAuthorizationRequestClaims(string(p.Payload))
	s.must(err)
	want := jwt.AuthorizationRequest{
		Server:            jwt.ServerID{Name: "s1", Host: "127.0.0.1", ID: s.asker.ID, Version: "2.15.2", XKey: s.asker.XKey},
		UserNkey:          p.user,
		ClientInformation: jwt.ClientInformation{Host: "127.0.0.1", ID: 7, User: "bob", Name: "app", Kind: "Client", Type: "nats"},
		ConnectOptions:    jwt.ConnectOptions{Username: "bob", Password: "secret", Name: "app"},
		GenericFields:     c.GenericFields,
	}
	if diff := cmp.Diff(want, c.AuthorizationRequest); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if c.Audience != "nats-authorization-request" || c.Issuer != s.asker.ID || c.Subject != public(s.issuer) || p.XKey != "" {
		t.Errorf("%+v %q", c.ClaimsData, p.XKey)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	s := newService(t)
	stranger, err := nkeys.CreateAccount()
	s.must(err)
	type edit = func(*jwt.AuthorizationResponseClaims, *jwt.UserClaims)
	for _, tt := range []struct {
		name string
		edit edit
		raw  string // instead, if not empty
		want string
	}{
		{name: "good", want: "<nil>"},
		{name: "garbage", raw: "x", want: "Expected 3 chunks"},
		{name: "half a token", raw: "eyJx.y", want: "Expected 3 chunks"},
		{name: "for nobody", edit: func(c *jwt.AuthorizationResponseClaims, _ *jwt.UserClaims) { c.Audience = "x" },
			want: "Authorization response had validation errors: Audience must be a server public key"},
		{name: "for another user", edit: func(c *jwt.AuthorizationResponseClaims, _ *jwt.UserClaims) { c.Subject = public(mustUser(t)) },
			want: "Auth callout violation: auth callout response is not for expected user"},
		{name: "for another server", edit: func(c *jwt.AuthorizationResponseClaims, _ *jwt.UserClaims) { c.Audience = public(mustServer(t)) },
			want: "Auth callout violation: auth callout response is not for server"},
		{name: "an error", edit: func(c *jwt.AuthorizationResponseClaims, _ *jwt.UserClaims) { c.Error = "no such user" },
			want: "Auth callout service returned an error: no such user"},
		{name: "a user of another one", edit: func(c *jwt.AuthorizationResponseClaims, u *jwt.UserClaims) {
			token, err := u.Encode(stranger)
			s.must(err)
			c.Jwt = token
		}, want: fmt.Sprintf(`Wrong issuer for auth callout response on account "AUTH", expected %q got %q`, public(s.issuer), public(stranger))},
		{name: "an issuer account", edit: func(_ *jwt.AuthorizationResponseClaims, u *jwt.UserClaims) { u.IssuerAccount = public(stranger) },
			want: `Error non operator mode account "AUTH": attempted to use issuer_account`},
		{name: "no account", edit: func(_ *jwt.AuthorizationResponseClaims, u *jwt.UserClaims) { u.Audience = "" },
			want: `No valid account "" for auth callout response on account "AUTH": account missing`},
		{name: "an account that is not there", edit: func(_ *jwt.AuthorizationResponseClaims, u *jwt.UserClaims) { u.Audience = "X" },
			want: `No valid account "X" for auth callout response on account "AUTH": account missing`},
		{name: "other ways in", edit: func(_ *jwt.AuthorizationResponseClaims, u *jwt.UserClaims) { u.AllowedConnectionTypes.Add("WEBSOCKET") },
			want: `Authorized user on account "AUTH" not allowed to use connection type`},
		{name: "unknown ways in", edit: func(_ *jwt.AuthorizationResponseClaims, u *jwt.UserClaims) {
			u.AllowedConnectionTypes = jwt.StringList{"PIGEON"}
		},
			want: `Authorized user on account "AUTH" using invalid connection type`},
		{name: "through a proxy", edit: func(_ *jwt.AuthorizationResponseClaims, u *jwt.UserClaims) { u.ProxyRequired = true },
			want: "Proxy connection required"},
		{name: "expired", edit: func(_ *jwt.AuthorizationResponseClaims, u *jwt.UserClaims) { u.Expires = 1 },
			want: "Error validating user JWT: claim is expired"},
	} {
		p, err := s.asker.Ask(s.question(), time.Now())
		s.must(err)
		answer := []byte(tt.raw)
		if tt.raw == "" {
			answer = s.answer(p, tt.edit)
		}
		id, err := p.Verify(answer, s.judge(), false, time.Now())
		if got := fmt.Sprint(err); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
		if err == nil && (id.Account != "APP" || id.Name != "bob" || id.Kind != auth.ByCallout) {
			t.Errorf("%s: %+v", tt.name, id)
		}
	}
	p, err := s.asker.Ask(s.question(), time.Now())
	s.must(err)
	if _, err := p.Verify(nil, s.judge(), false, time.Now()); fmt.Sprint(err) != `Auth callout violation: "no reason supplied" on account "AUTH"` {
		t.Errorf("nothing: %v", err)
	}
}

func mustUser(t testing.TB) nkeys.KeyPair   { return mustKey(t, nkeys.CreateUser) }
func mustServer(t testing.TB) nkeys.KeyPair { return mustKey(t, nkeys.CreateServer) }

func mustKey(t testing.TB, create func() (nkeys.KeyPair, error)) nkeys.KeyPair {
	kp, err := create()
	if err != nil {
		t.Fatal(err)
	}
	return kp
}

// An answer to one attempt is none to the next: the class of attacks that play
// something back.
func TestAdvisoryAnswersCannotBePlayedBack(t *testing.T) {
	t.Parallel()
	s := newService(t)
	first, err := s.asker.Ask(s.question(), time.Now())
	s.must(err)
	second, err := s.asker.Ask(s.question(), time.Now())
	s.must(err)
	answer := s.answer(first, nil)
	if _, err := first.Verify(answer, s.judge(), false, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Verify(answer, s.judge(), false, time.Now()); err == nil {
		t.Error("it was taken for another attempt")
	}
}

// Whoever has not got the service's key answers for nobody, however the JWT of an
// answer that was not sealed begins: the class of attacks that make a check look
// the other way.
func TestAdvisoryAnswersOfStrangersAreNeverTaken(t *testing.T) {
	t.Parallel()
	s := newService(t)
	stranger := mustKey(t, nkeys.CreateAccount)
	for _, header := range []string{`{"typ":"JWT","alg":"ed25519-nkey"}`, ` {"typ":"JWT","alg":"ed25519-nkey"}`} {
		p, err := s.asker.Ask(s.question(), time.Now())
		s.must(err)
		_, claims, _ := strings.Cut(string(s.answer(p, nil)), ".")
		claims, _, _ = strings.Cut(claims, ".")
		b, err := base64.RawURLEncoding.DecodeString(claims)
		s.must(err)
		b = []byte(strings.Replace(string(b), `"iss":"`+public(s.issuer), `"iss":"`+public(stranger), 1))
		signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(b)
		sig, err := stranger.Sign([]byte(signed))
		s.must(err)
		answer := signed + "." + base64.RawURLEncoding.EncodeToString(sig)
		_, err = p.Verify([]byte(answer), s.judge(), false, time.Now())
		if got := fmt.Sprint(err); got != "Auth callout signing key is unknown" {
			t.Errorf("header %q: %s", header, got)
		}
	}
}

func TestSealed(t *testing.T) {
	t.Parallel()
	s := newService(t)
	q := s.question()
	q.XKey = public(s.xkeys)
	p, err := s.asker.Ask(q, time.Now())
	s.must(err)
	if p.XKey != s.asker.XKey {
		t.Errorf("the server's key is %q", p.XKey)
	}
	opened, err := s.xkeys.Open(p.Payload, s.asker.XKey)
	s.must(err)
	if _, err := jwt.DecodeAuthorizationRequestClaims(string(opened)); err != nil {
		t.Fatal(err)
	}
	sealed, err := s.xkeys.Seal(s.answer(p, nil), s.asker.XKey)
	s.must(err)
	if _, err := p.Verify(sealed, s.judge(), false, time.Now()); err != nil {
		t.Errorf("sealed: %v", err)
	}
	if _, err := p.Verify(s.answer(p, nil), s.judge(), false, time.Now()); err != nil {
		t.Errorf("plain: %v", err)
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := p.Verify(sealed, s.judge(), false, time.Now()); err == nil {
		t.Error("a damaged answer is good")
	}
}

func FuzzAnswer(f *testing.F) {
	s := newService(f)
	q := s.question()
	q.XKey = public(s.xkeys)
	p, err := s.asker.Ask(q, time.Now())
	s.must(err)
	f.Add([]byte(""))
	f.Add([]byte("eyJ.x.y"))
	f.Add([]byte("xkv1garbage"))
	sealed, err := s.xkeys.Seal([]byte("eyJ"), s.asker.XKey)
	s.must(err)
	f.Add(sealed)
	f.Fuzz(func(t *testing.T, answer []byte) {
		if id, err := p.Verify(answer, s.judge(), false, time.Now()); err == nil {
			t.Errorf("%q lets %+v in", answer, id)
		}
	})
}
