package jwtauth

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/jwt/v2"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
)

// A service to which the decision was left answers with claims of a user. They
// need no signature of the peer, and their limits do not count.

// Errors of users whom a service lets in.
var (
	ErrTimes        = errors.New("outside of valid connect times")
	ErrUnknownTypes = errors.New("invalid connection type")
	ErrType         = errors.New("connection type not allowed")
	ErrProxy        = errors.New("proxy connection required")
)

// Delegated makes an identity of a user's claims whose signature the caller has
// checked. Its account is the caller's to set.
func Delegated(u *jwt.UserClaims, r *auth.Request, now time.Time) (*auth.Identity, error) {
	return delegated(u.UserPermissionLimits, u, r, now)
}

func delegated(l jwt.UserPermissionLimits, u *jwt.UserClaims, r *auth.Request, now time.Time) (*auth.Identity, error) {
	types, ok := connectionTypes(l.AllowedConnectionTypes)
	switch {
	case !ok:
		return nil, ErrUnknownTypes
	case !types.Allow(r.Type):
		return nil, ErrType
	case !fromNetworks(l.Src, r.Host):
		return nil, fmt.Errorf("Bad src Ip %s", hostText(r.Host))
	}
	end, ok := untilWhen(l.Times, l.Locale, now)
	if !ok {
		return nil, ErrTimes
	}
	set, err := perm.Compile(rules(&l.Permissions))
	if err != nil {
		return nil, fmt.Errorf("User JWT generated invalid permissions: %w", err)
	}
	id := &auth.Identity{Kind: auth.ByCallout, Permissions: set, Types: types, Expires: seconds(u.Expires)}
	if !end.IsZero() && (id.Expires.IsZero() || end.Before(id.Expires)) {
		id.Expires = end
	}
	return id, nil
}

// SignsWith reports whether a key is a signing key of the account.
func (a *Account) SignsWith(key string) bool {
	_, ok := a.claims.SigningKeys[key]
	return ok
}

// CalloutInto reports whether the service of the account may let users into another
// one; its own is always allowed.
func (a *Account) CalloutInto(key string) bool {
	if key == a.Key {
		return true
	}
	c := a.Callout
	if c == nil {
		return false
	}
	if len(c.Accounts) == 1 && c.Accounts[0] == jwt.AnyAccount {
		return true
	}
	for _, allowed := range c.Accounts {
		if allowed == key {
			return true
		}
	}
	return false
}

// Delegated is as the function of that name, for a user of the account.
func (a *Account) Delegated(u *jwt.UserClaims, r *auth.Request, proxied bool, now time.Time) (*auth.Identity, error) {
	scope, known := a.signer(u.Issuer)
	if !known {
		return nil, fmt.Errorf("User JWT issuer %q is not known", u.Issuer)
	}
	limits := u.UserPermissionLimits
	if scope != nil {
		if err := scope.ValidateScopedSigner(u); err != nil {
			return nil, fmt.Errorf("User JWT is not valid: %w", err)
		}
		limits = scope.Template
		var err error
		if limits.Permissions, err = expand(limits.Permissions, u, a); err != nil {
			return nil, fmt.Errorf("User JWT generated invalid permissions: %w", err)
		}
		if limits.ProxyRequired && !proxied {
			return nil, ErrProxy
		}
	}
	switch {
	case !a.Good(now):
		return nil, ErrExpired
	case a.revoked(u.Subject, seconds(u.IssuedAt)):
		return nil, errors.New("User authentication revoked")
	}
	id, err := delegated(limits, u, r, now)
	if err != nil {
		return nil, err
	}
	if id.Permissions == nil {
		id.Permissions = a.defaults
	}
	id.Account = a.Key
	return id, nil
}
