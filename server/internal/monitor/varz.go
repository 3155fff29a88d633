package monitor

import (
	"math"
	"runtime"
	"runtime/debug"
	"time"
)

// Varz is the document at /varz: the server in general. The order of the
// fields is that of nats-server; DunlinVersion is our own.
type Varz struct {
	ID            string `json:"server_id"`
	Name          string `json:"server_name"`
	Version       string `json:"version"`
	DunlinVersion string `json:"dunlin_version"`
	Proto         int    `json:"proto"`
	Go            string `json:"go"`
	Settings
	Start  time.Time `json:"start"`
	Now    time.Time `json:"now"`
	Uptime string    `json:"uptime"`
	ProcessStats
	Connections      int               `json:"connections"`
	TotalConnections uint64            `json:"total_connections"`
	Routes           int               `json:"routes"`
	Remotes          int               `json:"remotes"`
	Leafs            int               `json:"leafnodes"`
	InMsgs           uint64            `json:"in_msgs"`
	InBytes          uint64            `json:"in_bytes"`
	InClientMsgs     uint64            `json:"in_client_msgs"`
	InClientBytes    uint64            `json:"in_client_bytes"`
	OutMsgs          uint64            `json:"out_msgs"`
	OutBytes         uint64            `json:"out_bytes"`
	OutClientMsgs    uint64            `json:"out_client_msgs"`
	OutClientBytes   uint64            `json:"out_client_bytes"`
	SlowConsumers    uint64            `json:"slow_consumers"`
	StaleConnections uint64            `json:"stale_connections"`
	StalledClients   uint64            `json:"stalled_clients"`
	Subscriptions    int               `json:"subscriptions"`
	HTTPReqStats     map[string]uint64 `json:"http_req_stats"`
	Configuration
	SlowConsumerStats    PeerStats   `json:"slow_consumer_stats"`
	StaleConnectionStats PeerStats   `json:"stale_connection_stats"`
	DiskIOWaitStats      DiskIOStats `json:"disk_io_wait_stats"`
	TrustedProxies       *Proxies    `json:"proxies,omitempty"`
	TLSCertNotAfter      *time.Time  `json:"tls_cert_not_after,omitempty"`
}

// Settings are the options in force that varz shows before the counters.
type Settings struct {
	Host             string        `json:"host"`
	Port             int           `json:"port"`
	AuthRequired     bool          `json:"auth_required,omitempty"`
	TLSRequired      bool          `json:"tls_required,omitempty"`
	TLSVerify        bool          `json:"tls_verify,omitempty"`
	MaxConnections   int           `json:"max_connections"`
	MaxSubscriptions int           `json:"max_subscriptions,omitempty"`
	PingInterval     time.Duration `json:"ping_interval"`
	PingMax          int           `json:"ping_max"`
	HTTPHost         string        `json:"http_host"`
	HTTPPort         int           `json:"http_port"`
	HTTPBasePath     string        `json:"http_base_path"`
	HTTPSPort        int           `json:"https_port"`
	AuthTimeout      float64       `json:"auth_timeout"` // seconds
	MaxControlLine   int           `json:"max_control_line"`
	MaxPayload       int           `json:"max_payload"`
	MaxPending       int64         `json:"max_pending"`
	Cluster          Off           `json:"cluster"`
	Gateway          Off           `json:"gateway"`
	Leaf             Off           `json:"leaf"`
	MQTT             Off           `json:"mqtt"`
	WebSocket        WebSocket     `json:"websocket"`
	JetStream        JetStreamVarz `json:"jetstream"`
	TLSTimeout       float64       `json:"tls_timeout"` // seconds
	WriteDeadline    time.Duration `json:"write_deadline"`
	WriteTimeout     string        `json:"write_timeout,omitempty"` // "close" or "retry", if configured

	Configuration   Configuration `json:"-"`
	Proxies         *Proxies      `json:"-"` // nil for none
	TLSCertNotAfter time.Time     `json:"-"` // zero without a certificate
}

// Configuration is what varz shows of the configuration after the counters.
type Configuration struct {
	Loaded        time.Time         `json:"config_load_time"`
	Digest        string            `json:"config_digest"`
	Tags          []string          `json:"tags,omitempty"`
	Metadata      map[string]string `json:"metadata,omitempty"`
	FeatureFlags  map[string]bool   `json:"feature_flags,omitempty"`
	Operators     []string          `json:"trusted_operators_jwt,omitempty"`
	SystemAccount string            `json:"system_account,omitempty"`
	PinnedFails   uint64            `json:"pinned_account_fails,omitempty"`
}

