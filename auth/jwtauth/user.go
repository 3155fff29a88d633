package jwtauth

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/jwt/v2"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
)

// Lookup finds accounts. What it returns was decoded by [DecodeAccount], now or a
// while ago.
type Lookup interface {
	// Account returns the account with a public key.
	Account(key string) (*Account, error)
}

// Authenticator lets users in that show a JWT. It is immutable and safe for
// concurrent use.
type Authenticator struct {
	Operators *Operators
	// Sentinel is the JWT of who brings none; empty for nobody.
	Sentinel string
	// Pinned are the accounts whose users are let in; empty for all.
	Pinned map[string]bool
}

// Granted is who was let in.
type Granted struct {
	Identity *auth.Identity
	Account  *Account
	// Line is what the log says about it when it debugs.
	Line string
}

// Authenticate decides who a peer is. proxied says that a trusted proxy stands
// between. The error is an *[auth.Refusal].
func (t *Authenticator) Authenticate(r *auth.Request, proxied bool, accounts Lookup, now time.Time) (Granted, error) {
	u, token, refusal := t.claims(r, proxied)
	if refusal == nil {
		refusal = notNow(u)
	}
	if refusal != nil {
		return Granted{}, refusal
	}
	a, refusal := t.account(u, accounts)
	if refusal != nil {
		return Granted{}, refusal
	}
	id, refusal := a.admit(u, proxied, r, now)
	if refusal == nil && !u.BearerToken {
		refusal = auth.Verify(u.Subject, r.Nonce, r.Connect.Sig)
	}
	if refusal == nil && a.revoked(u.Subject, id.IssuedAt) {
		refusal = refuse("User authentication revoked")
	}
	if refusal == nil {
		refusal = place(id, u, r, now)
	}
	if refusal != nil {
		return Granted{}, refusal
	}
	id.JWT = token
	return Granted{id, a, line(u, a)}, nil
}

// claims finds the JWT of a peer.
func (t *Authenticator) claims(r *auth.Request, proxied bool) (*jwt.UserClaims, string, *auth.Refusal) {
	token := r.Connect.JWT
	if token == "" {
		token = t.Sentinel
	}
	if token == "" {
		return nil, "", refuse("Authentication requires a user JWT")
	}
	u, err := jwt.DecodeUserClaims(token)
	if err != nil && t.Sentinel != "" && token != t.Sentinel {
		token = t.Sentinel
		u, err = jwt.DecodeUserClaims(token)
	}
	switch {
	case err != nil:
		return nil, "", refuse("User JWT not valid: " + err.Error())
	case u.ProxyRequired && !proxied:
		return nil, "", direct()
	}
	return u, token, nil
}

// notNow refuses claims that are malformed, or of another time.
func notNow(u *jwt.UserClaims) *auth.Refusal {
	if vr := validate(u.Validate); vr.IsBlocking(true) {
		return refuse("User JWT no longer valid: " + issues(vr))
	}
	return nil
}

// accountKey is the key of the account that claims belong to.
func accountKey(u *jwt.UserClaims) string {
	if u.IssuerAccount != "" {
		return u.IssuerAccount
	}
	return u.Issuer
}

// account finds the account of claims.
func (t *Authenticator) account(u *jwt.UserClaims, accounts Lookup) (*Account, *auth.Refusal) {
	key := accountKey(u)
	if len(t.Pinned) > 0 && !t.Pinned[key] {
		return nil, &auth.Refusal{Reason: protocol.AuthenticationFailure, Why: "Account " + key + " not listed as operator pinned account", Pinned: true}
	}
	a, err := accounts.Account(key)
	switch {
	case err != nil:
		return nil, refuse("Account JWT lookup error: " + err.Error())
	case a.Key != key || !t.Operators.Trusts(a.Issuer):
		return nil, refuse("Account JWT not signed by trusted operator")
	}
	return a, nil
}

