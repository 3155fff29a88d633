package server

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/client"
	"github.com/dunlin-mq/dunlin/server/internal/monitor"
)

// facts answers what the monitoring endpoints ask. It implements
// [monitor.Server], [monitor.Connections] and [monitor.Accounts].
type facts struct{ s *Server }

// errNotReady is what a health check says as long as, or as soon as, clients
// are not accepted; in the words of nats-server, which waits that long.
var errNotReady = errors.New("failed to be ready for connections after 1ms: server")

func (f facts) Identity() monitor.Identity {
	return monitor.Identity{
		ID: f.s.ID(), Name: f.s.Name(), Version: ReferenceVersion, Dunlin: Version(), Started: f.s.started,
	}
}

func (f facts) Settings() monitor.Settings {
	s := f.s
	s.mu.Lock()
	o, loaded := s.opts, s.loaded
	s.mu.Unlock()
	info := s.env.Settings().Info
	set := monitor.Settings{
		Host: info.Host, Port: info.Port,
		TLSRequired: info.TLSRequired, TLSVerify: info.TLSVerify,
		MaxConnections: max(o.Limits.MaxConnections, 0), MaxSubscriptions: o.Limits.MaxSubscriptions,
		PingInterval: o.Liveness.PingInterval, PingMax: o.Liveness.PingMax,
		HTTPHost: o.Monitor.Host, HTTPPort: max(o.Monitor.HTTPPort, 0), HTTPSPort: max(o.Monitor.HTTPSPort, 0),
		HTTPBasePath: o.Monitor.BasePath, AuthTimeout: o.Authorization.Timeout.Seconds(), AuthRequired: s.authRequired(),
		MaxControlLine: o.Limits.MaxControlLine, MaxPayload: o.Limits.MaxPayload, MaxPending: o.Limits.MaxPending,
		TLSTimeout: tlsTimeout(o), WriteDeadline: o.Liveness.WriteDeadline,
		WriteTimeout: writeTimeoutName(o.Liveness.WriteTimeout),
		Configuration: monitor.Configuration{
			Loaded: loaded, Digest: o.Digest, Tags: o.ServerTags, Metadata: o.ServerMetadata,
			FeatureFlags: features(o.FeatureFlags), Operators: operatorTokens(o), SystemAccount: o.SystemAccount,
			PinnedFails: s.pinnedFails.Load(),
		},
		Proxies:         trustedProxies(o),
		TLSCertNotAfter: certNotAfter(o.TLS),
		WebSocket:       webFacts(o),
	}
	if l := s.sideNow().monitor; l != nil {
		if _, scheme := monitorPort(o); scheme == "https" {
			set.HTTPSPort = l.Addr().Port
		} else {
			set.HTTPPort = l.Addr().Port
		}
	}
	return set
}

// operatorTokens are the JWTs of the operators.
func operatorTokens(o *Options) []string {
	var tokens []string
	for _, op := range o.Operators.Trusted {
		tokens = append(tokens, op.JWT)
	}
	return tokens
}

// trustedProxies lists proxies as monitoring shows them; nil for none.
func trustedProxies(o *Options) *monitor.Proxies {
	if len(o.Proxies.Trusted) == 0 {
		return nil
	}
	p := new(monitor.Proxies)
	for _, key := range o.Proxies.Keys() {
		p.Trusted = append(p.Trusted, monitor.ProxyInfo{Key: key})
	}
	return p
}

// webFacts describes the WebSocket listener.
func webFacts(o *Options) monitor.WebSocket {
	w := &o.WebSocket
	if !w.Enabled() {
		return monitor.WebSocket{}
	}
	m := monitor.WebSocket{
		Host: w.Host, Port: max(w.Port, 0), Advertise: w.Advertise, JWTCookie: w.JWTCookie,
		HandshakeTimeout: w.HandshakeTimeout, NoTLS: w.NoTLS,
		SameOrigin: w.SameOrigin, AllowedOrigins: w.AllowedOrigins, Compression: w.Compression,
	}
	if w.TLS != nil {
		m.TLSMap = w.TLS.VerifyAndMap
		m.TLSPinnedCerts = slices.Sorted(maps.Keys(w.TLS.PinnedCerts))
	}
	if end := certNotAfter(w.TLS); !end.IsZero() {
		end = end.UTC()
		m.TLSCertNotAfter = &end
	}
	return m
}

// defaultTimeout is that of a TLS handshake and of authentication, seconds.
const defaultTimeout = 2.0

func tlsTimeout(o *Options) float64 {
	if o.TLS == nil {
		return defaultTimeout
	}
	return o.TLS.Timeout.Seconds()
}

func (f facts) Counters() monitor.Counters {
	e := &f.s.env
	t := e.Registry.Totals()
	return monitor.Counters{
		Connections: e.Registry.Len(), TotalConnections: e.Counters.Total.Load(),
		SlowConsumers: e.Counters.SlowConsumers.Load(), StaleConnections: e.Counters.StaleConnections.Load(),
		StalledClients: e.Counters.StalledClients.Load(), Subscriptions: f.subscriptions(),
		Received: monitor.Traffic(t.In), Sent: monitor.Traffic(t.Out),
	}
}

// subscriptions counts those of all accounts.
func (f facts) subscriptions() (n int) {
	for _, a := range f.s.accounts.All() {
		n += a.Interest.Len()
	}
	return n
}

// Ready returns why clients cannot connect, or nil.
func (f facts) Ready() error {
	select {
	case <-f.s.ready:
	default:
		return errNotReady
	}
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	if f.s.lameDuck || f.s.stopping {
		return errNotReady
	}
	return nil
}

