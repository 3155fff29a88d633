package server

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/callout"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/header"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/door"
	"github.com/dunlin-mq/dunlin/server/internal/system"
)

// newAsker returns what puts questions to callout services into words.
func (s *Server) newAsker(o *Options) *callout.Asker {
	return &callout.Asker{
		Keys: s.identity.keys, XKeys: s.identity.xkeys, ID: s.identity.id, XKey: s.identity.xkey,
		Name: cmp.Or(o.ServerName, s.identity.id), Host: o.Host, Version: ReferenceVersion, Tags: o.ServerTags,
	}
}

// delegate leaves decisions to a service in an account. It implements
// [door.Delegate].
type delegate struct {
	s       *Server
	asker   *callout.Asker
	proxies []string
	timeout time.Duration
	// choose says who decides about a peer, about whom the keeper has decided
	// already; nil if that stands.
	choose func(id *auth.Identity, err error) *service
}

// service is a callout service.
type service struct {
	account *account.Account
	issuer  string // public key that its answers are about
	xkey    string // that requests are sealed for; empty for none
	judge   callout.Judge
}

// Decide implements [door.Delegate].
func (d *delegate) Decide(r *auth.Request, p door.Peer, id *auth.Identity, err error) (*auth.Identity, error) {
	var refusal *auth.Refusal
	if errors.As(err, &refusal) && refusal.Reason == protocol.ProxyNotTrusted {
		return nil, err
	}
	svc := d.choose(id, err)
	if svc == nil {
		return id, err
	}
	proxy, refusal := auth.Proxy(d.proxies, r)
	if refusal != nil {
		return nil, refusal
	}
	decided, err := d.ask(svc, r, p, id, proxy != "")
	if err != nil {
		return nil, d.refused(svc, p, err)
	}
	decided.ProxyKey = proxy
	if decided.Account == svc.account.Name {
		decided.Permissions = withoutCalloutRequests(decided.Permissions)
	}
	return decided, nil
}

// errLate is the error of a service that has not answered in time.
var errLate = errors.New("authorization callout response not received in time")

// ask has the service decide.
func (d *delegate) ask(svc *service, r *auth.Request, p door.Peer, id *auth.Identity, proxied bool) (*auth.Identity, error) {
	who := p.Document(time.Time{})
	q := &callout.Question{
		Request: r, Account: svc.account.Name, Issuer: svc.issuer, XKey: svc.xkey, Timeout: d.timeout, JWT: r.Connect.JWT,
		Peer: callout.Peer{ID: who.ID, Host: who.Host, User: who.User, Name: who.Name, Type: who.Type},
	}
	if id != nil && id.Kind == auth.ByJWT {
		q.JWT, q.Peer.NameTag, q.Peer.Tags = id.JWT, id.NameTag, id.Tags
	}
	pending, err := d.asker.Ask(q, time.Now())
	if err != nil {
		return nil, err
	}
	var block []byte
	if pending.XKey != "" {
		block = header.Append(nil, nil, callout.XKeyHeader, pending.XKey)
	}
	answer, err := d.s.voice.Ask(svc.account, callout.Subject, block, pending.Payload, d.timeout)
	if err != nil {
		return nil, errLate
	}
	return pending.Verify(answer, svc.judge, proxied, time.Now())
}

// refused tells the log and the service's account why somebody is not let in; the
// peer itself never hears of it.
func (d *delegate) refused(svc *service, p door.Peer, err error) *auth.Refusal {
	reason := protocol.AuthenticationFailure
	var refusal *auth.Refusal
	if errors.As(err, &refusal) {
		reason = refusal.Reason
	}
	why := err.Error()
	if err == errLate {
		d.s.env.Log.Debugf("Authorization callout response not received in time on account %q", svc.account.Name)
		why = ""
	} else {
		d.s.env.Log.Warnf("%s", why)
	}
	if o := d.s.office; o != nil {
		o.herald.RefusedIn(svc.account, func() system.Departure {
			return system.Departure{Client: p.Document(time.Now()), Reason: why}
		})
	}
	who := p.Document(time.Time{}).User
	if who != "" {
		who = "User \"" + who + "\""
	}
	return &auth.Refusal{Reason: reason, User: who}
}

// configuredDelegate is the service of a configuration; nil for none.
func (s *Server) configuredDelegate(o *Options) door.Delegate {
	c := o.Authorization.Callout
	if c == nil {
		return nil
	}
	name := cmp.Or(c.Account, account.Global)
	acc := s.accounts.Get(name)
	if acc == nil {
		s.env.Log.Errorf("Authorization callout account %q not valid", name)
		acc = account.New(name) // where nobody answers
	}
	for _, user := range c.Users {
		if !slices.ContainsFunc(allUsers(o), func(id string) bool { return id == user }) {
			s.env.Log.Errorf("Authorization callout user %q not valid: %v", user, error(nil))
		}
	}
	svc := &service{
		account: acc, issuer: c.Issuer, xkey: c.XKey,
		judge: callout.ForConfiguration(c.Issuer, func(name string) bool { return s.accounts.Get(name) != nil }),
	}
	return &delegate{
		s: s, asker: s.newAsker(o), proxies: o.Proxies.Keys(), timeout: o.Authorization.Timeout,
		choose: func(id *auth.Identity, err error) *service {
			matched := id
			var refusal *auth.Refusal
			if errors.As(err, &refusal) {
				matched = refusal.Matched
			}
			if matched != nil && (slices.Contains(c.Users, matched.Name) ||
				matched.Account != account.Global && len(c.Accounts) > 0 && !slices.Contains(c.Accounts, matched.Account)) {
				return nil
			}
			return svc
		},
	}
}

// allUsers returns the names and public keys of the users in a configuration.
func allUsers(o *Options) []string {
	var ids []string
	for i := range o.Authorization.Users {
		ids = append(ids, o.Authorization.Users[i].ID())
	}
	for i := range o.Accounts {
		for j := range o.Accounts[i].Users {
			ids = append(ids, o.Accounts[i].Users[j].ID())
		}
	}
	return ids
}

// delegate is that of accounts which leave decisions to a service: a user of such
// an account has shown a JWT that is good, and the service decides who it is.
func (t *tenants) delegate(o *Options) door.Delegate {
	return &delegate{
		s: t.s, asker: t.s.newAsker(o), proxies: o.Proxies.Keys(), timeout: o.Authorization.Timeout,
		choose: func(id *auth.Identity, err error) *service {
			if err != nil {
				return nil
			}
			a := t.claims(id.Account)
			if a == nil || a.Callout == nil || slices.Contains(a.Callout.Users, id.Name) {
				return nil
			}
			return &service{
				account: t.s.accounts.Get(a.Key), issuer: a.Key, xkey: a.Callout.XKey, judge: callout.ForOperators(a, t),
			}
		},
	}
}

// withoutCalloutRequests are permissions that keep from asking a callout service,
// as only the server may.
func withoutCalloutRequests(set *perm.Set) *perm.Set {
	more, err := perm.Compile(denyCalloutRequests(set.Rules()))
	if err != nil {
		return set // what was compiled before is good
	}
	return more
}

// denyCalloutRequests adds that to rules.
func denyCalloutRequests(r *perm.Rules) *perm.Rules {
	next := new(perm.Rules)
	if r != nil {
		*next = *r
	}
	publish := new(perm.Subjects)
	if next.Publish != nil {
		*publish = *next.Publish
	}
	publish.Deny = append(slices.Clone(publish.Deny), callout.Subject)
	next.Publish = publish
	return next
}
