package door

import (
	"sync/atomic"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
)

// Door is the way into a server. It is safe for concurrent use.
type Door struct {
	accounts *account.Set
	users    atomic.Pointer[auth.Directory]
}

// Admission is what a connection gets that was let in.
type Admission struct {
	Identity *auth.Identity
	Account  *account.Account
}

// New returns a door that lets everybody into the global account.
func New(accounts *account.Set) *Door {
	d := &Door{accounts: accounts}
	none, err := auth.NewDirectory(auth.Config{})
	if err != nil {
		panic(err) // nothing is in it that could be wrong
	}
	d.users.Store(none)
	return d
}

// SetUsers replaces those who may come in. Who is in already stays; see
// [Door.Review].
func (d *Door) SetUsers(users *auth.Directory) { d.users.Store(users) }

// Required reports whether connections of a listener have to say who they are;
// announced whether they are told so.
func (d *Door) Required(l *auth.Listener) (required, announced bool) {
	u := d.users.Load()
	return u.Required(l), u.Announced(l)
}

// NeedsNonce reports whether connections get something to sign.
func (d *Door) NeedsNonce() bool { return d.users.Load().NeedsNonce() }

// Admit decides about a connection. The error is an [*auth.Refusal], or a
// [*protocol.Error] if the identity is good and its account takes nobody.
func (d *Door) Admit(r *auth.Request) (Admission, error) {
	id, err := d.users.Load().Authenticate(r)
	if err != nil {
		return Admission{}, err
	}
	return d.enter(id)
}

// Anonymous decides about a connection that begins with something else than
// CONNECT; false if it may not.
func (d *Door) Anonymous(r *auth.Request) (Admission, bool) {
	id := d.users.Load().Anonymous(r)
	if id == nil {
		return Admission{}, false
	}
	a, err := d.enter(id)
	return a, err == nil
}

// enter finds the account of an identity.
func (d *Door) enter(id *auth.Identity) (Admission, error) {
	acc := d.accounts.Get(id.Account)
	if acc == nil {
		return Admission{}, protocol.ErrAccountRegistration
	}
	return Admission{id, acc}, nil
}

// Fate is what a change of users and accounts means for somebody who is in.
type Fate uint8

// The fates.
const (
	Stays    Fate = iota // with the Admission that comes with it
	Leaves               // its user is gone, or belongs to another account
	Rejected             // its credentials are no longer good
)

// Review decides about a connection that was let in before, by the credentials
// that it had shown then.
func (d *Door) Review(old *auth.Identity, r *auth.Request) (Fate, Admission) {
	users := d.users.Load()
	if old.Name != "" && old.Kind != auth.ByToken {
		if name, ok := users.Account(old.Name); ok && name != old.Account {
			return Leaves, Admission{}
		} else if !ok && d.accounts.Get(old.Account) == nil {
			return Leaves, Admission{}
		}
	}
	now, err := d.Admit(r)
	switch {
	case err == nil && now.Identity.Account != old.Account:
		return Leaves, Admission{}
	case err == nil:
		return Stays, now
	case old.Name != "" && old.Kind != auth.ByToken:
		if _, ok := users.Account(old.Name); !ok {
			return Leaves, Admission{}
		}
	}
	return Rejected, Admission{}
}
