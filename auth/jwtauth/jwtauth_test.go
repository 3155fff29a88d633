package jwtauth

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/protocol"
)

// world is an operator with an account, as tests make it.
type world struct {
	t        testing.TB
	operator nkeys.KeyPair
	account  nkeys.KeyPair
	signing  nkeys.KeyPair // of the account
	user     nkeys.KeyPair
	ops      *Operators
	claims   *jwt.AccountClaims
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t}
	for kp, create := range map[*nkeys.KeyPair]func() (nkeys.KeyPair, error){
		&w.operator: nkeys.CreateOperator, &w.account: nkeys.CreateAccount, &w.signing: nkeys.CreateAccount, &w.user: nkeys.CreateUser,
	} {
		made, err := create()
		w.must(err)
		*kp = made
	}
	oc := jwt.NewOperatorClaims(public(w.operator))
	oc.Name = "O"
	token, err := oc.Encode(w.operator)
	w.must(err)
	op, err := ParseOperator([]byte(token))
	w.must(err)
	w.ops, err = NewOperators([]*Operator{op}, nil)
	w.must(err)
	w.claims = jwt.NewAccountClaims(public(w.account))
	w.claims.Name = "ACC"
	w.claims.SigningKeys.Add(public(w.signing))
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func public(kp nkeys.KeyPair) string {
	key, _ := kp.PublicKey() // of a pair that was made here
	return key
}

// acc is the account as it is now.
func (w *world) acc() *Account {
	w.t.Helper()
	token, err := w.claims.Encode(w.operator)
	w.must(err)
	a, err := DecodeAccount(token, w.ops, time.Now())
	w.must(err)
	return a
}

// newUser returns claims of the user that edit has changed.
func (w *world) newUser(edit func(*jwt.UserClaims)) *jwt.UserClaims {
	u := jwt.NewUserClaims(public(w.user))
	u.Name = "bob"
	if edit != nil {
		edit(u)
	}
	return u
}

// login tries to get in with claims that a pair has signed.
func (w *world) login(u *jwt.UserClaims, signer nkeys.KeyPair, edit func(*auth.Request, *Authenticator)) (Granted, error) {
	w.t.Helper()
	token, err := u.Encode(signer)
	w.must(err)
	return w.present(token, edit)
}

func (w *world) present(token string, edit func(*auth.Request, *Authenticator)) (Granted, error) {
	w.t.Helper()
	const nonce = "abcdefghijklmno"
	sig, err := w.user.Sign([]byte(nonce))
	w.must(err)
	c := protocol.DefaultConnect()
	c.JWT, c.Sig = token, base64.RawURLEncoding.EncodeToString(sig)
	r := &auth.Request{Connect: &c, Nonce: nonce}
	t := &Authenticator{Operators: w.ops}
	if edit != nil {
		edit(r, t)
	}
	return t.Authenticate(r, false, accounts{w.acc()}, time.Now())
}

// accounts finds one account.
type accounts struct{ a *Account }

func (l accounts) Account(key string) (*Account, error) {
	if l.a.Key != key {
		return nil, errMissing
	}
	return l.a, nil
}

type missing struct{}

func (missing) Error() string { return "account missing" }

var errMissing = missing{}

func TestUserSignedByItsAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, signer := range map[string]nkeys.KeyPair{"account key": w.account, "signing key": w.signing} {
		g, err := w.login(w.newUser(func(u *jwt.UserClaims) { u.IssuerAccount = public(w.account) }), signer, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if g.Identity.Name != public(w.user) || g.Identity.Account != public(w.account) || g.Identity.NameTag != "bob" || g.Identity.Kind != auth.ByJWT {
			t.Errorf("%s: %+v", name, g.Identity)
		}
		if !strings.HasPrefix(g.Line, `Authenticated JWT: Client "U`) || !strings.Contains(g.Line, `(claim-name: "ACC"`) {
			t.Errorf("%s: %s", name, g.Line)
		}
	}
}

