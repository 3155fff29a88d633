package client

import (
	"errors"

	"github.com/dunlin-mq/dunlin/protocol"
)

// Infof logs about this client, as do the other levels.
func (c *Client) Infof(format string, args ...any) { c.env.Log.Infof("%s - "+format, c.with(args)...) }

// Warnf logs a warning.
func (c *Client) Warnf(format string, args ...any) { c.env.Log.Warnf("%s - "+format, c.with(args)...) }

// Errorf logs an error.
func (c *Client) Errorf(format string, args ...any) {
	c.env.Log.Errorf("%s - "+format, c.with(args)...)
}

// Debugf logs if debugging is on.
func (c *Client) Debugf(format string, args ...any) {
	if c.env.Log.DebugEnabled() {
		c.env.Log.Debugf("%s - "+format, c.with(args)...)
	}
}

func (c *Client) with(args []any) []any { return append([]any{c.String()}, args...) }

// traceOp logs a command that came in.
func (c *Client) traceOp(op *protocol.Op) {
	arg := op.Arg
	if op.Kind == protocol.KindConnect {
		arg = protocol.RedactConnect(nil, arg)
	}
	switch op.Kind {
	case protocol.KindPing, protocol.KindPong, protocol.KindOK:
		c.env.Log.Tracef("%s - <<- [%s]", c.String(), op.Kind)
	case protocol.KindPub, protocol.KindHPub:
		c.env.Log.Tracef("%s - <<- [%s %s]", c.String(), op.Kind, arg)
		c.tracePayload(op)
	default:
		c.env.Log.Tracef("%s - <<- [%s %s]", c.String(), op.Kind, arg)
	}
}

// tracePayload logs what was published, cut to the configured length.
func (c *Client) tracePayload(op *protocol.Op) {
	set := c.env.Settings()
	msg := op.Msg[:len(op.Msg)-2]
	if set.TraceHeaders {
		if len(op.Header) == 0 {
			return
		}
		msg = op.Header
	}
	dots := ""
	if set.MaxTracedMsg > 0 && len(msg) > set.MaxTracedMsg {
		msg, dots = msg[:set.MaxTracedMsg], "..."
	}
	c.env.Log.Tracef("%s - <<- MSG_PAYLOAD: [%q%s]", c.String(), msg, dots)
}

// traceOut logs a control line that goes out.
func (c *Client) traceOut(line string) {
	if c.env.Log.TraceEnabled() {
		c.env.Log.Tracef("%s - ->> [%s]", c.String(), line)
	}
}

// traceRemoved logs the end of a subscription.
func (c *Client) traceRemoved(s *subscription) {
	if c.env.Log.TraceEnabled() {
		c.env.Log.Tracef("%s - <-> [DELSUB %s]", c.String(), s.sid())
	}
}

// reportFailure logs what a client did to lose its connection.
func (c *Client) reportFailure(e *protocol.Error) {
	if errors.Is(e, protocol.ErrClientError) {
		return // logged with its text
	}
	c.Errorf("%s", e.Error())
}
