package jwtauth

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/jwt/v2"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Stored is what the keeper of account JWTs has to know of one.
type Stored struct {
	Key, Label string
	ID         string // of the JWT
	Issued     time.Time
	Expires    time.Time // zero for never
}

// ParseStored reads an account JWT that is kept, or about to be. Who signed it is
// not asked, as long as somebody did.
func ParseStored(token string) (Stored, error) {
	a, err := decodeAccount(token)
	if err != nil {
		return Stored{}, err
	}
	return Stored{a.Key, a.Label, a.claims.ID, a.Issued, a.Expires}, nil
}

// ErrSigningKey is the error of an account that an operator has signed with its
// own key although it wants signing keys.
var ErrSigningKey = errors.New("operator requires issuer to be a signing key")

// CheckClaims returns what keeps an account JWT from being kept: claims that make
// no sense whenever it is. Time checks are for whoever uses it.
func CheckClaims(token string) error {
	a, err := decodeAccount(token)
	if err != nil {
		return err
	}
	if vr := validate(a.claims.Validate); vr.IsBlocking(false) {
		return fmt.Errorf("validation errors: %v", vr.Errors())
	}
	for _, m := range a.Mappings() {
		dests := make([]subject.Dest, 0, len(m.Dests))
		for _, d := range m.Dests {
			dests = append(dests, subject.Dest{Subject: d.Subject, Weight: d.Weight, Cluster: d.Cluster})
		}
		if _, err := subject.NewMapping(m.Source, dests...); err != nil {
			return fmt.Errorf("mapping %q: %w", m.Source, err)
		}
	}
	return nil
}

// CheckIssuer returns ErrSigningKey for an account that has to be signed with
// another key.
func (o *Operators) CheckIssuer(token string) error {
	c, err := jwt.DecodeAccountClaims(token)
	if err != nil {
		return err
	}
	for _, op := range o.list {
		if op.Strict && c.Issuer == op.Key {
			return ErrSigningKey
		}
	}
	return nil
}

// Errors of [Operators.ParseDeletion].
var (
	ErrNotSelfSigned = errors.New("not self signed")
	ErrStranger      = errors.New("not trusted")
	ErrMalformed     = errors.New("malformed request")
)

// ParseDeletion reads an operator's order to delete accounts and returns who gave
// it and their keys.
func (o *Operators) ParseDeletion(token string) (by string, accounts []string, err error) {
	c, err := jwt.DecodeGeneric(token)
	if err != nil {
		return "", nil, err
	}
	list, ok := c.Data["accounts"].([]any)
	switch {
	case c.Issuer != c.Subject:
		return c.Subject, nil, ErrNotSelfSigned
	case !o.Trusts(c.Issuer):
		return c.Subject, nil, ErrStranger
	case !ok:
		return c.Subject, nil, ErrMalformed
	}
	for _, v := range list {
		key, ok := v.(string)
		if !ok {
			return c.Subject, nil, ErrMalformed
		}
		accounts = append(accounts, key)
	}
	return c.Subject, accounts, nil
}
