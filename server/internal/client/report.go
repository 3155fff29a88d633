package client

import (
	"cmp"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
)

// Report describes a client at one moment, for monitoring.
type Report struct {
	ID           uint64
	Type         string // of the listener, as monitoring calls it
	Remote       Address
	Started      time.Time
	LastActivity time.Time
	Stopped      time.Time // zero while connected
	Reason       protocol.CloseReason
	RTT          time.Duration
	Pending      int64 // bytes not yet written
	In, Out      conn.Traffic
	Stalls       uint64
	Account      string
	Identity     string // the user's name or public key; empty if it has not logged in
	// Proof is what vouches for it beside a password; nil for nothing. Ten thousand
	// reports are kept of clients that have left, most of them without.
	Proof *Proof
	TLS   *TLSState
	// Options are those of CONNECT, without secrets: of a token it only shows
	// that there is one.
	Options       protocol.Connect
	NumSubs       int
	Subscriptions []SubReport // with Detail.Subscriptions
}

// Proof is what vouches for a client.
type Proof struct {
	NameTag string // of the account, for people
	// JWT is the user's, unless that alone lets it in; Issuer the key that signed it,
	// Tags what it says of the user.
	JWT, Issuer string
	Tags        []string
	ProxyKey    string // of the proxy that it came through
}

// proof returns what vouches for the client.
func (c *Client) proof() *Proof {
	id := c.identity.Load()
	if id == nil || id.JWT == "" && id.ProxyKey == "" {
		return nil
	}
	p := &Proof{NameTag: c.account.Load().Label(), JWT: id.JWT, Issuer: id.Issuer, Tags: id.Tags, ProxyKey: id.ProxyKey}
	if id.Bearer {
		p.JWT = redacted
	}
	return p
}

// SubReport describes one subscription.
type SubReport struct {
	Account, Subject, Queue, SID string
	Msgs, Max                    uint64
	ClientID                     uint64
}

// User is the name by which monitoring knows the client: that of its user, or
// what stands for its token, or its public key.
func (r *Report) User() string {
	return cmp.Or(r.Identity, r.Options.User, r.Options.Token, r.Options.NKey)
}

// Subscription is a client's subscription in the interest of its account.
type Subscription interface{ Report() SubReport }

// Detail says what a report holds beyond the cheap facts.
type Detail struct{ Subscriptions bool }

// Report describes the client now.
func (c *Client) Report(d Detail) *Report {
	out := c.conn.Outbox().Snapshot()
	in, _ := c.traffic()
	last := max(c.report.lastActivity.Load(), out.LastDelivery, c.started.UnixNano())
	r := &Report{
		ID: c.id, Type: c.listener(), Started: c.started, LastActivity: time.Unix(0, last),
		RTT: c.RTT(), Pending: out.Pending, In: in, Out: out.Traffic, Stalls: out.Stalls,
		Account: c.account.Load().Name, Identity: c.user(), Proof: c.proof(),
	}
	c.mu.Lock()
	r.Remote, r.TLS = c.remote, c.tls
	r.Options, r.NumSubs = withoutSecrets(c.options), len(c.subs)
	var subs []*subscription
	if d.Subscriptions {
		subs = make([]*subscription, 0, len(c.subs))
		for _, s := range c.subs {
			subs = append(subs, s)
		}
	}
	if c.ending != 0 {
		r.Reason, r.Stopped = c.ending, c.ended
	}
	if c.lastSubs != nil {
		r.NumSubs = len(c.lastSubs)
		if d.Subscriptions {
			subs = c.lastSubs
		}
	}
	c.mu.Unlock()
	for _, s := range subs {
		r.Subscriptions = append(r.Subscriptions, s.Report())
	}
	return r
}

// listener is what monitoring calls the listener that the client came by.
func (c *Client) listener() string {
	if c.web != nil {
		return "websocket"
	}
	return "nats"
}

// Report describes the subscription now.
func (s *subscription) Report() SubReport {
	sent, limit := s.client.conn.Outbox().Quota(&s.quota)
	return SubReport{
		Subject: s.subject, Queue: s.queue, SID: s.sid(), Msgs: sent, Max: limit,
		ClientID: s.client.id, Account: s.account.Name,
	}
}

// Traffic returns what came from the client and what went to it.
func (c *Client) Traffic() (in, out conn.Traffic) { return c.traffic() }

func (c *Client) traffic() (in, out conn.Traffic) {
	in = conn.Traffic{Msgs: c.report.msgs.Load(), Bytes: c.report.bytes.Load()}
	return in, c.conn.Outbox().Snapshot().Traffic
}
