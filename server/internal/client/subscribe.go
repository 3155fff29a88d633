package client

import (
	"sync/atomic"

	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// subscription is one SUB of a client.
type subscription struct {
	// What a delivery touches comes first.
	client *Client
	label  []byte // sid and a space, as it stands in a MSG line
	// filter withholds what a wildcard takes in and the client may not see; nil
	// for nothing.
	filter atomic.Pointer[perm.Filter]
	quota  conn.Quota // guarded by the client's outbox

	account  *account.Account
	subject  string
	queue    string
	interest *account.Interest // guarded by the client's mu
}

func (s *subscription) sid() string { return string(s.label[:len(s.label)-1]) }

// Connection implements [account.Subscriber].
func (s *subscription) Connection() any { return s.client }

// Deliver implements [account.Subscriber]. It is called by the read loops of
// publishers.
func (s *subscription) Deliver(m *message.Message, b *message.Batch) account.Outcome {
	c := s.client
	if m.NoEcho && m.Origin == any(c) {
		return account.Echo
	}
	if f := s.filter.Load(); f != nil && f.Denies(m.Subject) {
		return account.Denied
	}
	var f *chunk.Frame
	if c.headers.Load() {
		f = m.Full()
	} else {
		f = m.Plain()
	}
	frame, label := f, s.label
	if c.conn.Packs() {
		frame = m.Pack(f)
	}
	if frame == f {
		if frame = m.Spell(f, label, b); frame != f {
			label = nil
		}
	}
	v := c.conn.Outbox().Deliver(frame, label, &s.quota, b.Now)
	if v&conn.NeedsFlush != 0 {
		b.Touch(c)
	}
	if v&^(conn.Queued|conn.NeedsFlush) != 0 {
		s.afterDelivery(v, b)
	}
	if v&conn.Queued == 0 {
		return s.refusal(v)
	}
	if r := c.replies.Load(); r != nil && len(m.Reply) > 0 {
		r.Track(m.Reply, b.Now)
	}
	if b.Logged {
		c.traceDelivery(f, s.label)
	}
	return account.Delivered
}

// refusal says why the outbox took nothing.
func (s *subscription) refusal(v conn.Verdict) account.Outcome {
	switch {
	case v&conn.Spent != 0:
		return account.Spent
	case v&conn.Dropped != 0:
		return account.Dropped
	case v == 0 && s.client.conn.Cause() == nil:
		return account.Unsubscribed
	}
	return account.Closed
}

// Try implements [account.Subscriber].
func (s *subscription) Try(m *message.Message) account.Outcome {
	if m.NoEcho && m.Origin == any(s.client) {
		return account.Echo
	}
	if f := s.filter.Load(); f != nil && f.Denies(m.Subject) {
		return account.Denied
	}
	if s.client.conn.Cause() != nil {
		return account.Closed
	}
	return account.Delivered
}

// Describe implements [account.Subscriber].
func (s *subscription) Describe() account.Receiver {
	return account.Receiver{
		Kind: account.Client, ID: s.client.id, Name: s.client.name(), Sub: s.subject, Queue: s.queue,
	}
}

// afterDelivery handles what is rare about a delivery.
func (s *subscription) afterDelivery(v conn.Verdict, b *message.Batch) {
	if v&conn.Congested != 0 {
		b.Congested(s.client)
	}
	if v&conn.LastOne != 0 {
		s.client.remove(s)
	}
	if v&conn.Overflow != 0 {
		s.client.overflow()
	}
}

// DropWhenSlow chooses what happens while the client does not keep up: its
// messages are dropped, or their publishers slowed down.
func (c *Client) DropWhenSlow(drop bool) { c.conn.Outbox().SetDrop(drop) }

// subscribe carries out SUB.
func (c *Client) subscribe(op *protocol.Op) error {
	set := c.env.Settings()
	if string(op.Queue) == subject.SystemQueue {
		return c.refuse(protocol.SubscribeViolation(string(op.Subject), subject.SystemQueue))
	}
	if !subject.Valid(op.Subject) {
		return c.refuse(protocol.ErrInvalidSubject)
	}
	if set.MaxSubTokens > 0 && subject.Count(op.Subject) > set.MaxSubTokens {
		return c.refuse(protocol.TooManyTokens(string(op.Subject)))
	}
	if perms := c.login.perms; perms != nil && !perms.Subscribe(string(op.Subject), string(op.Queue)) {
		return c.refuseSubscription(op)
	}
	s := &subscription{client: c, account: c.account.Load(), subject: string(op.Subject), queue: string(op.Queue)}
	if perms := c.login.perms; perms != nil {
		s.filter.Store(perms.Filter(s.subject, s.queue))
	}
	s.label = append(append(make([]byte, 0, len(op.SID)+1), op.SID...), ' ')

	c.dropSpent(op.SID)
	limit := c.maxSubscriptions(set)
	c.mu.Lock()
	if c.subs == nil {
		c.subs = make(map[string]*subscription)
	}
	_, used := c.subs[string(op.SID)]
	full := !used && limit > 0 && len(c.subs) >= limit
	if !used && !full {
		c.subs[s.sid()] = s
	}
	c.mu.Unlock()

	switch {
	case full:
		return c.refuse(protocol.ErrMaxSubscriptions)
	case used: // the first one wins, silently
		c.ok()
		return nil
	}
	if err := c.insert(s); err != nil {
		return err
	}
	c.ok()
	return nil
}

// refuseSubscription tells the client that it may not have a subscription.
func (c *Client) refuseSubscription(op *protocol.Op) error {
	subj, queue := string(op.Subject), string(op.Queue)
	if queue == "" {
		c.Log().Errorf("Subscription Violation - Subject %q, SID %s", subj, op.SID)
	} else {
		c.Log().Errorf("Subscription Violation - Subject %q, Queue: %q, SID %s", subj, queue, op.SID)
	}
	return c.refuse(protocol.SubscribeViolation(subj, queue))
}

// reshare makes the subscription follow the imports of its account.
func (s *subscription) reshare() {
	s.client.mu.Lock()
	interest := s.interest
	s.client.mu.Unlock()
	if interest != nil {
		interest.Reshare()
	}
}

// dropSpent removes the subscription of that sid if it has got all the messages
// it asked for. Whoever delivered the last one may not have come to it yet.
func (c *Client) dropSpent(sid []byte) {
	c.mu.Lock()
	s := c.subs[string(sid)]
	c.mu.Unlock()
	if s == nil {
		return
	}
	if sent, limit := c.conn.Outbox().Quota(&s.quota); limit != 0 && sent >= limit {
		c.remove(s)
	}
}

// insert makes the subscription visible to publishers.
func (c *Client) insert(s *subscription) error {
	interest, err := s.account.Subscribe(s.subject, s.queue, s)
	if err != nil {
		c.remove(s)
		return c.refuse(protocol.ErrInvalidSubject)
	}
	// A publisher may use up a quota only after an UNSUB of this goroutine,
	// so nobody looks at interest before it is set.
	c.mu.Lock()
	s.interest = interest
	c.mu.Unlock()
	return nil
}

// unsubscribe carries out UNSUB.
func (c *Client) unsubscribe(op *protocol.Op) error {
	c.mu.Lock()
	s := c.subs[string(op.SID)]
	c.mu.Unlock()
	if s != nil {
		if op.Max <= 0 || c.conn.Outbox().SetQuota(&s.quota, uint64(op.Max)) >= uint64(op.Max) {
			c.remove(s)
		}
	}
	c.ok()
	return nil
}

// remove ends a subscription. Safe for concurrent use: only one caller finds
// it still there.
func (c *Client) remove(s *subscription) {
	c.mu.Lock()
	if c.subs[s.sid()] != s {
		c.mu.Unlock()
		return
	}
	delete(c.subs, s.sid())
	interest := s.interest
	c.mu.Unlock()
	c.conn.Outbox().CloseQuota(&s.quota)
	if interest != nil {
		interest.End()
	}
	c.traceRemoved(s)
}

// removeAll ends all subscriptions and returns them.
func (c *Client) removeAll() []*subscription {
	c.mu.Lock()
	subs := c.subs
	c.subs = nil
	c.mu.Unlock()
	list := make([]*subscription, 0, len(subs))
	for _, s := range subs {
		c.conn.Outbox().CloseQuota(&s.quota)
		if s.interest != nil {
			s.interest.End()
		}
		list = append(list, s)
	}
	return list
}
