package client

import (
	"bytes"
	"errors"
	"net/netip"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/logging"
)

// Log returns a logger whose lines are about this client. It is made for each
// line: an idle client should not pay for the few that it may get.
func (c *Client) Log() *logging.Logger {
	c.mu.Lock()
	o := c.options
	name := o.Name
	if o.Lang != "" {
		name = joinColon(o.Lang, name)
	}
	if o.Version != "" {
		name = joinColon("v"+o.Version, name)
	}
	remote := c.remote.String()
	c.mu.Unlock()
	kind := "cid"
	if c.web != nil {
		kind = "wid"
		if c.web.Forwarded.IsValid() {
			remote = forwarded(c.web.Forwarded) + "/" + remote
		}
	}
	return c.env.Log.With(logging.Conn{Remote: remote, Kind: kind, ID: c.id, Client: name, User: c.userSuffix()})
}

// userSuffix says as whom the client has logged in; empty if nobody asked.
func (c *Client) userSuffix() string {
	if id := c.identity.Load(); id != nil && id.Kind != auth.Anonymous {
		return id.Suffix()
	}
	return ""
}

// forwarded writes an address that a proxy gave, which has no port.
func forwarded(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

func joinColon(a, b string) string {
	if b == "" {
		return a
	}
	return a + ":" + b
}

// debugf logs if debugging is on.
func (c *Client) debugf(format string, args ...any) {
	if c.env.Log.DebugEnabled() {
		c.Log().Debugf(format, args...)
	}
}

// LogCreated logs that the connection was accepted.
func (c *Client) LogCreated() { c.debugf("Client connection created") }

// traceOp logs a command that came in.
func (c *Client) traceOp(op *protocol.Op) {
	arg := op.Arg
	if op.Kind == protocol.KindConnect {
		arg = protocol.RedactConnect(nil, arg)
	}
	switch op.Kind {
	case protocol.KindPing, protocol.KindPong, protocol.KindOK:
		c.Log().Tracef("<<- [%s]", op.Kind)
	case protocol.KindPub, protocol.KindHPub:
		c.Log().Tracef("<<- [%s %s]", op.Kind, arg)
		c.tracePayload(op)
	default:
		c.Log().Tracef("<<- [%s %s]", op.Kind, arg)
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
	shown := string(msg)
	if set.MaxTracedMsg > 0 && len(msg) > set.MaxTracedMsg {
		shown = string(msg[:set.MaxTracedMsg]) + "..."
	}
	c.Log().Tracef("<<- MSG_PAYLOAD: [%q]", shown)
}

// traceOut logs a control line that goes out.
func (c *Client) traceOut(line string) {
	if c.env.Log.TraceEnabled() {
		c.Log().Tracef("->> [%s]", line)
	}
}

// traceDelivery logs the line of a message that goes out.
func (c *Client) traceDelivery(f *chunk.Frame, label []byte) {
	line := append(append(append(append([]byte(nil), f.Head...), label...), f.Mid...), f.Body...)
	if i := bytes.IndexByte(line, '\r'); i >= 0 {
		line = line[:i]
	}
	c.Log().Tracef("->> [%s]", line)
}

// traceRemoved logs the end of a subscription.
func (c *Client) traceRemoved(s *subscription) {
	if c.env.Log.TraceEnabled() {
		c.Log().Tracef("<-> [DELSUB %s]", s.sid())
	}
}

// reportFailure logs what a client did to lose its connection.
func (c *Client) reportFailure(e *protocol.Error) {
	if errors.Is(e, protocol.ErrClientError) || errors.Is(e, protocol.ErrAuthorization) {
		return // logged with what there is to say
	}
	c.Log().Errorf("%s", e.Error())
}
