package server

import (
	"time"

	"github.com/dunlin-mq/dunlin/auth/jwtauth"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/account"
)

// spec translates an account's claims. until is when they have to be looked at
// again; zero for never. An import that does not work is left out, and the others
// do.
func (t *tenants) spec(a *jwtauth.Account) (spec account.Spec, until time.Time) {
	spec = account.Spec{Name: a.Key, Label: a.Label, Limits: claimedLimits(&a.Limits), Mappings: t.mappings(a)}
	if a.Trace != "" {
		spec.Tracing = &account.Tracing{Dest: a.Trace, Sampling: a.TraceSampling}
	}
	until = a.Expires
	for _, imp := range a.Imports() {
		i, end, err := t.imported(a.Key, &imp)
		if err != nil {
			t.s.env.Log.Debugf("Import of %q from account [%s] into [%s] is left out: %v", imp.Subject, imp.Account, a.Key, err)
			continue
		}
		spec.Imports = append(spec.Imports, i)
		if !end.IsZero() && (until.IsZero() || end.Before(until)) {
			until = end
		}
	}
	if t.system != "" && a.Key != t.system {
		spec.Imports = append(spec.Imports, systemImports(t.system, a.Key)...)
	}
	return spec, until
}

// claimedLimits translates limits, of which negative ones are none.
func claimedLimits(l *jwtauth.Limits) account.Limits {
	limits := account.Limits{
		Connections: bounded(l.Connections), Subscriptions: bounded(l.Subscriptions), Payload: bounded(l.Payload),
	}
	if l.Connections == 0 {
		limits.Connections = account.Nobody
	}
	return limits
}

// bounded is a limit of claims as an account has it: 0 for none.
func bounded(n int64) int { return int(min(max(n, 0), 1<<31-1)) }

// mappings translates an account's mappings. One that makes no sense is left out.
func (t *tenants) mappings(a *jwtauth.Account) *subject.Mappings {
	var compiled []*subject.Mapping
	for _, m := range a.Mappings() {
		dests := make([]subject.Dest, 0, len(m.Dests))
		for _, d := range m.Dests {
			dests = append(dests, subject.Dest{Subject: d.Subject, Weight: d.Weight, Cluster: d.Cluster})
		}
		c, err := subject.NewMapping(m.Source, dests...)
		if err != nil {
			t.s.env.Log.Debugf("Mapping of %q in account [%s] is left out: %v", m.Source, a.Key, err)
			continue
		}
		compiled = append(compiled, c)
	}
	if len(compiled) == 0 {
		return nil
	}
	return subject.NewMappings("", compiled...)
}

// imported translates an import, if the other account allows it.
func (t *tenants) imported(importer string, imp *jwtauth.Import) (account.Import, time.Time, error) {
	from, err := t.Account(imp.Account)
	if err != nil {
		kind := "stream"
		if imp.Service {
			kind = "service"
		}
		t.s.env.Log.Warnf("Can't locate account [%s] for import of [%s] %s (err=%v)", imp.Account, imp.Subject, kind, err)
		return account.Import{}, time.Time{}, err
	}
	export, until, err := from.Authorize(importer, imp, time.Now())
	if err != nil {
		return account.Import{}, time.Time{}, err
	}
	c := config.Import{Service: imp.Service, Account: imp.Account, Subject: imp.Subject}
	if imp.Local != imp.Subject {
		c.To = imp.Local
	}
	crossing, err := c.Compile()
	if err != nil {
		return account.Import{}, time.Time{}, err
	}
	return account.Import{
		From: imp.Account, Local: crossing.Local, Remote: crossing.Remote, In: crossing.In, Out: crossing.Out,
		Share: imp.Share, AllowTrace: imp.AllowTrace,
		Export: account.Export{
			Service: export.Service, Subject: export.Subject, Response: account.ResponseType(export.Response),
			Threshold: export.Threshold, AllowTrace: export.AllowTrace, Latency: (*account.Latency)(export.Latency),
		},
	}, until, nil
}
