package config

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// WebSocket configures the listener for clients over WebSocket. Its zero value
// means that there is none.
type WebSocket struct {
	Host      string // empty means 0.0.0.0
	Port      int    // 0 means off, -1 random
	Advertise string // the host[:port] other servers and clients are told
	// NoTLS lets the listener start without TLS; it means nothing beside TLS.
	NoTLS bool
	TLS   *TLS // nil means plain HTTP; its Timeout and HandshakeFirst mean nothing here

	// SameOrigin accepts a browser only if its page came from this listener's
	// own address, AllowedOrigins only if it came from one of these: absolute
	// http or https URLs. With both, both must hold; with neither, any will do.
	SameOrigin     bool
	AllowedOrigins []string

	// HandshakeTimeout bounds the time from a connection's arrival to the end
	// of its request, the TLS handshake included; 0 means 10 seconds.
	HandshakeTimeout time.Duration
	// MaxHandshakeBytes bounds the head of a request; 0 means 16 KiB.
	MaxHandshakeBytes int

	Compression bool              // agree to permessage-deflate when it is offered
	Headers     map[string]string // added to the response that accepts a connection

	// The names of the cookies that stand in for what a client leaves out of
	// CONNECT; empty means none.
	JWTCookie   string
	UserCookie  string
	PassCookie  string
	TokenCookie string

	// Login replaces the single user or token of Options.Authorization for
	// clients of this listener.
	Login Login
	// NoAuthUser replaces Options.NoAuthUser for them.
	NoAuthUser string

	PingInterval time.Duration // 0 means Options.Liveness.PingInterval

	// Paths are where connections are accepted, see [WebSocket.ServesPath];
	// none means everywhere.
	Paths []string
	// HealthPath answers whether the server can be used; empty means /healthz,
	// [NoHealthPath] nowhere.
	HealthPath string
	// TrustedProxies may name the client they connect for, in the header
	// X-Forwarded-For. It is shown in the log and nothing depends on it.
	TrustedProxies []netip.Prefix
}

// NoHealthPath as [WebSocket.HealthPath] switches the answers about health off.
const NoHealthPath = "off"

// The defaults of the WebSocket listener.
const (
	DefaultWebSocketHandshakeTimeout = 10 * time.Second
	DefaultMaxHandshakeBytes         = 16 << 10
	DefaultHealthPath                = "/healthz"
)

// Enabled reports whether there is a listener.
func (w *WebSocket) Enabled() bool { return w.Port != 0 }

// ServesPath reports whether connections are accepted at the escaped path of a
// request. A configured path that ends in a slash takes in everything below it;
// any other one is for clients itself, and for leaf nodes and MQTT with the
// suffix by which their connections are known.
func (w *WebSocket) ServesPath(path string) bool {
	if len(w.Paths) == 0 {
		return true
	}
	return slices.ContainsFunc(w.Paths, func(p string) bool {
		rest, ok := strings.CutPrefix(path, p)
		return ok && (strings.HasSuffix(p, "/") || rest == "" || rest == "/leafnode" || rest == "/mqtt")
	})
}

// Trusts reports whether the peer at addr is one of the trusted proxies.
func (w *WebSocket) Trusts(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	return slices.ContainsFunc(w.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// fill sets the defaults. It is called on a copy, and leaves the original
// nothing to share.
func (w *WebSocket) fill(pingInterval time.Duration) {
	w.AllowedOrigins = slices.Clone(w.AllowedOrigins)
	w.Headers = maps.Clone(w.Headers)
	w.Paths = slices.Clone(w.Paths)
	w.TrustedProxies = slices.Clone(w.TrustedProxies)
	w.TLS = w.TLS.withDefaults()

	fill(&w.Host, DefaultHost)
	fill(&w.HandshakeTimeout, DefaultWebSocketHandshakeTimeout)
	fill(&w.MaxHandshakeBytes, DefaultMaxHandshakeBytes)
	fill(&w.PingInterval, pingInterval)
	fill(&w.HealthPath, DefaultHealthPath)
}
