package client

import (
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/header"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/router"
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
	if subject.HasPrefix(op.Subject, subject.GatewayReplyPrefix) || subject.HasPrefix(op.Subject, subject.ConsensusPrefix) {
		return c.refuse(protocol.PublishViolation(string(op.Subject)))
	}
	c.ok()

	p := c.pass
	m := &p.Message
	m.Load(op, owner)
	m.Origin, m.NoEcho = c, !c.options.Echo
	acc := c.account.Load()
	if router.Publish(acc, &p.Pass) == 0 && len(m.Reply) > 0 && c.options.NoResponders {
		c.noResponders(acc)
	}
	return nil
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
	msg := protocol.AppendHMsg(nil, m.Reply, []byte(s.sid()), nil, block, nil)
	c.put(msg)
}
