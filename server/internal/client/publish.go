package client

import (
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/header"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
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
	if len(op.Reply) > 0 && subject.ReservedReply(op.Reply) {
		return c.refuse(protocol.ReplyViolation(string(op.Reply)))
	}
	if reservedSubject(op.Subject) {
		return c.refuse(protocol.PublishViolation(string(op.Subject)))
	}
	p := c.pass
	m := &p.Message
	m.Load(op, owner, c, !c.options.Echo)
	acc := c.account.Load()
	if len(m.Header) > 0 && trace.Asked(m.Header) && !c.beginTrace(acc) {
		return nil
	}
	c.ok()
	delivered := router.Publish(acc, &p.Pass)
	if delivered == 0 && len(m.Reply) > 0 && c.options.NoResponders {
		c.noResponders(acc)
	}
	if p.Trace != nil {
		c.endTrace(acc)
	}
	return nil
}

// reservedSubject reports whether clients may not publish to a subject:
// servers use it among themselves.
func reservedSubject(s []byte) bool {
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

// beginTrace reads what the header of the message asks for. It returns false
// if the message goes no further.
func (c *Client) beginTrace(acc *account.Account) bool {
	p := c.pass
	m := &p.Message
	req := trace.ParseRequest(m.Header)
	switch {
	case req.Disable:
		m.SetHeader(trace.DisableIn(m.Header))
	case req.Dest == "":
		return !req.Only
	case reservedSubject([]byte(req.Dest)):
		c.refuse(protocol.PublishViolation(req.Dest))
		return false
	default:
		p.Trace = trace.Begin(req, m.Header, m.Size(), trace.Ingress{
			Kind: int(account.Client), ID: c.id, Name: c.options.Name,
			Account: acc.Name, Subject: string(m.Subject),
		})
	}
	return true
}

// endTrace publishes the report.
func (c *Client) endTrace(acc *account.Account) {
	if err := router.Report(acc, &c.pass.Pass, c.env.Author()); err != nil {
		c.Log().Errorf("Message trace: %v", err)
	}
}
