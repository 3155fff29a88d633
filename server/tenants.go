package server

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/jwtauth"
	"github.com/dunlin-mq/dunlin/auth/resolver"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/door"
)

// tenants are the accounts that operators vouch for. An account is loaded when the
// first user of it comes, or another account imports from it, and then follows its
// JWT. It is the [door.Keeper] of a server with operators, and its
// [jwtauth.Lookup].
type tenants struct {
	s         *Server
	operators *jwtauth.Operators
	system    string // key of the system account; empty for none
	rules     atomic.Pointer[tenantRules]
	clerk     resolver.Clerk
	// fetch gets a JWT that the store lacks; nil if nobody has others.
	fetch    func(key string) (string, error)
	throttle resolver.Throttle

	mu     sync.Mutex
	loaded map[string]*tenant // guarded by mu; by public key
}

// tenant is one account that is in use.
type tenant struct {
	claims *jwtauth.Account
	before *jwtauth.Account // what it was until the last change; nil for nothing else
	timer  *time.Timer      // runs out when something in it does; nil for never
}

// tenantRules are what a reload replaces.
type tenantRules struct {
	jwtauth.Authenticator
	proxies []string
}

// newTenants prepares the accounts of the operators in o. Nothing is loaded yet.
func newTenants(s *Server, o *Options) (*tenants, error) {
	ops, err := jwtauth.NewOperators(o.Operators.Trusted, o.Operators.Keys)
	if err != nil {
		return nil, err
	}
	t := &tenants{s: s, operators: ops, system: o.SystemAccount, loaded: make(map[string]*tenant)}
	t.setRules(o)
	store, kind, err := t.newStore(o)
	if err != nil {
		return nil, err
	}
	t.clerk = resolver.Clerk{
		Kind: kind, Store: store, Operators: ops, System: o.SystemAccount, AllowDelete: o.Operators.Resolver.AllowDelete,
		Loaded: t.isLoaded, Changed: t.changed,
	}
	if o.SystemAccount != "" {
		s.accounts.Put(account.Spec{Name: o.SystemAccount})
	}
	return t, t.preload(o.Operators.Preload)
}

// setRules takes over what a reload may change.
func (t *tenants) setRules(o *Options) {
	r := &tenantRules{
		Authenticator: jwtauth.Authenticator{Operators: t.operators, Sentinel: o.Operators.DefaultSentinel},
		proxies:       o.Proxies.Keys(),
	}
	if len(o.Operators.Pinned) > 0 {
		r.Pinned = map[string]bool{t.system: true}
		for _, key := range o.Operators.Pinned {
			r.Pinned[key] = true
		}
	}
	t.rules.Store(r)
}

// preload puts the JWTs of a configuration into the store.
func (t *tenants) preload(tokens map[string]string) error {
	if len(tokens) > 0 && t.clerk.Store == nil {
		return errors.New("resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR")
	}
	for key, token := range tokens {
		if err := jwtauth.CheckClaims(token); err != nil {
			t.s.env.Log.Warnf("Preloaded account [%s] not valid: %v", key, err)
			continue
		}
		if err := t.clerk.Offer(key, token); err != nil {
			return fmt.Errorf("preload account error for %q: %w", key, err)
		}
	}
	return nil
}

// Required implements [door.Keeper].
func (t *tenants) Required(*auth.Listener) bool { return true }

// Announced implements [door.Keeper].
func (t *tenants) Announced(*auth.Listener) bool { return true }

// NeedsNonce implements [door.Keeper].
func (t *tenants) NeedsNonce() bool { return true }

// Anonymous implements [door.Keeper]: nobody comes without a CONNECT.
func (t *tenants) Anonymous(*auth.Request) *auth.Identity { return nil }

// Authenticate implements [door.Keeper].
func (t *tenants) Authenticate(r *auth.Request) (*auth.Identity, error) {
	rules := t.rules.Load()
	proxy, refusal := auth.Proxy(rules.proxies, r)
	if refusal != nil {
		return nil, refusal
	}
	g, err := rules.Authenticate(r, proxy != "", t, time.Now())
	if err != nil {
		var refusal *auth.Refusal
		if errors.As(err, &refusal) && refusal.Pinned {
			t.s.pinnedFails.Add(1)
		}
		return nil, err
	}
	if t.s.env.Log.DebugEnabled() {
		t.s.env.Log.Debugf("%s", g.Line)
	}
	id := g.Identity
	id.ProxyKey = proxy
	if c := g.Account.Callout; c != nil && slices.Contains(c.Users, id.Name) {
		id.Permissions = withoutCalloutRequests(id.Permissions)
	}
	return id, nil
}

// Review implements [door.Reviewer].
func (t *tenants) Review(id *auth.Identity, a *account.Account) door.Verdict {
	t.mu.Lock()
	tn := t.loaded[id.Account]
	t.mu.Unlock()
	if tn == nil {
		return door.Verdict{Error: protocol.ErrAccountExpired}
	}
	before := tn.before
	if before == nil {
		before = tn.claims
	}
	v := tn.claims.Review(id, before, time.Now())
	switch {
	case v.Error != nil:
		return door.Verdict{Error: v.Error}
	case v.Leaves:
		return door.Verdict{Reason: v.Reason}
	}
	if id.ProxyKey != "" && !slices.Contains(t.rules.Load().proxies, id.ProxyKey) {
		return door.Verdict{Error: protocol.ErrAuthorization.WithReason(protocol.ProxyNotTrusted)}
	}
	if v.Permissions == id.Permissions {
		return door.Verdict{Admission: door.Admission{Identity: id, Account: a}}
	}
	now := *id
	now.Permissions = v.Permissions
	return door.Verdict{Admission: door.Admission{Identity: &now, Account: a}}
}