// Proxies are those that are trusted.
type Proxies struct {
	Trusted []ProxyInfo `json:"trusted"`
}

// WebSocket is what varz shows of the WebSocket listener; the zero value shows
// that there is none.
type WebSocket struct {
	Host             string        `json:"host,omitempty"`
	Port             int           `json:"port,omitempty"`
	Advertise        string        `json:"advertise,omitempty"`
	NoAuthUser       string        `json:"no_auth_user,omitempty"`
	JWTCookie        string        `json:"jwt_cookie,omitempty"`
	HandshakeTimeout time.Duration `json:"handshake_timeout,omitempty"`
	AuthTimeout      float64       `json:"auth_timeout,omitempty"` // seconds
	NoTLS            bool          `json:"no_tls,omitempty"`
	TLSMap           bool          `json:"tls_map,omitempty"`
	TLSPinnedCerts   []string      `json:"tls_pinned_certs,omitempty"`
	SameOrigin       bool          `json:"same_origin,omitempty"`
	AllowedOrigins   []string      `json:"allowed_origins,omitempty"`
	Compression      bool          `json:"compression,omitempty"`
	TLSOCSPPeer      bool          `json:"tls_ocsp_peer_verify,omitempty"`
	TLSCertNotAfter  *time.Time    `json:"tls_cert_not_after,omitempty"`
}

// Off stands for a feature that is not in use: {}.
type Off struct{}

// PeerStats splits a counter by the kind of connection.
type PeerStats struct {
	Clients  uint64 `json:"clients"`
	Routes   uint64 `json:"routes"`
	Gateways uint64 `json:"gateways"`
	Leafs    uint64 `json:"leafs"`
}

// DiskIOStats are about waiting for the disk; always zero without JetStream.
type DiskIOStats struct {
	Waiters     int64         `json:"waiters"`
	Waits       int64         `json:"waits"`
	WaitTime    time.Duration `json:"wait_time"`
	MaxWaitTime time.Duration `json:"max_wait_time"`
}

// ProcessStats is what the process uses of the machine.
type ProcessStats struct {
	Mem        int64   `json:"mem"` // resident, in bytes
	Cores      int     `json:"cores"`
	MaxProcs   int     `json:"gomaxprocs"`
	MemLimit   int64   `json:"gomemlimit,omitempty"`
	CPUPercent float64 `json:"cpu"` // of one core
}

// protocolVersion is what varz calls proto.
const protocolVersion = 1

func (m *Monitor) varz(*params) (any, error) {
	id, set, n, at := m.cfg.Server.Identity(), m.cfg.Server.Settings(), m.cfg.Server.Counters(), now()
	v := &Varz{
		ID: id.ID, Name: id.Name, Version: id.Version, DunlinVersion: id.Dunlin,
		Proto: protocolVersion, Go: runtime.Version(), Settings: set,
		Start: id.Started.UTC(), Now: at, Uptime: duration(at.Sub(id.Started)),
		ProcessStats: m.processStats(at),
		Connections:  n.Connections, TotalConnections: n.TotalConnections,
		InMsgs: n.Received.Msgs, InBytes: n.Received.Bytes,
		InClientMsgs: n.Received.Msgs, InClientBytes: n.Received.Bytes,
		OutMsgs: n.Sent.Msgs, OutBytes: n.Sent.Bytes,
		OutClientMsgs: n.Sent.Msgs, OutClientBytes: n.Sent.Bytes,
		SlowConsumers: n.SlowConsumers, StaleConnections: n.StaleConnections,
		StalledClients: n.StalledClients, Subscriptions: n.Subscriptions,
		HTTPReqStats: m.requests(), Configuration: set.Configuration,
		SlowConsumerStats:    PeerStats{Clients: n.SlowConsumers},
		StaleConnectionStats: PeerStats{Clients: n.StaleConnections},
	}
	v.JetStream = m.jetStreamVarz()
	v.Loaded, v.TrustedProxies = v.Loaded.UTC(), set.Proxies
	if end := set.TLSCertNotAfter; !end.IsZero() {
		end = end.UTC()
		v.TLSCertNotAfter = &end
	}
	return v, nil
}

func (m *Monitor) processStats(at time.Time) ProcessStats {
	p := ProcessStats{Cores: runtime.NumCPU(), MaxProcs: runtime.GOMAXPROCS(0)}
	p.Mem, p.CPUPercent = m.usage.look(at)
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		p.MemLimit = limit
	}
	return p
}