func (f facts) Open() []monitor.Client {
	open := f.s.env.Registry.All()
	all := make([]monitor.Client, 0, len(open))
	for _, c := range open {
		all = append(all, openClient{c})
	}
	return all
}

func (f facts) Closed() []monitor.Client {
	closed := f.s.env.Registry.Closed()
	all := make([]monitor.Client, 0, len(closed))
	for _, r := range closed {
		all = append(all, closedClient{r})
	}
	return all
}

func (f facts) Find(id uint64) monitor.Client {
	if c := f.s.env.Registry.Get(id); c != nil {
		return openClient{c}
	}
	return nil
}

// Accounts returns the accounts.
func (f facts) Accounts() []monitor.Account {
	s := f.s
	s.mu.Lock()
	o, loaded := s.opts, s.loaded
	s.mu.Unlock()
	totals := s.env.Registry.ByAccount()
	var all []monitor.Account
	for _, a := range s.accounts.All() {
		stats := a.Interest.Stats()
		t := totals[a.Name]
		m := monitor.Account{
			Name: a.Name, Updated: loaded, Clients: t.Clients,
			Sent: monitor.Traffic(t.Out), Received: monitor.Traffic(t.In),
			NumSubs: a.Interest.Len(), Inserts: stats.Inserts, Removes: stats.Removes,
		}
		if a.Name == account.Global {
			m.SlowConsumers = s.env.Counters.SlowConsumers.Load()
		}
		m.Mappings, m.Label = mappingsOf(o, a.Name), a.Label()
		if s.tenants != nil {
			if c := s.tenants.claims(a.Name); c != nil {
				m.JWT, m.Issuer, m.Tags, m.Expired = c.JWT, c.Issuer, c.Tags, !c.Good(time.Now())
			}
		}
		all = append(all, m)
	}
	return all
}

// mappingsOf returns the mappings of an account as monitoring shows them.
func mappingsOf(o *Options, name string) map[string][]monitor.MappingDest {
	list := o.Mappings
	for i := range o.Accounts {
		if o.Accounts[i].Name == name {
			list = o.Accounts[i].Mappings
		}
	}
	if len(list) == 0 {
		return nil
	}
	shown := make(map[string][]monitor.MappingDest, len(list))
	for _, m := range list {
		for _, d := range m.Dests {
			shown[m.Source] = append(shown[m.Source], monitor.MappingDest(d))
		}
	}
	return shown
}

func (f facts) Subscriptions(name string) iter.Seq[monitor.Subscription] {
	return func(yield func(monitor.Subscription) bool) {
		a := f.s.accounts.Get(name)
		if a == nil {
			return
		}
		var here subscription // one for all of them: there may be a million
		for item := range a.Interest.All() {
			s, ok := item.Value.(client.Subscription)
			if !ok {
				continue
			}
			here = subscription{item.Subject, s}
			if !yield(&here) {
				return
			}
		}
	}
}

// subscription is one entry of the interest index.
type subscription struct {
	subject string
	sub     client.Subscription
}

func (s *subscription) Subject() string       { return s.subject }
func (s *subscription) Describe() monitor.Sub { return monitor.Sub(s.sub.Report()) }

// openClient is a connected client.
type openClient struct{ c *client.Client }

func (o openClient) ID() uint64 { return o.c.ID() }

func (o openClient) Describe(subs bool) monitor.Conn {
	r := o.c.Report(client.Detail{Subscriptions: subs})
	return describe(r, r.Subscriptions)
}

// closedClient is a client that has left.
type closedClient struct{ r *client.Report }

func (c closedClient) ID() uint64 { return c.r.ID }

func (c closedClient) Describe(subs bool) monitor.Conn {
	if subs {
		return describe(c.r, c.r.Subscriptions)
	}
	return describe(c.r, nil)
}

// describe translates a report.
func describe(r *client.Report, subs []client.SubReport) monitor.Conn {
	m := monitor.Conn{
		ID: r.ID, Type: r.Type, Host: r.Remote.Host, Port: r.Remote.Port,
		Started: r.Started, LastActivity: r.LastActivity, Stopped: r.Stopped,
		RTT: r.RTT, Pending: r.Pending, In: monitor.Traffic(r.In), Out: monitor.Traffic(r.Out), Stalls: r.Stalls,
		Name: r.Options.Name, Lang: r.Options.Lang, Version: r.Options.Version,
		User: r.User(), Account: r.Account, NumSubs: r.NumSubs,
	}
	if !r.Stopped.IsZero() {
		m.Reason = r.Reason.String()
	}
	if p := r.Proof; p != nil {
		m.NameTag, m.JWT, m.Issuer, m.Tags, m.ProxyKey = p.NameTag, p.JWT, p.Issuer, p.Tags, p.ProxyKey
	}
	if t := r.TLS; t != nil {
		m.TLS = &monitor.TLS{Version: t.Version, CipherSuite: t.CipherSuite, First: t.First}
		for _, c := range t.PeerCerts {
			m.TLS.PeerCerts = append(m.TLS.PeerCerts, monitor.PeerCert(c))
		}
	}
	for _, s := range subs {
		m.Subs = append(m.Subs, monitor.Sub(s))
	}
	return m
}

// writeTimeoutName is how monitoring names the policy; "" for the default.
func writeTimeoutName(w config.WriteTimeout) string {
	switch w {
	case config.WriteTimeoutClose:
		return "close"
	case config.WriteTimeoutRetry:
		return "retry"
	}
	return ""
}
