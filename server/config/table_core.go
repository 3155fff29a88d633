package config

import "time"

// coreOptions are who the server is, where it listens and what it maps.
func coreOptions() []Option {
	return []Option{
		{
			Name: "listen", Type: TypeAddress, Default: "0.0.0.0:4222", Reload: Unwatched,
			Doc:  "Where clients connect: a port, or host:port.",
			bind: address[Options]{host: clientHost, port: clientPort},
		},
		{
			Name: "host", Aliases: []string{"net"}, Type: TypeString, Default: "0.0.0.0", label: "Host",
			Doc:  "Address to listen on for clients.",
			bind: bind(stringKind, clientHost),
		},
		{
			Name: "port", Type: TypeInteger, Default: "4222", Min: -1, Max: maxPort, label: "Port",
			Doc:  "Port to listen on for clients; -1 picks a free one, which a reload keeps.",
			bind: bind(intKind, clientPort),
		},
		{
			Name: "client_advertise", Type: TypeString, Reload: Live,
			Doc:      "The host[:port] that clients are told instead of the listening address.",
			announce: func(_, advertise string) string { return "Reload: client_advertise = " + advertise },
			bind:     bind(stringKind, func(o *Options) *string { return &o.ClientAdvertise }),
		},
		{
			Name: "server_name", Type: TypeString, label: "ServerName",
			Doc:  "Name shown to clients and in monitoring, without spaces; left out, it is the server's public key.",
			bind: bind(serverNameKind, func(o *Options) *string { return &o.ServerName }),
		},
		{
			Name: "server_tags", Type: TypeStrings, Reload: Live,
			Doc:      "Free labels, kept in lower case.",
			announce: func(_, _ string) string { return "Reloaded: tags" },
			bind:     bind(tagsKind, func(o *Options) *[]string { return &o.ServerTags }),
		},
		{
			Name: "server_metadata", Type: TypeNames, Reload: Live,
			Doc:      "Free labels with values.",
			announce: func(_, _ string) string { return "Reloaded: metadata" },
			bind:     bind(labelsKind, func(o *Options) *map[string]string { return &o.ServerMetadata }),
		},
		{
			Name: "feature_flags", Type: TypeNames, label: "FeatureFlags",
			Doc:  "Switches for single changes of behaviour, by name; unknown names are reported at start.",
			bind: bind(switchesKind, func(o *Options) *map[string]bool { return &o.FeatureFlags }),
		},
		{
			Name: "proxy_protocol", Type: TypeBool, Default: "false", label: "ProxyProtocol",
			Doc:  "Expect a PROXY protocol header (v1 or v2) before anything else on every client connection.",
			bind: bind(boolKind, func(o *Options) *bool { return &o.ProxyProtocol }),
		},
		{
			Name: "no_header_support", Type: TypeBool, Default: "false", label: "NoHeaderSupport",
			Doc:  "Turn message headers off for the whole server.",
			bind: bind(boolKind, func(o *Options) *bool { return &o.NoHeaderSupport }),
		},
		{
			Name: "disable_sublist_cache", Aliases: []string{"no_sublist_cache"}, Type: TypeBool, Default: "false",
			label: "NoSublistCache",
			Doc:   "Accepted for compatibility: subject matching has no cache to turn off.",
			bind:  bind(boolKind, func(o *Options) *bool { return &o.NoSublistCache }),
		},
		{
			Name: "connect_error_reports", Type: TypeInteger, Default: "3600", Reload: Live,
			Doc:  "Log the first and every so many failed attempts to reach a server that was never connected.",
			bind: bind(intKind, func(o *Options) *int { return &o.ConnectErrorReports }),
		},
		{
			Name: "reconnect_error_reports", Type: TypeInteger, Default: "1", Reload: Live,
			Doc:  "Log the first and every so many failed attempts to reach a server that was lost.",
			bind: bind(intKind, func(o *Options) *int { return &o.ReconnectErrorReports }),
		},
		{
			Name: "mappings", Aliases: []string{"maps"}, Type: TypeMixed, Reload: Live,
			Doc: "Subject mappings: each subject to a destination, to {dest, weight, cluster}, or to a list of those.",
			// The mappings themselves would not fit a log line.
			announce: func(_, _ string) string { return "Reloaded: mappings" },
			bind:     bind(mappingsKind, func(o *Options) *[]Mapping { return &o.Mappings }),
		},
	}
}

func clientHost(o *Options) *string { return &o.Host }
func clientPort(o *Options) *int    { return &o.Port }

