package client

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/wsframe"
)

// errOverflow is the cause when the outbox passed its limit.
var errOverflow = errors.New("maximum pending bytes exceeded")

// overflow cuts off a client that does not keep up. It is called by whoever
// delivered the message that was too much, once.
func (c *Client) overflow() {
	c.env.Counters.SlowConsumers.Add(1)
	c.conn.Abort(errOverflow)
	c.Log().Infof("Slow Consumer Detected: MaxPending of %d Exceeded", c.env.Settings().MaxPending)
}

// WriteDeadline implements [conn.Session].
func (c *Client) WriteDeadline() time.Duration { return c.env.Settings().WriteDeadline }

// WriteStalled implements [conn.Session]. Each missed deadline counts; as what
// is new only the first one is logged.
func (c *Client) WriteStalled(w conn.WriteStall) bool {
	c.env.Counters.SlowConsumers.Add(1)
	what := "Detected"
	if w.Repeated {
		what = "State"
	}
	c.Log().Infof("Slow Consumer %s: WriteDeadline of %v exceeded with %d chunks of %d total bytes.", what, w.Deadline, w.Chunks, w.Bytes)
	return c.env.Settings().WriteRetry && w.Wrote > 0
}

// WriteRecovered implements [conn.Session].
func (c *Client) WriteRecovered(late time.Duration) {
	c.Log().Infof("Slow Consumer Recovered: Flush took %v.", late.Round(time.Millisecond))
}

// Close ends the session from outside for one of the reasons of the protocol,
// without a word to the client.
func (c *Client) Close(reason protocol.CloseReason) {
	c.conn.Close(closedFor(reason), nil)
}

// closedFor is a cause that carries a reason and no text.
type closedFor protocol.CloseReason

func (r closedFor) Error() string { return protocol.CloseReason(r).String() }

// Fail ends the session from outside with an error that the client is told.
func (c *Client) Fail(e *protocol.Error) { c.closeFor(e) }

// end cleans up when the read loop has ended.
func (c *Client) end(err error) {
	c.stopLiveness()
	if c.conn.Cause() == nil {
		var e *wsframe.Error
		if errors.As(err, &e) {
			c.Log().Errorf("read error: %s", e.Text)
		}
		c.conn.Close(err, nil)
	}
	last := c.removeAll()
	c.moveOut()
	reason := reasonOf(c.conn.Cause())
	c.mu.Lock()
	c.ending, c.ended, c.lastSubs = reason, time.Now(), last
	c.mu.Unlock()
	c.debugf("Client connection closed: %s", reason)
	if w := c.env.Witness; w != nil {
		w.Left(c, reason)
	}
}

// reasonOf names the cause of an ending in the terms of the protocol.
func reasonOf(cause error) protocol.CloseReason {
	var e *protocol.Error
	var r closedFor
	switch {
	case errors.As(cause, &r):
		return protocol.CloseReason(r)
	case errors.As(cause, &e):
		return e.Reason()
	case errors.Is(cause, errOverflow):
		return protocol.SlowConsumerPendingBytes
	case errors.Is(cause, conn.ErrWriteDeadline):
		return protocol.SlowConsumerWriteDeadline
	case errors.Is(cause, conn.ErrWrite):
		return protocol.WriteError
	case errors.Is(cause, io.EOF), errors.Is(cause, net.ErrClosed), errors.Is(cause, io.ErrClosedPipe):
		return protocol.ClientClosed
	}
	return protocol.ReadError
}
