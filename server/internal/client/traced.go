package client

import (
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/router"
	"github.com/dunlin-mq/dunlin/server/internal/trace"
)

// publishTraced is the rest of publish for a message whose header mentions
// tracing.
func (c *Client) publishTraced(acc *account.Account) error {
	m := &c.pass.Message
	req := trace.ParseRequest(m.Header)
	switch {
	case req.Dest != "":
		return c.publishReported(acc, req)
	case req.Only:
		// The reference server keeps silent even if the client is verbose, and
		// so leaves it waiting.
		c.ok()
		return nil
	case req.Disable:
		m.SetHeader(trace.DisableIn(m.Header))
	}
	return c.forward(acc)
}

// publishReported publishes the message and then, no matter whether it was
// refused, what became of it.
func (c *Client) publishReported(acc *account.Account, req trace.Request) error {
	if reservedSubject(req.Dest) {
		return c.refuse(protocol.PublishViolation(req.Dest))
	}
	p := c.pass
	m := &p.Message
	p.Trace = trace.Begin(req, m.Header, m.Size(), trace.Ingress{
		Kind: int(account.Client), ID: c.id, Name: c.options.Name,
		Account: acc.Name, Subject: string(m.Subject),
	})
	err := c.forward(acc)
	if e := router.Report(acc, &p.Pass, c.env.Author()); e != nil {
		c.Log().Errorf("Message trace: %v", e)
	}
	return err
}
