package config

import (
	"time"

	"github.com/dunlin-mq/dunlin/auth/jwtauth"
)

// Operators says whose word about accounts and users is taken, which then come
// from JWTs and not from this configuration. The zero value takes nobody's.
type Operators struct {
	// Trusted are operators that there are JWTs of; Keys are public keys of
	// operators, instead of them.
	Trusted operatorList
	Keys    []string
	// Resolver is where account JWTs come from, Preload are some of them by public
	// key. Pinned are the accounts that are let in; empty means all.
	Resolver Resolver
	Preload  map[string]string
	Pinned   []string
	// DefaultSentinel is the user JWT of clients that bring none.
	DefaultSentinel string
}

// operatorList is what there is to know of several operators.
type operatorList = []*jwtauth.Operator

// Enabled reports whether accounts and users come from JWTs.
func (o *Operators) Enabled() bool { return len(o.Trusted) > 0 || len(o.Keys) > 0 }

// Resolver is where account JWTs come from.
type Resolver struct {
	Type ResolverType
	URL  string // of a URL resolver: account keys are added to it
	TLS  *TLS   // for the connection to it; nil for the system's rules
	Dir  string // of a full resolver or a cache

	AllowDelete bool // operators may delete accounts
	HardDelete  bool // and nothing is left of them
	Limit       int  // accounts; 0 means any number, or 1000 for a cache
	// TTL is how long a cached JWT is good; 0 means as long as it says.
	TTL      time.Duration
	Interval time.Duration // between comparisons with other servers; 0 means a minute
	Timeout  time.Duration // of fetching a JWT; 0 means 1.9 seconds
}

// ResolverType is a type of [Resolver].
type ResolverType uint8

// The types of resolvers.
const (
	NoResolver     ResolverType = iota
	MemoryResolver              // what is preloaded
	URLResolver                 // a web server
	FullResolver                // a directory with all accounts
	CacheResolver               // a directory with the accounts that are used
)

// String is the type as configuration files have it.
func (t ResolverType) String() string {
	return [...]string{"", "MEMORY", "URL", "full", "cache"}[t]
}

// Defaults of resolvers.
const (
	DefaultResolverInterval = time.Minute
	DefaultResolverTimeout  = 1900 * time.Millisecond
	DefaultCacheLimit       = 1000
)

// fill sets what is still at its zero value. A single operator may say where its
// accounts are, and which of them is for servers.
func (o *Operators) fill(system *string) {
	if len(o.Trusted) == 1 {
		op := o.Trusted[0]
		if *system == "" {
			*system = op.SystemAccount
		}
		if o.Resolver.Type == NoResolver && op.AccountServer != "" {
			o.Resolver = Resolver{Type: URLResolver, URL: withSlash(op.AccountServer) + "accounts/"}
		}
	}
	r := &o.Resolver
	if r.Type == NoResolver {
		return
	}
	fill(&r.Timeout, DefaultResolverTimeout)
	switch r.Type {
	case FullResolver:
		fill(&r.Interval, DefaultResolverInterval)
	case CacheResolver:
		fill(&r.Limit, DefaultCacheLimit)
	}
}

func withSlash(url string) string {
	if url == "" || url[len(url)-1] == '/' {
		return url
	}
	return url + "/"
}
