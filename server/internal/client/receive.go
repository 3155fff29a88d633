package client

import (
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/router"
)

// pass is the working memory of a client for one read batch.
type pass struct {
	router.Pass
	op protocol.Op
}

var passes = sync.Pool{New: func() any { return new(pass) }}

var (
	okLine   = protocol.AppendOK(nil)
	pingLine = protocol.AppendPing(nil)
	pongLine = protocol.AppendPong(nil)
)

// Receive implements [conn.Session]: it carries out every complete command in
// b. Whatever these commands queued is flushed before it returns.
func (c *Client) Receive(b []byte, owner *chunk.Chunk) (used, need int, err error) {
	p := passes.Get().(*pass)
	c.pass = p
	p.Now = time.Now().UnixNano()
	p.Logged = c.env.Log.TraceEnabled()
	set := c.env.Settings()
	c.parser.Limits.MaxControlLine = set.MaxControlLine
	c.parser.Limits.MaxPayload = c.maxPayload(set.MaxPayload)
	if id := c.identity.Load(); id != nil {
		c.login.perms = id.Permissions
	}
	if c.web != nil {
		c.limitMessages(set)
	}

	fresh, alive, active := len(b)-c.unread, false, false
	for used < len(b) {
		var n int
		n, err = c.parser.Next(b[used:], &p.op)
		if n == 0 {
			break
		}
		used += n
		alive = alive || meansLife(p.op.Kind)
		active = active || isActivity(p.op.Kind)
		if p.Logged {
			c.traceOp(&p.op)
		}
		if err = c.carryOut(&p.op, owner); err != nil {
			break
		}
	}
	if used > 0 {
		c.report.msgs.Store(c.in.Msgs)
		c.report.bytes.Store(c.in.Bytes)
	}
	if active {
		c.report.lastActivity.Store(p.Now)
	}
	c.unread = len(b) - used
	c.live.saw(fresh, alive)
	if c.opened = c.opened || alive; !c.opened && c.unread > 0 {
		c.expectFirst()
	}
	if err != nil {
		c.fail(err)
	}
	p.Message.Forget()
	p.Flush()
	if d := p.Stall(); d > 0 {
		c.stalled(d)
	}
	c.pass = nil
	passes.Put(p)
	return used, c.parser.Need(), err
}

// meansLife reports whether a command shows that its sender has something to
// say. What clients have no reason to send does not, and neither does PONG,
// which only answers: an idle client is pinged in every interval.
func meansLife(k protocol.Kind) bool {
	switch k {
	case protocol.KindOK, protocol.KindInfo, protocol.KindPong:
		return false
	}
	return true
}

// isActivity reports whether monitoring takes a command for activity: a client
// that only keeps its connection open is idle.
func isActivity(k protocol.Kind) bool {
	switch k {
	case protocol.KindPub, protocol.KindHPub, protocol.KindSub, protocol.KindUnsub, protocol.KindConnect:
		return true
	}
	return false
}

// carryOut executes one command. A returned error ends the connection.
func (c *Client) carryOut(op *protocol.Op, owner *chunk.Chunk) error {
	if !c.login.entered && op.Kind != protocol.KindConnect {
		if err := c.mayGoOn(); err != nil {
			return err
		}
	}
	switch op.Kind {
	case protocol.KindPub, protocol.KindHPub:
		return c.publish(op, owner)
	case protocol.KindSub:
		return c.subscribe(op)
	case protocol.KindUnsub:
		return c.unsubscribe(op)
	case protocol.KindPing:
		c.ping()
	case protocol.KindPong:
		c.pong()
	case protocol.KindConnect:
		return c.connect(op.Arg)
	case protocol.KindErr:
		c.Log().Errorf("Client Error %s", op.Arg)
		return protocol.ErrClientError
	case protocol.KindInfo:
		if !json.Valid(op.Arg) {
			return protocol.ErrInfoJSON
		}
	}
	return nil // a good INFO and +OK are accepted and mean nothing
}

// put queues a control line for this client itself.
func (c *Client) put(line []byte) {
	v := c.conn.Outbox().Put(line)
	if v&conn.NeedsFlush != 0 {
		c.pass.Touch(c)
	}
	if v&conn.Overflow != 0 {
		c.overflow()
	}
}

// ok confirms a command if the client asked for that.
func (c *Client) ok() {
	if c.options.Verbose {
		c.traceOut("OK")
		c.put(okLine)
	}
}

// refuse tells the client about a command that had no effect. It returns e if
// that ends the connection.
func (c *Client) refuse(e *protocol.Error) error {
	if e.Closes() {
		return e
	}
	c.traceOut("-ERR " + e.Text())
	c.put(protocol.AppendErr(nil, e.Text()))
	return nil
}

// fail ends the connection with what the client is told about err.
func (c *Client) fail(err error) {
	var e *protocol.Error
	if !errors.As(err, &e) {
		c.conn.Close(err, nil)
		return
	}
	c.reportFailure(e)
	c.closeFor(e)
}

// closeFor ends the connection for a reason of the catalogue.
func (c *Client) closeFor(e *protocol.Error) {
	var last []byte
	if e.Text() != "" {
		last = protocol.AppendErr(nil, e.Text())
		c.traceOut("-ERR " + e.Text())
	}
	c.conn.Close(e, last)
}

// stalled accounts for a publisher that was slowed down.
func (c *Client) stalled(d time.Duration) {
	c.env.Counters.StalledClients.Add(1)
	c.debugf("Producer was stalled for a total of %v", d.Round(time.Millisecond))
}