// Every reason to refuse a user, in the order in which they are looked for.
func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger, err := nkeys.CreateAccount()
	w.must(err)
	scope := jwt.NewUserScope()
	scoped, err := nkeys.CreateAccount()
	w.must(err)
	scope.Key, scope.Role = public(scoped), "r"
	scope.Template.Pub.Allow.Add("u.{{name()}}.>")
	w.claims.SigningKeys.AddScopedSigner(scope)
	w.claims.RevokeAt("UREVOKED", time.Now())

	type try struct {
		name   string
		user   func(*jwt.UserClaims)
		signer nkeys.KeyPair
		edit   func(*auth.Request, *Authenticator)
		want   string
	}
	for _, tt := range []try{
		{"no token", nil, w.account, func(r *auth.Request, _ *Authenticator) { r.Connect.JWT = "" }, "Authentication requires a user JWT"},
		{"garbage", nil, w.account, func(r *auth.Request, _ *Authenticator) { r.Connect.JWT = "x.y" }, "User JWT not valid: expected 3 chunks"},
		{"forged", nil, w.account, func(r *auth.Request, _ *Authenticator) {
			r.Connect.JWT = r.Connect.JWT[:len(r.Connect.JWT)-4] + "AAAA"
		}, "User JWT not valid: claim failed V2 signature verification"},
		{"through a proxy only", func(u *jwt.UserClaims) { u.ProxyRequired = true }, w.account, nil, "proxy connection required"},
		{"expired", func(u *jwt.UserClaims) { u.Expires = 1 }, w.account, nil, "User JWT no longer valid: &{Issues:[claim is expired]}"},
		{"too early", func(u *jwt.UserClaims) { u.NotBefore = time.Now().Add(time.Hour).Unix() }, w.account, nil, "User JWT no longer valid: &{Issues:[claim is not yet valid]}"},
		{"not pinned", nil, w.account, func(_ *auth.Request, a *Authenticator) { a.Pinned = map[string]bool{"A": true} }, "Account " + public(w.account) + " not listed as operator pinned account"},
		{"another account", nil, stranger, nil, "Account JWT lookup error: account missing"},
		{"signing key without its account", nil, w.signing, nil, "Account JWT lookup error: account missing"},
		{"somebody else's key", func(u *jwt.UserClaims) { u.IssuerAccount = public(w.account) }, stranger, nil, "User JWT issuer is not known"},
		{"scoped with rights of its own", func(u *jwt.UserClaims) { u.IssuerAccount = public(w.account) }, scoped, nil,
			"User JWT is not valid: scoped users require no permissions or limits set"},
		{"wrong listener", func(u *jwt.UserClaims) { u.AllowedConnectionTypes.Add("WEBSOCKET") }, w.account, nil, "Connection type not allowed"},
		{"unknown types alone", func(u *jwt.UserClaims) { u.AllowedConnectionTypes = jwt.StringList{"PIGEON"} }, w.account, nil, "Connection type not allowed"},
		{"no signature", nil, w.account, func(r *auth.Request, _ *Authenticator) { r.Connect.Sig = "" }, "Signature missing"},
		{"no base64", nil, w.account, func(r *auth.Request, _ *Authenticator) { r.Connect.Sig = "%" }, "Signature not valid base64"},
		{"another nonce", nil, w.account, func(r *auth.Request, _ *Authenticator) { r.Nonce = "other" }, "Signature not verified"},
		{"from elsewhere", func(u *jwt.UserClaims) { u.Src.Add("192.0.2.0/24") }, w.account, nil, "Bad src Ip unknown"},
		{"never", func(u *jwt.UserClaims) {
			now := time.Now()
			u.Times = []jwt.TimeRange{{Start: now.Add(time.Hour).Format("15:04:05"), End: now.Add(2 * time.Hour).Format("15:04:05")}}
		}, w.account, nil, "Outside connect times"},
	} {
		_, err := w.login(w.newUser(tt.user), tt.signer, tt.edit)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestAccountRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, err := w.claims.Encode(w.account) // by itself
	w.must(err)
	if _, err := DecodeAccount(token, w.ops, time.Now()); err == nil || err.Error() != "account validation failed" {
		t.Errorf("signed by itself: %v", err)
	}
	w.claims.Expires = time.Now().Add(-time.Minute).Unix()
	token, err = w.claims.Encode(w.operator)
	w.must(err)
	if _, err := DecodeAccount(token, w.ops, time.Now()); err == nil || err.Error() != "account expired" {
		t.Errorf("expired: %v", err)
	}
	w.claims.Expires = 0
	w.claims.Limits.DisallowBearer = true
	_, err = w.login(w.newUser(func(u *jwt.UserClaims) { u.BearerToken = true }), w.account, nil)
	if err == nil || err.Error() != "Account does not allow bearer tokens" {
		t.Errorf("bearer: %v", err)
	}
	w.claims.Revoke(jwt.All)
	_, err = w.login(w.newUser(nil), w.account, nil)
	if err == nil || err.Error() != "User authentication revoked" {
		t.Errorf("revoked in the second of its issue: %v", err)
	}
}