// limitOptions are what connections may cost and how long the server waits.
func limitOptions() []Option {
	return []Option{
		{
			Name: "max_connections", Aliases: []string{"max_conn"}, Type: TypeInteger, Default: "65536", Reload: Live,
			Doc:  "Clients at one time; 0 refuses all of them.",
			bind: bind(maxConnectionsKind, func(o *Options) *int { return &o.Limits.MaxConnections }),
		},
		{
			Name: "max_control_line", Type: TypeSize, Default: "4096", Reload: Live, over: "%s value is too big",
			Doc:  "Longest protocol line, payload excluded.",
			bind: bind(intKind, func(o *Options) *int { return &o.Limits.MaxControlLine }),
		},
		{
			Name: "max_payload", Type: TypeSize, Default: "1MB", Reload: Live, over: "%s value is too big",
			Doc:  "Largest message, header included; at most max_pending. More than 8MB is not recommended.",
			bind: bind(intKind, func(o *Options) *int { return &o.Limits.MaxPayload }),
		},
		{
			Name: "max_pending", Type: TypeSize, Default: "64MB", Max: maxInt64, label: "MaxPending",
			Doc:  "Bytes that may wait to be sent to one connection before it counts as a slow consumer.",
			bind: bind(sizeKind, func(o *Options) *int64 { return &o.Limits.MaxPending }),
		},
		{
			Name: "max_subscriptions", Aliases: []string{"max_subs"}, Type: TypeInteger, Default: "0", label: "MaxSubs",
			Doc:  "Subscriptions of one connection; 0 means any number.",
			bind: bind(limitKind, func(o *Options) *int { return &o.Limits.MaxSubscriptions }),
		},
		{
			Name: "max_subscription_tokens", Aliases: []string{"max_sub_tokens"}, Type: TypeInteger, label: "MaxSubTokens",
			Min: 1, Max: 255, over: "%s value is too big", under: "%s value can not be negative",
			Doc:  "Tokens in the subject of a subscription; left out, it may have any number.",
			bind: bind(subTokensKind, func(o *Options) *int { return &o.Limits.MaxSubTokens }),
		},
		{
			Name: "max_closed_clients", Type: TypeInteger, Default: "10000", Min: -1, Max: maxInt32,
			label: "MaxClosedClients",
			Doc:   "Closed connections that monitoring remembers; -1 means none.",
			bind:  bind(intKind, func(o *Options) *int { return &o.Limits.MaxClosedClients }),
		},
		{
			Name: "no_fast_producer_stall", Type: TypeBool, Default: "false", Reload: Live,
			Doc: "Drop messages for a consumer that is too slow instead of slowing their publisher down.",
			announce: func(_, off string) string {
				if off == "true" {
					return "Reloaded: fast producers will not be stalled"
				}
				return "Reloaded: fast producers will be stalled"
			},
			bind: bind(boolKind, func(o *Options) *bool { return &o.Limits.NoFastProducerStall }),
		},
		{
			Name: "ping_interval", Type: TypeDuration, Default: `"2m"`, Reload: Live,
			Doc:  "How often an idle connection is asked for a sign of life.",
			bind: bind(durationKind, func(o *Options) *time.Duration { return &o.Liveness.PingInterval }),
		},
		{
			Name: "ping_max", Type: TypeInteger, Default: "2", Reload: Live,
			Doc:  "Unanswered pings after which a connection is closed as stale.",
			bind: bind(intKind, func(o *Options) *int { return &o.Liveness.PingMax }),
		},
		{
			Name: "write_deadline", Type: TypeDuration, Default: `"10s"`, Reload: Live,
			Doc:  "How long one write to a connection may take before it counts as a slow consumer.",
			bind: bind(durationKind, func(o *Options) *time.Duration { return &o.Liveness.WriteDeadline }),
		},
		{
			Name: "write_timeout", Type: TypeString, Default: "default", label: "WriteTimeout",
			Values: []string{"default", "close", "retry"},
			Doc:    "What happens after a missed write_deadline: close the connection, or retry as long as it takes some bytes.",
			bind:   bind(writeTimeoutKind, func(o *Options) *WriteTimeout { return &o.Liveness.WriteTimeout }),
		},
		{
			Name: "lame_duck_duration", Type: TypeDuration, Default: `"2m"`, label: "LameDuckDuration",
			Doc:  "Time over which a server in lame duck mode closes its clients: a duration in quotes, 30 seconds or more.",
			bind: bind(lameDuckKind, func(o *Options) *time.Duration { return &o.LameDuck.Duration }),
		},
		{
			Name: "lame_duck_grace_period", Type: TypeDuration, Default: `"10s"`, label: "LameDuckGracePeriod",
			Doc:  "Time before the first of them is closed, within lame_duck_duration: a duration in quotes.",
			bind: bind(graceKind, func(o *Options) *time.Duration { return &o.LameDuck.GracePeriod }),
		},
	}
}
