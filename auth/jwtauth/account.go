package jwtauth

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/jwt/v2"

	"github.com/dunlin-mq/dunlin/auth/perm"
)

// Account is an account as its JWT describes it. It is immutable: another JWT
// makes another value.
type Account struct {
	Key    string // public key
	Label  string // name for people
	JWT    string
	Issuer string // operator's key that signed it
	Tags   []string
	// Issued is when, Expires until when the account is good; zero for ever.
	Issued, Expires time.Time
	Limits          Limits
	// Callout is who decides about its users; nil if the account does.
	Callout *Callout
	// Trace is where messages with a traceparent header are traced to, of
	// TraceSampling percent of them; empty for nowhere.
	Trace         string
	TraceSampling int

	claims   *jwt.AccountClaims
	strict   bool      // its own key signs no users
	defaults *perm.Set // of users without permissions of their own
}

// Limits bound an account. Negative means no limit, zero nothing at all.
type Limits struct {
	Connections, Leafs     int64
	Subscriptions, Payload int64 // of each connection, of each message
}

// Callout is a service that decides about the users of an account: those of Users
// excepted, who are to be that service.
type Callout struct {
	Users    []string // public keys
	Accounts []string // that it may let users into; "*" alone for all
	XKey     string   // of the service, for sealed requests; empty for none
}

// ErrNotTrusted is the error of an account that nobody signed who is trusted.
var ErrNotTrusted = errors.New("account validation failed")

// DecodeAccount reads an account's JWT, which has to be signed by one of the
// operators and good at that time.
func DecodeAccount(token string, o *Operators, now time.Time) (*Account, error) {
	a, err := decodeAccount(token)
	if err != nil {
		return nil, err
	}
	if !o.Trusts(a.Issuer) {
		return nil, ErrNotTrusted
	}
	a.strict = o.isStrict(a.Issuer)
	if vr := validate(a.claims.Validate); vr.IsBlocking(false) {
		return nil, fmt.Errorf("%w: %s", ErrNotTrusted, issues(vr))
	}
	if !a.Good(now) {
		return nil, ErrExpired
	}
	return a, nil
}

// ErrExpired is the error of an account whose time is over, or has not come.
var ErrExpired = errors.New("account expired")

// decodeAccount reads a JWT whoever signed it.
func decodeAccount(token string) (*Account, error) {
	c, err := jwt.DecodeAccountClaims(token)
	if err != nil {
		return nil, err
	}
	a := &Account{
		Key: c.Subject, Label: cmp.Or(c.Name, c.Subject), JWT: token, Issuer: c.Issuer, Tags: c.Tags,
		Issued: seconds(c.IssuedAt), Expires: seconds(c.Expires), claims: c,
		Limits: Limits{c.Limits.Conn, c.Limits.LeafNodeConn, c.Limits.Subs, c.Limits.Payload},
	}
	if c.HasExternalAuthorization() {
		a.Callout = &Callout{c.Authorization.AuthUsers, c.Authorization.AllowedAccounts, c.Authorization.XKey}
	}
	if c.Trace != nil {
		a.Trace, a.TraceSampling = string(c.Trace.Destination), cmp.Or(c.Trace.Sampling, 100)
	}
	if a.defaults, err = perm.Compile(rules(&c.DefaultPermissions)); err != nil {
		return nil, err
	}
	return a, nil
}

// Good reports whether a time lies within that of the account.
func (a *Account) Good(now time.Time) bool {
	return (a.Expires.IsZero() || now.Before(a.Expires)) && now.Unix() >= a.claims.NotBefore
}

// rules are permissions of claims; nil if they restrict nothing.
func rules(p *jwt.Permissions) *perm.Rules {
	r := new(perm.Rules)
	lists := func(p jwt.Permission) *perm.Subjects {
		if p.Empty() {
			return nil
		}
		return &perm.Subjects{Allow: p.Allow, Deny: p.Deny}
	}
	r.Publish, r.Subscribe = lists(p.Pub), lists(p.Sub)
	if p.Resp != nil {
		r.Responses = &perm.Responses{Max: p.Resp.MaxMsgs, TTL: p.Resp.Expires}
	}
	if r.Publish == nil && r.Subscribe == nil && r.Responses == nil {
		return nil
	}
	return r
}

// validate runs a check of the library.
func validate(check func(*jwt.ValidationResults)) *jwt.ValidationResults {
	vr := jwt.CreateValidationResults()
	check(vr)
	return vr
}

// issues are the results of a check as the log has them.
func issues(vr *jwt.ValidationResults) string {
	s := "&{Issues:["
	for i, issue := range vr.Issues {
		if i > 0 {
			s += " "
		}
		s += issue.Description
	}
	return s + "]}"
}

// signer reports whether users may be signed with a key, and by which rules.
func (a *Account) signer(key string) (*jwt.UserScope, bool) {
	if key == a.Key {
		return nil, !a.strict
	}
	scope, ok := a.claims.SigningKeys[key]
	if !ok {
		return nil, false
	}
	if s, ok := scope.(*jwt.UserScope); ok {
		return s, true
	}
	return nil, true
}

// revoked reports whether users with that key who were issued then are no longer
// welcome. Seconds count: one that was issued in the second of its revocation is
// revoked.
func (a *Account) revoked(key string, issued time.Time) bool {
	return revokes(a.claims.Revocations, key, issued)
}

func revokes(list jwt.RevocationList, key string, issued time.Time) bool {
	for _, k := range []string{key, jwt.All} {
		if at, ok := list[k]; ok && at >= issued.Unix() {
			return true
		}
	}
	return false
}

// JetStreamLimits bound what an account may store. Negative means no limit.
type JetStreamLimits struct {
	Memory, Store                        int64 // bytes
	Streams, Consumers, MaxAckPending    int64
	MemoryMaxStreamBytes, StoreMaxStream int64
	MaxBytesRequired                     bool
}

// JetStream returns what the account may store, by the number of replicas ("R1", "R3")
// if its limits are made so, else under "" alone; nil if nothing at all.
func (a *Account) JetStream() map[string]JetStreamLimits {
	l := &a.claims.Limits
	if !l.IsJSEnabled() {
		return nil
	}
	if len(l.JetStreamTieredLimits) == 0 {
		return map[string]JetStreamLimits{"": jetStreamLimits(&l.JetStreamLimits)}
	}
	tiers := make(map[string]JetStreamLimits, len(l.JetStreamTieredLimits))
	for name, t := range l.JetStreamTieredLimits {
		tiers[name] = jetStreamLimits(&t)
	}
	return tiers
}

// jetStreamLimits translates limits of claims, in which some zeros mean none.
func jetStreamLimits(l *jwt.JetStreamLimits) JetStreamLimits {
	orNone := func(n int64) int64 {
		if n == 0 {
			return -1
		}
		return n
	}
	return JetStreamLimits{
		Memory: l.MemoryStorage, Store: l.DiskStorage, Streams: orNone(l.Streams), Consumers: orNone(l.Consumer),
		MaxAckPending: orNone(l.MaxAckPending), MemoryMaxStreamBytes: orNone(l.MemoryMaxStreamBytes),
		StoreMaxStream: orNone(l.DiskMaxStreamBytes), MaxBytesRequired: l.MaxBytesRequired,
	}
}
