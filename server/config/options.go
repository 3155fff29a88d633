package config

import (
	"crypto/tls"
	"log/slog"
	"time"
)

// Options is the complete, typed configuration of a server. The zero value is
// usable: every field says what zero means, and [Options.WithDefaults] returns
// a copy in which no field relies on it. An Options value is never changed
// after a server was started with it; a reload swaps in another one.
type Options struct {
	// ServerName is the name shown to clients and monitoring; empty means the
	// server's public key.
	ServerName string
	// ServerTags are free labels, stored in lower case.
	ServerTags []string
	// ServerMetadata are free key/value labels.
	ServerMetadata map[string]string
	// FeatureFlags are the reference's named switches, reported in varz.
	FeatureFlags map[string]bool

	// Host is the address clients connect to; empty means 0.0.0.0.
	Host string
	// Port of the client listener; 0 means 4222, -1 a random free port.
	Port int
	// DontListen starts no client listener: in-process connections only.
	DontListen bool
	// ClientAdvertise is the host[:port] INFO names instead of Host and Port.
	ClientAdvertise string
	// ProxyProtocol makes the client listener read a PROXY v1/v2 header.
	ProxyProtocol bool
	// NoHeaderSupport turns message headers off for the whole server.
	NoHeaderSupport bool

	TLS         *TLS // nil means that the client listener speaks plain TCP
	AllowNonTLS bool // accept plain connections beside TLS ones

	Limits   Limits
	Liveness Liveness
	LameDuck LameDuck
	Monitor  Monitor
	// JetStream are the streams; StoreDir is where their data goes unless that says
	// something else.
	JetStream JetStream
	StoreDir  string
	// WebSocket is the listener for clients over WebSocket.
	WebSocket WebSocket
	Log       Log
	Process   Process

	// Authorization says who may connect; without it and without users of
	// accounts everybody may.
	Authorization Authorization
	// Accounts are the accounts beside the global one.
	Accounts []Account
	// NoAuthUser is whom clients without credentials become: a name or public
	// key among the users. Empty means nobody.
	NoAuthUser string
	// SystemAccount is the account that carries the server's own messages: "$SYS",
	// which is what empty means, or one of Accounts. NoSystemAccount does without.
	SystemAccount   string
	NoSystemAccount bool
	// Operators are those whose JWTs say which accounts and users there are.
	Operators Operators
	// Proxies are those that are trusted to sign for their clients.
	Proxies Proxies

	// Mappings are the subject mappings of the global account $G, in the order
	// in which they are tried.
	Mappings []Mapping

	// ConnectErrorReports and ReconnectErrorReports say at which attempts a
	// failing outgoing connection is logged; 0 means 3600 and 1.
	ConnectErrorReports   int
	ReconnectErrorReports int

	// NoSublistCache is accepted and compared for the sake of existing files;
	// matching has no cache here that could be turned off.
	NoSublistCache bool

	// File is the configuration file this value was read from; empty when it
	// was built in memory. Digest is "sha256:" and the hex digest of its
	// parsed content.
	File   string
	Digest string
}

// Limits bound what one connection, or all of them, may cost.
type Limits struct {
	MaxConnections      int   // 0 means 65536; negative refuses every client
	MaxControlLine      int   // bytes of a protocol line's arguments; 0 means 4096
	MaxPayload          int   // bytes of header and payload; 0 means 1 MiB
	MaxPending          int64 // bytes queued for one connection; 0 means 64 MiB
	MaxSubscriptions    int   // per connection; 0 means unlimited
	MaxSubTokens        int   // tokens in a subscription subject; 0 means unlimited
	MaxClosedClients    int   // closed connections kept for connz; 0 means 10000, negative none
	NoFastProducerStall bool  // drop for a slow consumer instead of slowing its publisher down
}

