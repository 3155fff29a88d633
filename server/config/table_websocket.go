package config

import (
	"net/netip"
	"time"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// webSocketOption is the block of the listener for clients over WebSocket.
func webSocketOption() Option {
	return Option{
		Name: "websocket", Aliases: []string{"ws"}, Type: TypeSection, Reload: Live, Feature: FeatureWebSocket,
		Block: webSocketBlock,
		Doc:   "A listener for clients over WebSocket.",
		bind:  webSocketBinding{},
	}
}

// webSocketBlock is the inside of websocket. Its rows are bound to a [WebSocket].
var webSocketBlock = &Block{Options: subOptions(
	webSocketListener(), webSocketHandshake(), webSocketIdentity(), webSocketPaths(),
)}

// bindWS binds a row of the websocket block.
func bindWS[V any](k *kind[V], ptr func(*WebSocket) *V) binding {
	return field[WebSocket, V]{kind: k, ptr: ptr}
}

func webSocketHost(w *WebSocket) *string { return &w.Host }
func webSocketPort(w *WebSocket) *int    { return &w.Port }

// webSocketListener are where it listens, and how.
func webSocketListener() subs {
	return subs{
		{
			Name: "listen", Type: TypeAddress, Reload: Unwatched,
			Doc:  "Where to listen: a port, or host:port.",
			bind: address[WebSocket]{host: webSocketHost, port: webSocketPort},
		},
		{
			Name: "host", Aliases: []string{"net"}, Type: TypeString, Default: "0.0.0.0", label: "Websocket host",
			Doc:  "Address to listen on.",
			bind: bindWS(stringKind, webSocketHost),
		},
		{
			Name: "port", Type: TypeInteger, Default: "0", Min: -1, Max: maxPort, label: "Websocket port",
			Doc:  "Port to listen on; 0 means that there is no listener, -1 picks a free port, which a reload keeps.",
			bind: bindWS(intKind, webSocketPort),
		},
		{
			Name: "advertise", Type: TypeString, Reload: Live,
			Doc:  "The host[:port] that clients are told instead of the listening address.",
			bind: bindWS(stringKind, func(w *WebSocket) *string { return &w.Advertise }),
		},
		{
			Name: "no_tls", Type: TypeBool, Reload: Live, Default: "false",
			Doc:  "Start although there is no tls block, which is an error otherwise; means nothing beside one.",
			bind: bindWS(boolKind, func(w *WebSocket) *bool { return &w.NoTLS }),
		},
		{
			Name: "tls", Type: TypeSection, Reload: Live, Block: tlsBlock,
			Doc: "TLS for this listener. Its timeout and handshake_first mean nothing here: the handshake always comes " +
				"first, within handshake_timeout. Switching TLS on or off needs a restart.",
			bind: tlsBinding[WebSocket]{ptr: func(w *WebSocket) **TLS { return &w.TLS }, compare: diffWebSocketTLS},
		},
	}
}

// webSocketHandshake are what requests may look like and what is agreed on.
func webSocketHandshake() subs {
	return subs{
		{
			Name: "same_origin", Type: TypeBool, Reload: Live, Default: "false",
			Doc:  "Refuse browsers whose page did not come from the address they connect to.",
			bind: bindWS(boolKind, func(w *WebSocket) *bool { return &w.SameOrigin }),
		},
		{
			Name:    "allowed_origins",
			Aliases: []string{"allowed_origin", "allow_origins", "allow_origin", "origins", "origin"},
			Type:    TypeStrings, Reload: Live,
			Doc: "Refuse browsers whose page did not come from one of these http or https URLs, of which scheme, host and " +
				"port count; a single one may stand without brackets.",
			bind: bindWS(originsKind, func(w *WebSocket) *[]string { return &w.AllowedOrigins }),
		},
		{
			Name: "handshake_timeout", Type: TypeDuration, Reload: Live, Default: `"10s"`,
			Doc: "Time from a connection's arrival to the end of its request, TLS included; a number is taken as seconds " +
				"and 0 as the default. dunlin has no way to wait without limit, which is what the reference server does " +
				"unless told otherwise: connections that never finish their request would add up.",
			bind: bindWS(handshakeTimeoutKind, func(w *WebSocket) *time.Duration { return &w.HandshakeTimeout }),
		},
		{
			Name: "max_handshake_bytes", Type: TypeSize, Reload: Live, Default: "16KB", Min: 1 << 10, Max: 1 << 20,
			Doc:  "Longest head of a request, cookies included. Only dunlin has this option.",
			bind: bindWS(intKind, func(w *WebSocket) *int { return &w.MaxHandshakeBytes }),
		},
		{
			Name: "compression", Aliases: []string{"compress"}, Type: TypeBool, Reload: Live, Default: "false",
			Doc:  "Compress what is sent to clients that can take it (permessage-deflate).",
			bind: bindWS(boolKind, func(w *WebSocket) *bool { return &w.Compression }),
		},
		{
			Name: "headers", Type: TypeNames, Reload: Live, Secret: true,
			Doc:      "Headers for the response that accepts a connection.",
			announce: func(_, _ string) string { return "Reloaded: websocket headers" },
			bind:     bindWS(headersKind, func(w *WebSocket) *map[string]string { return &w.Headers }),
		},
		{
			Name: "ping_interval", Type: TypeDuration, Reload: Live,
			Doc:  "As ping_interval of the server, which it is if left out, for connections of this listener.",
			bind: bindWS(durationKind, func(w *WebSocket) *time.Duration { return &w.PingInterval }),
		},
	}
}

// webSocketIdentity are how clients say who they are.
func webSocketIdentity() subs {
	return subs{
		cookieOption("jwt_cookie", "the user JWT, which is an error as long as there are no operators", func(w *WebSocket) *string { return &w.JWTCookie }),
		cookieOption("user_cookie", "the user name", func(w *WebSocket) *string { return &w.UserCookie }),
		cookieOption("pass_cookie", "the password", func(w *WebSocket) *string { return &w.PassCookie }),
		cookieOption("token_cookie", "the token", func(w *WebSocket) *string { return &w.TokenCookie }),
		{
			Name: "authorization", Aliases: []string{"authentication"}, Type: TypeSection, Reload: Live, Feature: FeatureAuth, Block: webSocketLoginBlock,
			Doc:  "User, password or token for clients of this listener instead of those of the server.",
			bind: loginBinding{},
		},
		{
			Name: "no_auth_user", Type: TypeString, Reload: Live, Feature: FeatureAuth,
			Doc:  "The user of clients of this listener that present no credentials.",
			bind: bindWS(stringKind, func(w *WebSocket) *string { return &w.NoAuthUser }),
		},
	}
}

// webSocketLoginBlock is one user or token. Its rows are bound to a [Login].
var webSocketLoginBlock = &Block{Options: loginRows(
	func(l *Login) *string { return &l.User }, func(l *Login) *string { return &l.Password },
	func(l *Login) *string { return &l.Token }, func(l *Login) *time.Duration { return &l.Timeout },
)}

// loginBinding binds the authorization block of the WebSocket listener.
type loginBinding struct{}

func (loginBinding) decode(c *cursor, target any, v *syntax.Value) {
	if v.Kind != syntax.KindMap {
		c.mistyped("a map", v)
		return
	}
	c.decodeMap(webSocketLoginBlock, v.Map, &target.(*WebSocket).Login)
}

func (loginBinding) text(any) string           { return "" }
func (loginBinding) check(*Option, any) string { return "" }

func (loginBinding) diff(old, new any) ([]Change, error) {
	if old.(*WebSocket).Login == new.(*WebSocket).Login {
		return nil, nil
	}
	return []Change{{Name: "websocket authorization", Old: redacted, New: redacted, line: "Reloaded: websocket authorization"}}, nil
}

// cookieOption is the row of a cookie that fills a field of CONNECT.
func cookieOption(name, what string, ptr func(*WebSocket) *string) Option {
	return Option{
		Name: name, Type: TypeString, Reload: Live,
		Doc:  "For clients without one in their CONNECT: the name of the cookie with " + what + ".",
		bind: bindWS(stringKind, ptr),
	}
}

// webSocketPaths are what the reference server does not have: which requests
// are for this listener at all, and who may speak for others.
func webSocketPaths() subs {
	return subs{
		{
			Name: "path", Type: TypeStrings, Reload: Live,
			Doc: "Where connections are accepted, 404 elsewhere: one path, or an array. With a slash at its end a path takes " +
				"in all below it; without, itself and /leafnode and /mqtt right below. Left out, every path is good. Only dunlin has " +
				"this option.",
			bind: bindWS(pathsKind, func(w *WebSocket) *[]string { return &w.Paths }),
		},
		{
			Name: "health_path", Type: TypeString, Reload: Live, Default: "/healthz",
			Doc: "Where a plain GET is answered with 200, or with 503 if the server is not ready or shutting down; false or " +
				"an empty string for nowhere. Only dunlin has this option.",
			bind: bindWS(healthPathKind, func(w *WebSocket) *string { return &w.HealthPath }),
		},
		{
			Name: "trusted_proxies", Type: TypeStrings, Reload: Live,
			Doc: "Addresses and networks (CIDR) of proxies whose X-Forwarded-For is believed when the log names a client. " +
				"None unless given, where the reference server believes everybody. Only dunlin has this option.",
			bind: bindWS(proxiesKind, func(w *WebSocket) *[]netip.Prefix { return &w.TrustedProxies }),
		},
	}
}
