package client

import (
	"net/netip"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/wsframe"
)

// WebSocketEntry is what the request of a client that came over WebSocket said
// about it.
type WebSocketEntry struct {
	// Forwarded is for whom a trusted proxy connects; not valid if unknown.
	Forwarded netip.Addr
	// JWT, User, Pass and Token stand in for what is empty in CONNECT.
	JWT, User, Pass, Token string
}

// EnterByWebSocket records that the client came over WebSocket. It is called
// before anything is said to the client.
func (c *Client) EnterByWebSocket(e WebSocketEntry) {
	c.web = &e
	c.limitMessages(c.env.Settings())
}

// IsWebSocket reports whether the client came over WebSocket.
func (c *Client) IsWebSocket() bool { return c.web != nil }

// describe makes an INFO one of the WebSocket listener, which knows nothing of
// a TLS handshake that is still to come.
func (w *WebSocketSettings) describe(info *protocol.Info) {
	info.Host, info.Port = w.Host, w.Port
	info.TLSRequired, info.TLSAvailable, info.TLSVerify = w.TLS, w.TLS, w.TLSVerify
	info.ConnectURLs = w.ConnectURLs
}

// fillIn gives CONNECT what the request said and it does not.
func (e *WebSocketEntry) fillIn(o *protocol.Connect) {
	for _, f := range []struct {
		field *string
		value string
	}{{&o.JWT, e.JWT}, {&o.User, e.User}, {&o.Pass, e.Pass}, {&o.Token, e.Token}} {
		if *f.field == "" {
			*f.field = f.value
		}
	}
}

// A compressed message may hold many commands, each of which has its own limit
// in the parser.
const (
	messageFactor  = 8        // times the maximum payload
	maxPacked      = 64 << 20 // bytes of a compressed message
	minPlain       = 1 << 20  // bytes that may come out of one, at least
	defaultPayload = 1 << 20  // where the payload has no limit
)

// limitMessages bounds compressed messages. Who has not shown yet that it may
// be here gets less: the connection's own limits.
func (c *Client) limitMessages(set *Settings) {
	if required, _ := c.env.Door.Required(c.demands()); required && !c.login.entered {
		return
	}
	payload := set.MaxPayload
	if payload <= 0 {
		payload = defaultPayload
	}
	c.conn.SetMessageLimits(min(messageFactor*payload, maxPacked), max(messageFactor*payload, minPlain))
}

// pingInterval is how often the client is pinged.
func (c *Client) pingInterval() time.Duration {
	set := c.env.Settings()
	if c.web != nil && set.WebSocket.PingInterval > 0 {
		return set.WebSocket.PingInterval
	}
	return set.PingInterval
}

// CloseStatus says in the terms of WebSocket why a session ended.
func CloseStatus(cause error) (wsframe.CloseCode, string) {
	r := reasonOf(cause)
	return closeCode(r), r.String()
}

// closeCode returns the WebSocket status of an ending. Those that do not concern
// clients are errors of the server.
func closeCode(r protocol.CloseReason) wsframe.CloseCode {
	switch r {
	case protocol.ClientClosed:
		return wsframe.StatusNormal
	case protocol.AuthenticationTimeout, protocol.AuthenticationFailure, protocol.AuthenticationExpired,
		protocol.SlowConsumerPendingBytes, protocol.SlowConsumerWriteDeadline,
		protocol.MaxConnectionsExceeded, protocol.MaxAccountConnectionsExceeded,
		protocol.MaxControlLineExceeded, protocol.MaxSubscriptionsExceeded,
		protocol.MissingAccount, protocol.CredentialsRevoked:
		return wsframe.StatusPolicyViolation
	case protocol.WriteError, protocol.ReadError, protocol.StaleConnection, protocol.ServerShutdown:
		return wsframe.StatusGoingAway
	case protocol.ParseError, protocol.ProtocolViolation, protocol.BadClientProtocolVersion:
		return wsframe.StatusProtocolError
	case protocol.MaxPayloadExceeded:
		return wsframe.StatusTooBig
	case protocol.TLSHandshakeFailure:
		return wsframe.StatusTLSHandshake // there is no WebSocket to say it on
	}
	return wsframe.StatusInternalError
}
