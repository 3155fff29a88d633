package jwtauth

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// Operator is what an operator says of itself.
type Operator struct {
	JWT             string
	Key             string // public key
	Name            string
	Issued, Expires time.Time // Expires is zero for never; it is shown, not enforced
	// SystemAccount is the key of the account for servers, AccountServer the URL
	// below which account JWTs can be had; both may be empty.
	SystemAccount string
	AccountServer string
	// Strict says that the operator's own key signs no account, and an account's
	// own key no user.
	Strict bool

	signers []string
	version string // that servers must have at least; empty for any
}

// ParseOperator reads an operator's JWT, bare or between the lines that files
// have it in.
func ParseOperator(text []byte) (*Operator, error) {
	token, err := jwt.ParseDecoratedJWT(text)
	if err != nil {
		return nil, err
	}
	c, err := jwt.DecodeOperatorClaims(token)
	if err != nil {
		return nil, err
	}
	return &Operator{
		JWT: token,
		Key: c.Subject, Name: c.Name, Issued: seconds(c.IssuedAt), Expires: seconds(c.Expires),
		SystemAccount: c.SystemAccount, AccountServer: c.AccountServerURL, Strict: c.StrictSigningKeyUsage,
		signers: c.SigningKeys, version: c.AssertServerVersion,
	}, nil
}

// Equal reports whether two JWTs of operators say the same.
func (o *Operator) Equal(p *Operator) bool {
	if o == nil || p == nil {
		return o == p
	}
	return o.Key == p.Key && o.Name == p.Name && o.Issued.Equal(p.Issued) && o.Expires.Equal(p.Expires) &&
		o.SystemAccount == p.SystemAccount && o.AccountServer == p.AccountServer && o.Strict == p.Strict &&
		o.version == p.version && slices.Equal(o.signers, p.signers)
}

// seconds is a time of a claim; zero stands for none.
func seconds(unix int64) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0)
}

// CheckVersion returns why a server of that version is too old for the operator.
func (o *Operator) CheckVersion(version string) error {
	if o.version == "" {
		return nil
	}
	wantMajor, wantMinor, wantPatch, err := jwt.ParseServerVersion(o.version)
	if err != nil {
		return fmt.Errorf("operator %s expects version %s got error instead: %w", o.Key, o.version, err)
	}
	major, minor, patch, err := jwt.ParseServerVersion(version)
	if err != nil {
		return fmt.Errorf("operator %s: version of the server: %w", o.Key, err)
	}
	switch {
	case wantMajor > major:
		return fmt.Errorf("operator %s expected major version %d > server major version %d", o.Key, wantMajor, major)
	case wantMajor < major:
		return nil
	case wantMinor > minor:
		return fmt.Errorf("operator %s expected minor version %d > server minor version %d", o.Key, wantMinor, minor)
	case wantMinor < minor:
		return nil
	case wantPatch > patch:
		return fmt.Errorf("operator %s expected update version %d > server update version %d", o.Key, wantPatch, patch)
	}
	return nil
}

// Operators are those that a server trusts. It is immutable; nil trusts nobody.
type Operators struct {
	list    []*Operator
	trusted map[string]bool // keys that accounts may be signed with
	strict  map[string]bool // those of them whose accounts sign users with signing keys alone
}

// NewOperators returns the operators with those JWTs, or with those public keys
// if only keys are trusted.
func NewOperators(list []*Operator, keys []string) (*Operators, error) {
	if len(list) > 0 && len(keys) > 0 {
		return nil, errors.New("conflicting options for 'TrustedKeys' and 'TrustedOperators'")
	}
	o := &Operators{list: list, trusted: make(map[string]bool), strict: make(map[string]bool)}
	for _, op := range list {
		if !op.Strict {
			o.trusted[op.Key] = true
		}
		for _, key := range op.signers {
			o.trusted[key] = true
			o.strict[key] = op.Strict
		}
	}
	for _, key := range keys {
		if !nkeys.IsValidPublicOperatorKey(key) {
			return nil, fmt.Errorf("trust key %q required to be a valid public operator nkey", key)
		}
		o.trusted[key] = true
	}
	return o, nil
}

// List returns the operators that there are JWTs of.
func (o *Operators) List() []*Operator { return o.list }

// Trusts reports whether accounts signed with a key are the operators'.
func (o *Operators) Trusts(key string) bool { return o != nil && o.trusted[key] }

// isStrict reports whether accounts signed with a key sign users with signing keys
// alone.
func (o *Operators) isStrict(key string) bool { return o.strict[key] }

// IsStrict reports whether some operator insists on signing keys.
func (o *Operators) IsStrict() bool {
	for _, op := range o.list {
		if op.Strict {
			return true
		}
	}
	return false
}