// admit makes an identity of claims, if the account stands for them.
func (a *Account) admit(u *jwt.UserClaims, proxied bool, r *auth.Request, now time.Time) (*auth.Identity, *auth.Refusal) {
	scope, known := a.signer(u.Issuer)
	if !known {
		return nil, refuse("User JWT issuer is not known")
	}
	limits := u.UserPermissionLimits
	if scope != nil {
		if err := scope.ValidateScopedSigner(u); err != nil {
			return nil, refuse("User JWT is not valid: " + err.Error())
		}
		limits = scope.Template
		var err error
		if limits.Permissions, err = expand(limits.Permissions, u, a); err != nil {
			return nil, refuse("User JWT generated invalid permissions: " + err.Error())
		}
		if limits.ProxyRequired && !proxied {
			return nil, direct()
		}
	}
	switch {
	case !a.Good(now):
		return nil, refuse("Account JWT has expired")
	case limits.BearerToken && a.claims.Limits.DisallowBearer:
		return nil, refuse("Account does not allow bearer tokens")
	}
	types, ok := connectionTypes(limits.AllowedConnectionTypes)
	if !ok || !types.Allow(r.Type) {
		return nil, refuse("Connection type not allowed")
	}
	set, err := perm.Compile(rules(&limits.Permissions))
	if err != nil {
		return nil, refuse("User JWT generated invalid permissions: " + err.Error())
	}
	if set == nil {
		set = a.defaults
	}
	u.UserPermissionLimits = limits
	return &auth.Identity{
		Kind: auth.ByJWT, Name: u.Subject, Account: a.Key, Permissions: set, Types: types,
		MaxSubscriptions: atLeastNone(limits.Subs), MaxPayload: atLeastNone(limits.Payload),
		Expires: seconds(u.Expires), Issuer: u.Issuer, IssuedAt: seconds(u.IssuedAt),
		Tags: u.Tags, NameTag: u.Name, Bearer: limits.BearerToken,
	}, nil
}

// atLeastNone is a limit of a claim as an identity has it: 0 for none.
func atLeastNone(limit int64) int { return int(min(max(limit, 0), 1<<31-1)) }

// connectionTypes are the ways in that claims allow. Those that nobody knows are
// passed over, but if there are no others nothing is allowed.
func connectionTypes(names []string) (auth.Types, bool) {
	types, _ := auth.ParseTypes(names)
	return types, types != 0 || len(names) == 0
}

// place checks where and when a user connects, and ends its session with the time
// that it may be there.
func place(id *auth.Identity, u *jwt.UserClaims, r *auth.Request, now time.Time) *auth.Refusal {
	if !fromNetworks(u.Src, r.Host) {
		return loud("Bad src Ip " + hostText(r.Host))
	}
	end, ok := untilWhen(u.Times, u.Locale, now)
	if !ok {
		return loud("Outside connect times")
	}
	if !end.IsZero() && (id.Expires.IsZero() || end.Before(id.Expires)) {
		id.Expires = end
	}
	return nil
}

// line is what the log says about a user that was let in.
func line(u *jwt.UserClaims, a *Account) string {
	who := func(key, name string, tags []string) string {
		s := fmt.Sprintf("%q", key)
		if name != "" {
			s += fmt.Sprintf(" (claim-name: %q, claim-tags: %q)", name, tags)
		}
		return s
	}
	return fmt.Sprintf("Authenticated JWT: Client %s signed with %q by Account %s signed with %q",
		who(u.Subject, u.Name, u.Tags), u.Issuer, who(a.Key, a.claims.Name, a.Tags), a.Issuer)
}

func refuse(why string) *auth.Refusal {
	return &auth.Refusal{Reason: protocol.AuthenticationFailure, Why: why}
}

func loud(why string) *auth.Refusal {
	r := refuse(why)
	r.Loud = true
	return r
}

func direct() *auth.Refusal {
	return &auth.Refusal{Reason: protocol.ProxyRequired, Why: "proxy connection required"}
}

// CheckSentinel returns why a JWT cannot stand for who brings none. It has to be
// one without a signature to give, or at least look like one that its signer makes
// such.
func CheckSentinel(token string) error {
	u, err := jwt.DecodeUserClaims(token)
	switch {
	case err != nil:
		return errors.New("default sentinel JWT not valid")
	case !u.BearerToken && !(u.IssuerAccount != "" && u.HasEmptyPermissions()):
		return errors.New("default sentinel must be a bearer token")
	}
	return nil
}
