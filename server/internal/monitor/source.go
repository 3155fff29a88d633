package monitor

import (
	"iter"
	"time"
)

// Server answers what concerns the server as a whole. Its methods are called
// for every request, from several goroutines.
type Server interface {
	Identity() Identity
	Settings() Settings
	Counters() Counters
	// Ready returns why clients cannot connect, or nil.
	Ready() error
}

// Connections answers who is connected and who was.
type Connections interface {
	// Open returns the connected clients, in any order.
	Open() []Client
	// Closed returns the last clients that left, in any order.
	Closed() []Client
	// Find returns the connected client with that number, or nil.
	Find(id uint64) Client
}

// Client is one connection, present or past.
type Client interface {
	ID() uint64
	// Describe returns the facts of this moment; with subs, the subscriptions
	// too.
	Describe(subs bool) Conn
}

// Accounts answers what is in the accounts.
type Accounts interface {
	Accounts() []Account
	// Subscriptions yields those of the named account, in any order. A value
	// is good until the next one is yielded.
	Subscriptions(account string) iter.Seq[Subscription]
}

// Subscription is one entry of an account's interest.
type Subscription interface {
	Subject() string
	Describe() Sub
}

// Identity is what stays the same while the server runs.
type Identity struct {
	ID      string // the public key
	Name    string
	Version string // of nats-server, whose behaviour this is
	Dunlin  string // version of this server itself
	Started time.Time
}

// Counters are the numbers of varz that change all the time.
type Counters struct {
	Connections      int
	TotalConnections uint64
	SlowConsumers    uint64
	StaleConnections uint64
	StalledClients   uint64
	Subscriptions    int
	Received, Sent   Traffic // by the server
}

// Traffic counts messages and their bytes (headers and payload).
type Traffic struct{ Msgs, Bytes uint64 }

// Conn describes a client at one moment.
type Conn struct {
	ID           uint64
	Type         string // of the listener: nats or websocket
	Host         string
	Port         int
	Started      time.Time
	LastActivity time.Time
	Stopped      time.Time // zero while connected
	Reason       string    // why it left
	RTT          time.Duration
	Pending      int64   // bytes not yet written
	In, Out      Traffic // from and to the client
	Stalls       uint64  // times a publisher waited for it

	Name, Lang, Version string
	User                string // never a secret
	Account, NameTag    string
	JWT, Issuer         string // what an operator's user has shown, and the key that signed it
	Tags                []string
	ProxyKey            string // of the proxy that it came through
	TLS                 *TLS   // nil for a plain connection

	NumSubs int
	Subs    []Sub // only if asked for
}

// end returns the moment up to which the connection has lasted.
func (c *Conn) end(at time.Time) time.Time {
	if c.Stopped.IsZero() {
		return at
	}
	return c.Stopped
}

func (c *Conn) uptime(at time.Time) time.Duration { return c.end(at).Sub(c.Started) }
func (c *Conn) idle(at time.Time) time.Duration   { return c.end(at).Sub(c.LastActivity) }

// TLS describes a connection's encryption.
type TLS struct {
	Version, CipherSuite string // names as connz shows them
	First                bool   // the handshake came before INFO
	PeerCerts            []PeerCert
}

// PeerCert identifies a certificate that a client presented; the digests are
// lower-case hex.
type PeerCert struct{ Subject, SPKISHA256, CertSHA256 string }

// Sub describes a subscription at one moment.
type Sub struct {
	Account, Subject, Queue, SID string
	Msgs, Max                    uint64
	ClientID                     uint64
}

// Account describes an account at one moment.
type Account struct {
	Name           string
	Updated        time.Time // when its configuration came into force
	Clients        int
	Sent, Received Traffic // by the server
	SlowConsumers  uint64

	NumSubs          int
	Inserts, Removes uint64 // subscriptions ever added and removed

	// Label is the name for people. JWT, Issuer and Tags are those of an operator's
	// account; Expired says that its time is over.
	Label       string
	JWT, Issuer string
	Tags        []string
	Expired     bool

	// Mappings are the destinations by source subject.
	Mappings map[string][]MappingDest
}
