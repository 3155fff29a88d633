package server

import (
	"crypto/tls"
	"net"
	"runtime"
	"strconv"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/client"
)

// settings derives what sessions follow from the configuration. port is the
// one that the client listener really has.
func (s *Server) settings(o *Options, port int) *client.Settings {
	return &client.Settings{
		Info: s.infoTemplate(o, port),

		MaxControlLine:   o.Limits.MaxControlLine,
		MaxPayload:       o.Limits.MaxPayload,
		MaxPending:       o.Limits.MaxPending,
		MaxSubscriptions: o.Limits.MaxSubscriptions,
		MaxSubTokens:     o.Limits.MaxSubTokens,
		MaxConnections:   o.Limits.MaxConnections,
		NoStall:          o.Limits.NoFastProducerStall,
		ProxyProtocol:    o.ProxyProtocol,

		Listener:    clientListener(o),
		AuthTimeout: o.Authorization.Timeout,

		PingInterval:  o.Liveness.PingInterval,
		WebSocket:     s.webSettings(o),
		PingMax:       o.Liveness.PingMax,
		WriteDeadline: o.Liveness.WriteDeadline,
		WriteRetry:    o.Liveness.WriteTimeout == config.WriteTimeoutRetry,

		MaxTracedMsg: o.Log.MaxTracedMsg,
		TraceHeaders: o.Log.TraceHeaders,
	}
}

// infoTemplate is the INFO document without what differs by connection.
func (s *Server) infoTemplate(o *Options, port int) protocol.Info {
	info := protocol.Info{
		ID: s.identity.id, Name: o.ServerName, Version: ReferenceVersion, Proto: 1,
		GoVersion: runtime.Version(), Host: o.Host, Port: port,
		Headers: !o.NoHeaderSupport, MaxPayload: int64(o.Limits.MaxPayload),
		APILevel: APILevel, XKey: s.identity.xkey,
		JetStream: o.JetStream.Enabled, Domain: o.JetStream.Domain,
	}
	if info.Name == "" {
		info.Name = s.identity.id
	}
	if t := o.TLS; t != nil {
		// A handshake that always comes first leaves no choice.
		first := t.HandshakeFirst
		info.TLSAvailable = o.AllowNonTLS && (!first.Enabled || first.Fallback > 0)
		info.TLSRequired = !info.TLSAvailable
		info.TLSVerify = verifies(t)
	}
	if host, p := advertised(o.ClientAdvertise, port); host != "" {
		info.Host, info.Port = host, p
	}
	return info
}

// verifies reports whether clients have to show a certificate.
func verifies(t *config.TLS) bool {
	return t != nil && t.Config != nil && t.Config.ClientAuth == tls.RequireAndVerifyClientCert
}

// advertised splits client_advertise, host or host:port.
func advertised(s string, port int) (string, int) {
	host, p, err := net.SplitHostPort(s)
	if err != nil {
		return s, port
	}
	if n, err := strconv.Atoi(p); err == nil && n > 0 {
		port = n
	}
	return host, port
}
