package door

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/document"
)

// Keeper decides who peers are. It is an [auth.Directory] where a configuration
// names the users.
type Keeper interface {
	// Required reports whether peers of a listener have to say who they are,
	// Announced whether they are told so.
	Required(l *auth.Listener) bool
	Announced(l *auth.Listener) bool
	// NeedsNonce reports whether peers get something to sign.
	NeedsNonce() bool
	// Anonymous returns who a peer is that begins with something else than
	// CONNECT; nil if it may not.
	Anonymous(r *auth.Request) *auth.Identity
	// Authenticate decides. The error is an [*auth.Refusal].
	Authenticate(r *auth.Request) (*auth.Identity, error)
}

// Delegate may have the last word about a peer.
type Delegate interface {
	// Decide is told what the keeper has decided, of which one is nil. It returns
	// that if it is not concerned.
	Decide(r *auth.Request, p Peer, id *auth.Identity, err error) (*auth.Identity, error)
}

// Peer is a connection, as a [Delegate] describes it to others.
type Peer interface {
	Document(stop time.Time) document.Client
}

// Door is the way into a server. It is safe for concurrent use.
type Door struct {
	accounts *account.Set
	rules    atomic.Pointer[rules]
}

// rules are what a reload replaces.
type rules struct {
	keeper   Keeper
	delegate Delegate // nil for none
	earlier  Keeper   // what was in force before; nil at first
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
	d.Replace(none, nil)
	return d
}

// Replace replaces those who decide; delegate may be nil. Who is in already stays;
// see [Door.Review].
func (d *Door) Replace(k Keeper, delegate Delegate) {
	next := &rules{keeper: k, delegate: delegate}
	if old := d.rules.Load(); old != nil {
		next.earlier = old.keeper
	}
	d.rules.Store(next)
}

// Required reports whether connections of a listener have to say who they are;
// announced whether they are told so.
func (d *Door) Required(l *auth.Listener) (required, announced bool) {
	k := d.rules.Load().keeper
	return k.Required(l), k.Announced(l)
}

// NeedsNonce reports whether connections get something to sign.
func (d *Door) NeedsNonce() bool { return d.rules.Load().keeper.NeedsNonce() }

// Admit decides about a connection. The error is an [*auth.Refusal], or a
// [*protocol.Error] if the identity is good and its account takes nobody.
func (d *Door) Admit(r *auth.Request, p Peer) (Admission, error) {
	rules := d.rules.Load()
	id, err := rules.keeper.Authenticate(r)
	if rules.delegate != nil {
		id, err = rules.delegate.Decide(r, p, id, err)
	}
	if err != nil {
		return Admission{}, err
	}
	return d.enter(id)
}

// Anonymous decides about a connection that begins with something else than
// CONNECT; false if it may not.
func (d *Door) Anonymous(r *auth.Request, p Peer) (Admission, bool) {
	rules := d.rules.Load()
	id := rules.keeper.Anonymous(r)
	if id == nil {
		return Admission{}, false
	}
	if rules.delegate != nil {
		var err error
		if id, err = rules.delegate.Decide(r, p, id, nil); err != nil {
			return Admission{}, false
		}
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

// Verdict is what a change of users and accounts means for somebody who is in: it
// stays with an Admission, is told an Error, or leaves without a word for Reason.
type Verdict struct {
	Admission
	Error  *protocol.Error
	Reason protocol.CloseReason
}

// Stays reports whether it may.
func (v *Verdict) Stays() bool { return v.Identity != nil }

// leaves is the verdict about whose user is gone, or belongs to another account.
var leaves = Verdict{Reason: protocol.ClientClosed}

// Reviewer is a [Keeper] that decides by itself about who is in.
type Reviewer interface {
	Review(id *auth.Identity, a *account.Account) Verdict
}

// Review decides about a connection that was let in before, by the credentials
// that it had shown then. Nobody asks a delegate again: whom it has let in stays
// for as long as the account is there.
func (d *Door) Review(old Admission, r *auth.Request) Verdict {
	rules := d.rules.Load()
	keeper := rules.keeper
	if k, ok := keeper.(Reviewer); ok {
		return k.Review(old.Identity, old.Account)
	}
	if old.Identity.Kind == auth.ByCallout {
		if d.accounts.Get(old.Identity.Account) != old.Account {
			return leaves
		}
		return Verdict{Admission: old}
	}
	users, ok := keeper.(interface {
		Account(name string) (string, bool)
	})
	named := ok && old.Identity.Name != "" && old.Identity.Kind != auth.ByToken
	if named {
		name, found := users.Account(old.Identity.Name)
		if found && name != old.Identity.Account || !found && d.accounts.Get(old.Identity.Account) == nil {
			return leaves
		}
	}
	id, err := renew(rules, old.Identity, r)
	var now Admission
	if err == nil {
		now, err = d.enter(id)
	}
	switch {
	case err == nil && id.Account != old.Identity.Account:
		return leaves
	case err == nil:
		return Verdict{Admission: now}
	case named:
		if _, found := users.Account(old.Identity.Name); !found {
			return leaves
		}
	}
	rejected := Verdict{Error: protocol.ErrAuthorization}
	var refusal *auth.Refusal
	if errors.As(err, &refusal) {
		rejected.Error = protocol.ErrAuthorization.WithReason(refusal.Reason)
	}
	return rejected
}

// renew decides who somebody is now: without looking at its credentials, if the
// same are as good as before.
func renew(rules *rules, id *auth.Identity, r *auth.Request) (*auth.Identity, error) {
	users, ok := rules.keeper.(*auth.Directory)
	earlier, was := rules.earlier.(*auth.Directory)
	if ok && was && r.Listener != nil && !r.Listener.MapCertificate && r.Listener.Single == nil {
		if id, ok := users.Renew(id, earlier); ok {
			return id, nil
		}
	}
	return rules.keeper.Authenticate(r)
}