func TestBearerNeedsNoSignature(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g, err := w.login(w.newUser(func(u *jwt.UserClaims) { u.BearerToken = true }), w.account, func(r *auth.Request, _ *Authenticator) {
		r.Connect.Sig, r.Nonce = "", ""
	})
	if err != nil || !g.Identity.Bearer {
		t.Errorf("%+v %v", g.Identity, err)
	}
}

func TestSentinelStandsInForWhoBringsNoToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sentinel, err := w.newUser(func(u *jwt.UserClaims) { u.BearerToken = true; u.Name = "sentinel" }).Encode(w.account)
	w.must(err)
	for _, brought := range []string{"", "garbage"} {
		g, err := w.present(brought, func(_ *auth.Request, a *Authenticator) { a.Sentinel = sentinel })
		if err != nil || g.Identity.NameTag != "sentinel" {
			t.Errorf("%q: %v", brought, err)
		}
	}
	if err := CheckSentinel(sentinel); err != nil {
		t.Error(err)
	}
	plain, err := w.newUser(nil).Encode(w.account)
	w.must(err)
	for token, want := range map[string]string{plain: "default sentinel must be a bearer token", "x": "default sentinel JWT not valid"} {
		if err := CheckSentinel(token); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestStrictOperatorsWantSigningKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signer, err := nkeys.CreateOperator()
	w.must(err)
	oc := jwt.NewOperatorClaims(public(w.operator))
	oc.StrictSigningKeyUsage = true
	oc.SigningKeys.Add(public(signer))
	token, err := oc.Encode(w.operator)
	w.must(err)
	op, err := ParseOperator([]byte(token))
	w.must(err)
	w.ops, err = NewOperators([]*Operator{op}, nil)
	w.must(err)
	byIdentity, err := w.claims.Encode(w.operator)
	w.must(err)
	if _, err := DecodeAccount(byIdentity, w.ops, time.Now()); err == nil {
		t.Error("an account signed by the operator's own key is good")
	}
	w.operator = signer
	if _, err := w.login(w.newUser(nil), w.account, nil); err == nil || err.Error() != "User JWT issuer is not known" {
		t.Errorf("a user signed by the account's own key: %v", err)
	}
	if _, err := w.login(w.newUser(func(u *jwt.UserClaims) { u.IssuerAccount = public(w.account) }), w.signing, nil); err != nil {
		t.Errorf("a user signed by a signing key: %v", err)
	}
}

func TestDefaultPermissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.claims.DefaultPermissions.Pub.Allow.Add("d")
	g, err := w.login(w.newUser(nil), w.account, nil)
	w.must(err)
	if !g.Identity.Permissions.Publish([]byte("d")) || g.Identity.Permissions.Publish([]byte("e")) {
		t.Error("the account's permissions do not hold")
	}
	g, err = w.login(w.newUser(func(u *jwt.UserClaims) { u.Sub.Deny.Add("x") }), w.account, nil)
	w.must(err)
	if !g.Identity.Permissions.Publish([]byte("e")) {
		t.Error("the account's permissions hold for a user with some of its own")
	}
}
