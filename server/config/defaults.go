package config

import (
	"maps"
	"slices"
	"time"
)

// The defaults that are not the zero value of their field.
const (
	DefaultHost                  = "0.0.0.0"
	DefaultPort                  = 4222
	DefaultMaxConnections        = 65536
	DefaultMaxControlLine        = 4096
	DefaultMaxPayload            = 1 << 20
	DefaultMaxPending            = 64 << 20
	DefaultMaxClosedClients      = 10000
	DefaultPingInterval          = 2 * time.Minute
	DefaultPingMax               = 2
	DefaultWriteDeadline         = 10 * time.Second
	DefaultLameDuckDuration      = 2 * time.Minute
	DefaultLameDuckGracePeriod   = 10 * time.Second
	DefaultTLSTimeout            = 2 * time.Second
	DefaultConnectErrorReports   = 3600
	DefaultReconnectErrorReports = 1
)

// WithDefaults returns a copy in which every field that was left at zero has
// its default, and what one option implies for another is set. It shares
// nothing with o that either may change, but for users and accounts, of which
// there may be many: these must not be changed.
func (o *Options) WithDefaults() *Options {
	c := *o
	c.ServerTags = slices.Clone(o.ServerTags)
	c.ServerMetadata = maps.Clone(o.ServerMetadata)
	c.FeatureFlags = maps.Clone(o.FeatureFlags)
	c.Mappings = slices.Clone(o.Mappings)
	for i := range c.Mappings {
		c.Mappings[i].Dests = slices.Clone(c.Mappings[i].Dests)
	}

	fill(&c.Host, DefaultHost)
	fill(&c.Port, DefaultPort)
	c.Operators.fill(&c.SystemAccount)
	if !c.NoSystemAccount && !c.Operators.Enabled() {
		fill(&c.SystemAccount, systemAccount)
	}
	fill(&c.ConnectErrorReports, DefaultConnectErrorReports)
	fill(&c.ReconnectErrorReports, DefaultReconnectErrorReports)
	fill(&c.Monitor.Host, c.Host)
	fill(&c.JetStream.MaxBufferedMsgs, DefaultMaxBufferedMsgs)
	fill(&c.JetStream.MaxBufferedSize, DefaultMaxBufferedSize)
	c.Limits.fill()
	c.Liveness.fill()
	fill(&c.LameDuck.Duration, DefaultLameDuckDuration)
	fill(&c.LameDuck.GracePeriod, DefaultLameDuckGracePeriod)
	if c.Log.TraceVerbose || c.Log.TraceHeaders {
		c.Log.Trace = true
	}
	c.TLS = c.TLS.withDefaults()
	fill(&c.Authorization.Timeout, c.authTimeout())
	c.WebSocket.fill(c.Liveness.PingInterval)
	return &c
}

// authTimeout is how long clients have for their CONNECT unless it is said.
func (o *Options) authTimeout() time.Duration {
	if o.TLS != nil {
		return o.TLS.Timeout + time.Second
	}
	return DefaultAuthTimeout
}

// withDefaults returns a copy with the defaults, of nil nil.
func (t *TLS) withDefaults() *TLS {
	if t == nil {
		return nil
	}
	c := *t
	fill(&c.Timeout, DefaultTLSTimeout)
	return &c
}

func (l *Limits) fill() {
	fill(&l.MaxConnections, DefaultMaxConnections)
	fill(&l.MaxControlLine, DefaultMaxControlLine)
	fill(&l.MaxPayload, DefaultMaxPayload)
	fill(&l.MaxPending, DefaultMaxPending)
	fill(&l.MaxClosedClients, DefaultMaxClosedClients)
}

func (l *Liveness) fill() {
	fill(&l.PingInterval, DefaultPingInterval)
	fill(&l.PingMax, DefaultPingMax)
	fill(&l.WriteDeadline, DefaultWriteDeadline)
}

// fill sets what is still at its zero value.
func fill[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}
