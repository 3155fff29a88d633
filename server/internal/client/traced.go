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
	if reservedSubject(req.Dest) || !c.mayPublish([]byte(req.Dest)) {
		c.Log().Errorf("Publish Violation - Subject %q", req.Dest)
		return c.refuse(protocol.PublishViolation(req.Dest))
	}
	return c.trace(acc, req)
}

// publishSampled publishes a message that is part of a trace of its own. The
// account says where what becomes of it is published, and of how many messages.
func (c *Client) publishSampled(acc *account.Account, to *account.Tracing) error {
	if to.Sampling < 100 && c.pass.Rand(100) >= to.Sampling {
		m := &c.pass.Message
		m.SetHeader(trace.DisableIn(m.Header))
		return c.forward(acc)
	}
	return c.trace(acc, trace.Request{Dest: to.Dest})
}

// trace publishes a message and then what became of it.
func (c *Client) trace(acc *account.Account, req trace.Request) error {
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
