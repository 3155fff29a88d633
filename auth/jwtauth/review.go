package jwtauth

import (
	"reflect"
	"time"

	"github.com/nats-io/jwt/v2"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
)

// Verdict is what a change of an account means for somebody who is in.
type Verdict struct {
	// Leaves says that it has to go: with an error that it is told, or without a
	// word for Reason.
	Leaves bool
	Error  *protocol.Error
	Reason protocol.CloseReason
	// Permissions are what it may do from now on.
	Permissions *perm.Set
}

// Review decides about somebody whom an earlier JWT of the account let in: the
// one that old was made of.
func (a *Account) Review(id *auth.Identity, old *Account, now time.Time) Verdict {
	if !a.Good(now) {
		return Verdict{Leaves: true, Error: protocol.ErrAccountExpired}
	}
	if id.Kind != auth.ByJWT {
		return Verdict{Permissions: id.Permissions}
	}
	u, err := jwt.DecodeUserClaims(id.JWT)
	if err != nil {
		return Verdict{Leaves: true, Reason: protocol.AuthenticationFailure}
	}
	scope, known := a.signer(u.Issuer)
	before, _ := old.signer(u.Issuer)
	switch {
	case !known:
		return Verdict{Leaves: true, Reason: protocol.AuthenticationFailure}
	case a.revoked(u.Subject, id.IssuedAt):
		return Verdict{Leaves: true, Error: protocol.ErrUserRevoked}
	case id.Bearer && a.claims.Limits.DisallowBearer:
		return Verdict{Leaves: true, Error: protocol.ErrAuthorization}
	}
	set := id.Permissions
	switch {
	case !reflect.DeepEqual(scope, before):
		return Verdict{Leaves: true, Reason: protocol.AuthenticationFailure}
	case scope == nil && rules(&u.Permissions) == nil && !a.defaults.Rules().Equal(old.defaults.Rules()):
		set = a.defaults
	}
	return Verdict{Permissions: set}
}
