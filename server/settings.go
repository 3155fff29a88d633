package server

import (
	"runtime"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/client"
)

// settings derives what sessions follow from the configuration.
func (s *Server) settings(o *Options, port int) *client.Settings {
	name := o.ServerName
	if name == "" {
		name = s.identity.id
	}
	return &client.Settings{
		Info: protocol.Info{
			ID: s.identity.id, Name: name, Version: ReferenceVersion, Proto: 1,
			GoVersion: runtime.Version(), Host: o.Host, Port: port,
			Headers: !o.NoHeaderSupport, MaxPayload: int64(o.Limits.MaxPayload),
			APILevel: APILevel, XKey: s.identity.xkey,
		},
		MaxControlLine: o.Limits.MaxControlLine, MaxPayload: o.Limits.MaxPayload,
		MaxPending: o.Limits.MaxPending, MaxSubscriptions: o.Limits.MaxSubscriptions,
		MaxSubTokens: o.Limits.MaxSubTokens, MaxConnections: o.Limits.MaxConnections,
		NoStall:      o.Limits.NoFastProducerStall,
		PingInterval: o.Liveness.PingInterval, PingMax: o.Liveness.PingMax,
		WriteDeadline: o.Liveness.WriteDeadline, WriteRetry: o.Liveness.WriteTimeout == 2,
		MaxTracedMsg: o.Log.MaxTracedMsg, TraceHeaders: o.Log.TraceHeaders,
	}
}
