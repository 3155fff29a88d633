package config

import (
	"time"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// Authorization says who may connect, beside the users of [Options.Accounts].
// Its users belong to the global account.
type Authorization struct {
	// User and Password are those of the only user, Token is the only token; not
	// beside Users. Passwords and tokens may be bcrypt hashes.
	User, Password string
	Token          string
	Users          []User
	// DefaultPermissions are those of Users without any of their own.
	DefaultPermissions *perm.Rules
	// Timeout is how long a client may take for its CONNECT; 0 means 2 seconds, or
	// a second more than the TLS handshake may take.
	Timeout time.Duration
	// ProxyRequired lets the only user, or the token, in through a trusted proxy
	// alone.
	ProxyRequired bool
	// Callout is a service that decides who may connect; nil for none.
	Callout *Callout
}

// Callout is a service that decides who may connect.
type Callout struct {
	Issuer  string // public key of the account that signs its answers
	Account string // in which it answers; empty means the global account
	// Users are exempt: the names or public keys of those that are the service.
	Users []string
	XKey  string // public curve key that requests are sealed for; empty for none
	// Accounts are those whose users it decides about, if they are not in the
	// global account; empty means all.
	Accounts []string
}

// Proxies are those that are trusted to stand between clients and the server.
type Proxies struct{ Trusted []Proxy }

// Proxy is one that signs for its clients.
type Proxy struct{ Key string } // public key

// Keys returns the public keys of the proxies.
func (p *Proxies) Keys() []string {
	var keys []string
	for _, proxy := range p.Trusted {
		keys = append(keys, proxy.Key)
	}
	return keys
}

// Single reports whether there is one user, or one token.
func (a *Authorization) Single() bool { return a.User != "" || a.Password != "" || a.Token != "" }

// Login is the only user, or the only token, of a listener.
type Login struct {
	User, Password string
	Token          string
	Timeout        time.Duration // 0 means that of [Authorization]
}

// DefaultAuthTimeout is how long a client may take for its CONNECT.
const DefaultAuthTimeout = 2 * time.Second

// User may log in by name and password, or by the signature of an nkey.
type User struct {
	Name, Password string
	NKey           string // public key; then there is neither name nor password
	// Permissions are nil if none were written: the default ones hold then.
	Permissions *perm.Rules
	// Types are the ways in which the user may connect; 0 means all.
	Types auth.Types
	// ProxyRequired lets the user in through a trusted proxy alone.
	ProxyRequired bool
}

// ID is what the user is known by: its name or its public key.
func (u *User) ID() string {
	if u.NKey != "" {
		return u.NKey
	}
	return u.Name
}

// Account is a name space of subjects with users of its own.
type Account struct {
	Name               string
	NKey               string // public key; means nothing to this server
	Users              []User
	DefaultPermissions *perm.Rules
	Exports            []Export
	Imports            []Import
	Mappings           []Mapping
	Limits             AccountLimits
	Trace              AccountTrace
	JetStream          AccountJetStream
}

// AccountLimits bound an account; 0 and negative values are no limit.
type AccountLimits struct {
	MaxConnections   int
	MaxSubscriptions int // of each connection
	MaxPayload       int // bytes
	MaxLeafnodes     int
}

// AccountTrace traces messages that ask for it with a traceparent header.
type AccountTrace struct {
	Dest     string // subject; empty means that nothing is traced
	Sampling int    // percent; 0 means 100
}

// Export offers subjects of an account to others.
type Export struct {
	Service bool // or a stream
	Subject string
	// Private: only Accounts may import it.
	Private  bool
	Accounts []string
	// TokenPosition is the token of the subject, counted from 1, that has to be the
	// importing account's name; 0 means that there is none.
	TokenPosition int

	// Of a service:
	Response   ResponseType
	Threshold  time.Duration // for responses; 0 means 2 minutes
	Latency    *Latency      // nil means that it is not measured
	AllowTrace bool

	at syntax.Pos
}

// ResponseType is how many responses a service sends to a request.
type ResponseType uint8

// The response types.
const (
	Singleton ResponseType = iota
	Streamed
	Chunked
)

// Latency is where the latency of a service is published.
type Latency struct {
	Subject  string
	Sampling int // percent; 0 means requests with trace headers
}

// Import takes subjects of another account in.
type Import struct {
	Service bool // or a stream
	Account string
	Subject string // of the other account
	// To is the subject in the importing account; empty means the same, with
	// Prefix in front of it for a stream.
	To, Prefix string
	Share      bool // tell the service who asks
	AllowTrace bool // of a stream

	at syntax.Pos
}

// Local returns the subject of an import in the importing account.
func (i *Import) Local() string {
	switch {
	case i.To != "":
		return i.To
	case i.Prefix != "":
		return i.Prefix + "." + i.Subject
	}
	return i.Subject
}
