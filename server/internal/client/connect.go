package client

import (
	"errors"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
)

// redacted stands for a token in what is shown of a client.
const redacted = "[REDACTED]"

// connect carries out CONNECT. It may come again at any time: the options
// merge, and all subscriptions of the connection are dropped.
func (c *Client) connect(arg []byte) error {
	next := *c.options
	o := &next
	if err := protocol.ParseConnect(arg, o); err != nil {
		return err
	}
	if c.web != nil {
		c.web.fillIn(o)
	}
	if o.Account != "" || o.NewAccount {
		return protocol.ErrAuthorization
	}
	if c.connected {
		c.removeAll()
	}
	if !c.connected {
		c.live.seedRTT(time.Since(c.started))
	}
	if err := c.logIn(o); err != nil {
		return err
	}
	if err := o.Validate(); err != nil {
		return err
	}
	headers := o.Headers && c.env.Settings().Info.Headers
	if o.NoResponders && !headers {
		return protocol.ErrNoRespondersHeaders
	}
	c.headers.Store(headers)
	c.parser.Limits.Headers = headers
	if !c.connected {
		c.connected = true
	}
	c.ok()
	return nil
}

// withoutSecrets returns what anybody may see of the options.
func withoutSecrets(o *protocol.Connect) protocol.Connect {
	shown := *o
	shown.Pass, shown.JWT, shown.Sig, shown.ProxySig = "", "", "", ""
	if shown.Token != "" {
		shown.Token = redacted
	}
	return shown
}

// ping answers PING. The first answer makes the client ready for INFO at any
// time, and the INFO that answers its CONNECT follows at once.
func (c *Client) ping() {
	c.traceOut("PONG")
	c.put(pongLine)
	if !c.ponged {
		c.ponged = true
		c.live.ready.Store(true)
	}
	if !c.connected || c.informed || c.options.Protocol < 1 {
		return
	}
	c.informed = true
	c.async.Store(true)
	info := c.info()
	info.ConnectInfo = true
	info.RemoteAccount = c.account.Load().Name
	info.MaxPayload = int64(c.maxPayload(int(info.MaxPayload)))
	line := protocol.AppendInfo(nil, &info)
	c.traceOut(string(line[:len(line)-3]))
	c.put(line)
}

// Errors of SendInfo.
var errNoAsyncInfo = errors.New("client does not support Lame Duck Mode or is not ready to receive the notification")

// SendInfo sends an INFO outside the handshake, changed by edit. It fails if
// the client does not understand it or has not finished its handshake.
func (c *Client) SendInfo(edit func(*protocol.Info)) error {
	if !c.async.Load() {
		return errNoAsyncInfo
	}
	info := c.info()
	edit(&info)
	line := protocol.AppendInfo(nil, &info)
	c.traceOut(string(line[:len(line)-3]))
	c.send(line)
	return nil
}

// send queues a control line from outside the read loop and flushes it.
func (c *Client) send(line []byte) {
	if c.conn.Outbox().Put(line)&conn.Overflow != 0 {
		c.overflow()
		return
	}
	c.conn.Flush()
}