// Account implements [jwtauth.Lookup].
func (t *tenants) Account(key string) (*jwtauth.Account, error) {
	t.mu.Lock()
	tn := t.loaded[key]
	t.mu.Unlock()
	if tn != nil && tn.claims.Good(time.Now()) {
		return tn.claims, nil
	}
	if err := t.load(key); err != nil {
		if tn != nil {
			return tn.claims, nil // its time is over, and that stands
		}
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if tn = t.loaded[key]; tn == nil {
		return nil, resolver.ErrNotFound // it was deleted just now
	}
	return tn.claims, nil
}

func (t *tenants) isLoaded(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.loaded[key] != nil
}

// load finds an account's JWT and puts it in force.
func (t *tenants) load(key string) error {
	token, err := t.token(key)
	if err != nil {
		return err
	}
	a, err := jwtauth.DecodeAccount(token, t.operators, time.Now())
	if err != nil {
		return err
	}
	if a.Key != key {
		return resolver.ErrNotFound
	}
	t.install(a)
	return nil
}

// token finds an account's JWT: in the store, or where others come from.
func (t *tenants) token(key string) (string, error) {
	if t.clerk.Store != nil {
		token, err := t.clerk.Store.Load(key)
		if err == nil || t.fetch == nil {
			return token, err
		}
	}
	if err := t.throttle.Begin(key, time.Now()); err != nil {
		return "", err
	}
	return t.fetch(key)
}

// changed follows another JWT of an account; an empty one says that it was
// deleted. One that no operator has signed changes nothing.
func (t *tenants) changed(key, token string) {
	if !t.isLoaded(key) && token != "" {
		return // whoever comes first finds it in the store
	}
	if token == "" {
		t.remove(key)
		return
	}
	a, err := jwtauth.DecodeAccount(token, t.operators, time.Now())
	if err != nil {
		t.s.env.Log.Errorf("Update of account [%s] is not in force: %v", key, err)
		return
	}
	t.install(a)
}

// install puts an account in force, and anew those that import from it.
func (t *tenants) install(a *jwtauth.Account) {
	t.mu.Lock()
	tn := t.loaded[a.Key]
	if tn == nil {
		tn = new(tenant)
		t.loaded[a.Key] = tn
	}
	tn.before, tn.claims = tn.claims, a
	t.mu.Unlock()
	t.settle(a.Key)
	for _, key := range t.importersOf(a.Key) {
		t.settle(key)
	}
	t.review(a.Key)
}

// remove takes an account out of force: its users have to go.
func (t *tenants) remove(key string) {
	t.mu.Lock()
	tn := t.loaded[key]
	delete(t.loaded, key)
	t.mu.Unlock()
	if tn == nil {
		return
	}
	if tn.timer != nil {
		tn.timer.Stop()
	}
	t.s.accounts.Put(account.Spec{Name: key, Limits: account.Limits{Connections: account.Nobody}})
	for _, importer := range t.importersOf(key) {
		t.settle(importer)
	}
	t.review(key)
}

// importersOf returns the accounts in use that import from another one.
func (t *tenants) importersOf(key string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []string
	for other, tn := range t.loaded {
		if other == key {
			continue
		}
		for _, imp := range tn.claims.Imports() {
			if imp.Account == key {
				list = append(list, other)
				break
			}
		}
	}
	return list
}

// attachAll connects the accounts in use to JetStream, which has just started.
func (t *tenants) attachAll() {
	t.mu.Lock()
	claims := make(map[string]*jwtauth.Account, len(t.loaded))
	for key, tn := range t.loaded {
		claims[key] = tn.claims
	}
	t.mu.Unlock()
	for key, c := range claims {
		if a := t.s.accounts.Get(key); a != nil {
			t.s.attachTenant(a, c)
		}
	}
}

// review makes the clients of an account follow a change of it.
func (t *tenants) review(key string) {
	a := t.s.accounts.Get(key)
	for _, c := range t.s.env.Registry.All() {
		if c.Account() == a {
			c.Review()
		}
	}
	t.s.trimAccount(a)
}

// settle makes the live account what its JWT says, and comes back when something
// in that runs out.
func (t *tenants) settle(key string) {
	t.mu.Lock()
	tn := t.loaded[key]
	t.mu.Unlock()
	if tn == nil {
		return
	}
	spec, until := t.spec(tn.claims)
	t.s.attachTenant(t.s.accounts.Put(spec), tn.claims)
	t.mu.Lock()
	defer t.mu.Unlock()
	if tn.timer != nil {
		tn.timer.Stop()
		tn.timer = nil
	}
	if !until.IsZero() && t.loaded[key] == tn {
		tn.timer = time.AfterFunc(time.Until(until), func() { t.ranOut(key) })
	}
}

// ranOut looks at an account again: its own time is over, or that of an import.
func (t *tenants) ranOut(key string) {
	t.mu.Lock()
	tn := t.loaded[key]
	t.mu.Unlock()
	switch {
	case tn == nil || t.s.isStopping():
	case !tn.claims.Expires.IsZero() && !time.Now().Before(tn.claims.Expires):
		t.review(key) // and nobody new comes in
	default:
		t.settle(key)
		t.review(key)
	}
}

// close stops the timers.
func (t *tenants) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, tn := range t.loaded {
		if tn.timer != nil {
			tn.timer.Stop()
		}
	}
}
