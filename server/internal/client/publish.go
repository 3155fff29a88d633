package client

import (
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/header"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/message"
	"github.com/dunlin-mq/dunlin/server/internal/router"
	"github.com/dunlin-mq/dunlin/server/internal/trace"
)

// publish carries out PUB and HPUB.
func (c *Client) publish(op *protocol.Op, owner *chunk.Chunk) error {
	c.in.Msgs++
	c.in.Bytes += uint64(len(op.Msg) - 2)
	if c.options.Pedantic && !subject.ValidLiteral(op.Subject) {
		c.refuse(protocol.ErrInvalidPublishSubject)
	}
	m := &c.pass.Message
	m.Load(op, owner, c, !c.options.Echo)
	acc := c.account.Load()
	if len(m.Header) > 0 {
		if trace.Asked(m.Header) {
			return c.publishTraced(acc)
		}
		if to := acc.Tracing(); to != nil && trace.Sampled(m.Header) {
			return c.publishSampled(acc, to)
		}
	}
	return c.forward(acc)
}

// forward refuses or delivers the message that was loaded. Whether it may be
// published is asked of the subject that it is delivered under.
func (c *Client) forward(acc *account.Account) error {
	p := c.pass
	m := &p.Message
	from := m.Subject
	if router.Map(acc, &p.Pass) && p.Logged {
		c.Log().Tracef("<<- [MAPPING %s -> %s]", from, m.Subject)
	}
	if e := c.violation(m); e != nil {
		if p.Trace != nil {
			p.Trace.Refused(e.Text())
		}
		return c.refuse(e)
	}
	c.ok()
	if router.Route(acc, &p.Pass) == 0 && len(m.Reply) > 0 && c.options.NoResponders {
		c.noResponders(acc)
	}
	return nil
}

// violation returns why the client may not publish the message, or nil.
func (c *Client) violation(m *message.Message) *protocol.Error {
	if len(m.Reply) > 0 && subject.ReservedReply(m.Reply) {
		c.Log().Errorf("Publish Violation - Reply %q", m.Reply)
		return protocol.ReplyViolation(string(m.Reply))
	}
	if reservedSubject(m.Subject) || !c.mayPublish(m.Subject) {
		c.Log().Errorf("Publish Violation - Subject %q", m.Subject)
		return protocol.PublishViolation(string(m.Subject))
	}
	return nil
}

// mayPublish reports whether the client's permissions allow it to publish to a
// subject, be it as the answer to a request.
func (c *Client) mayPublish(subj []byte) bool {
	set := c.login.perms
	if set == nil || c.login.cache.Publish(set, subj) {
		return true
	}
	r := c.replies.Load()
	return r != nil && r.Allow(subj, c.pass.Now)
}

// reservedSubject reports whether clients may not publish to a subject:
// servers use it among themselves.
func reservedSubject[T subject.Text](s T) bool {
	return subject.HasPrefix(s, subject.GatewayReplyPrefix) || subject.HasPrefix(s, subject.ConsensusPrefix)
}

// noResponders tells a requester that nobody got its request: it sends a 503
// to the subscription of this connection that waits for the reply.
func (c *Client) noResponders(acc *account.Account) {
	p := c.pass
	m := &p.Message
	s, ok := router.OwnSubscription(acc, &p.Pass, m.Reply, c).(*subscription)
	if !ok {
		return
	}
	block := header.AppendNoResponders(nil, m.Subject)
	c.put(protocol.AppendHMsg(nil, m.Reply, []byte(s.sid()), nil, block, nil))
}
