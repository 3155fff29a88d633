package account

import (
	"slices"
	"sync"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Spec is what an account is to be like.
type Spec struct {
	Name     string
	Label    string            // for people; empty means Name
	Mappings *subject.Mappings // nil for none
	Limits   Limits
	Tracing  *Tracing // nil for none
	Imports  []Import
}

// ServiceFunc makes the subscriber that stands for a service in an account that
// imports it.
type ServiceFunc func(importer, exporter *Account, imp Import) Subscriber

// Set holds the accounts of a server. It is safe for concurrent use. The global
// account is always there.
type Set struct {
	global   *Account
	services ServiceFunc

	mu     sync.RWMutex
	byName map[string]*Account // guarded by mu
}

// NewSet returns a set with the global account alone.
func NewSet(services ServiceFunc) *Set {
	g := New(Global)
	return &Set{global: g, services: services, byName: map[string]*Account{Global: g}}
}

// Global returns the account of clients that belong to no other.
func (s *Set) Global() *Account { return s.global }

// Get returns the account of that name, or nil.
func (s *Set) Get(name string) *Account {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byName[name]
}

// All returns the accounts, sorted by name.
func (s *Set) All() []*Account {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]*Account, 0, len(s.byName))
	for _, a := range s.byName {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *Account) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}

// Replace makes the accounts those of the specs. Accounts that stay keep their
// subscribers; those that go are forgotten, and their clients are the caller's to
// close. The specs have to be consistent: imports are of exports that there are.
// The global account takes its spec too, if there is one, and stays in any case.
func (s *Set) Replace(specs []Spec) {
	s.mu.Lock()
	next := map[string]*Account{Global: s.global}
	for i := range specs {
		name := specs[i].Name
		a := s.byName[name]
		if a == nil {
			a = New(name)
		}
		next[name] = a
	}
	s.byName = next
	s.mu.Unlock()
	s.global.limits.Store(&Limits{})
	for i := range specs {
		next[specs[i].Name].become(&specs[i])
	}
	for i := range specs {
		next[specs[i].Name].take(specs[i].Imports, func(name string) *Account { return next[name] }, s.services)
	}
}

// Put adds an account, or changes the one of that name. What it imports of accounts
// that are not there is left out.
func (s *Set) Put(spec Spec) *Account {
	s.mu.Lock()
	a := s.byName[spec.Name]
	if a == nil {
		a = New(spec.Name)
		s.byName[spec.Name] = a
	}
	s.mu.Unlock()
	a.become(&spec)
	a.take(spec.Imports, s.Get, s.services)
	return a
}

// become puts what concerns the account alone in force.
func (a *Account) become(spec *Spec) {
	a.Mappings.Store(spec.Mappings)
	a.tracing.Store(spec.Tracing)
	limits := spec.Limits
	a.limits.Store(&limits)
	if spec.Label != "" {
		label := spec.Label
		a.label.Store(&label)
	}
}