// Liveness holds the timers that decide when a peer is gone.
type Liveness struct {
	PingInterval  time.Duration // 0 means 2 minutes
	PingMax       int           // unanswered PINGs before a peer is stale; 0 means 2
	WriteDeadline time.Duration // 0 means 10 seconds
	WriteTimeout  WriteTimeout
}

// WriteTimeout is what happens to a connection that misses its write deadline.
type WriteTimeout uint8

// The write timeout policies. Default is close for clients.
const (
	WriteTimeoutDefault WriteTimeout = iota
	WriteTimeoutClose
	WriteTimeoutRetry // keep it as long as some bytes were written
)

// LameDuck times the graceful shutdown.
type LameDuck struct {
	Duration    time.Duration // 0 means 2 minutes
	GracePeriod time.Duration // 0 means 10 seconds
}

// Monitor configures the HTTP endpoints.
type Monitor struct {
	Host      string // empty means Options.Host
	HTTPPort  int    // 0 means off, -1 random
	HTTPSPort int    // 0 means off, -1 random; needs Options.TLS
	BasePath  string // prefix of every path, as configured
}

// Log configures where log lines go and what they say.
type Log struct {
	NoLog        bool         // embedding: no log at all
	Handler      slog.Handler // embedding: takes the log instead of the destinations below; nil for none
	Debug        bool
	Trace        bool
	TraceVerbose bool   // trace system account traffic too
	TraceHeaders bool   // trace only the header part of payloads
	NoTime       bool   // logtime: false
	UTC          bool   // logtime_utc
	JSON         bool   // log_format: json
	File         string // empty means stderr
	SizeLimit    int64  // bytes after which File is rotated; 0 means never
	MaxFiles     int    // rotated files kept, the live one included; 0 means all
	Syslog       bool
	RemoteSyslog string // udp://, tcp:// or unix:// URL
	MaxTracedMsg int    // bytes of a payload in trace lines; 0 means all
}

// Process configures what the process leaves in the file system and its
// profiling port.
type Process struct {
	PIDFile       string
	PortsFileDir  string
	ProfPort      int // 0 means off
	ProfBlockRate int
}

// HandshakeFirst says whether the TLS handshake comes before INFO.
type HandshakeFirst struct {
	// Enabled: INFO is sent inside TLS.
	Enabled bool
	// Fallback is how long to wait for a client's first byte before INFO is
	// sent in clear after all; 0 means that it never is.
	Fallback time.Duration
}

// TLS is one tls block, with the certificates loaded.
type TLS struct {
	CertFile, KeyFile, CAFile string
	Certs                     []CertPair // the certs array, when used instead of CertFile
	Verify                    bool       // require and verify client certificates
	VerifyAndMap              bool
	Timeout                   time.Duration // handshake; 0 means 2 seconds
	HandshakeFirst            HandshakeFirst
	RateLimit                 int                 // new TLS connections per second; 0 means unlimited
	PinnedCerts               map[string]struct{} // lower-case hex SHA-256 of the peer's SPKI
	MinVersion                uint16              // a tls.VersionTLSxx; 0 means TLS 1.2
	CipherSuites              []uint16            // empty means Go's default choice
	Curves                    []tls.CurveID       // empty means Go's default choice
	AllowInsecureCiphers      bool
	Insecure                  bool // do not verify servers; has no effect on a listener
	// Config is ready for a listener: certificates, pool, suites, curves and
	// version are set by [TLS.Load]. It is shared and never changed.
	Config *tls.Config
}

// CertPair names a certificate and its key.
type CertPair struct{ CertFile, KeyFile string }

// Mapping rewrites the subject of messages that clients publish.
type Mapping struct {
	Source string
	// Dests are the weighted destinations; an entry with a Cluster is used
	// only on servers of that cluster.
	Dests []MappingDest
}

// MappingDest is one destination of a [Mapping].
type MappingDest struct {
	Subject string // with the transform grammar of protocol/subject
	Weight  uint8  // percent, 0..100
	Cluster string
}
