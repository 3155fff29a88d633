package client

import (
	"bufio"
	"math"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/wsframe"
)

// joinByWebSocket joins a client that came with a request. What it says is not
// in frames: those are the connection's affair.
func (w *world) joinByWebSocket(e WebSocketEntry) *peer {
	w.t.Helper()
	p, info := w.enterByWebSocket(e)
	if info.ClientID != p.c.id {
		w.t.Fatalf("greeted with %+v", info)
	}
	return p
}

// enterByWebSocket does the same and returns the INFO.
func (w *world) enterByWebSocket(e WebSocketEntry) (*peer, protocol.Info) {
	w.t.Helper()
	near, far := net.Pipe()
	w.last++
	near.SetDeadline(time.Now().Add(patience))
	p := &peer{t: w.t, nc: near, r: bufio.NewReader(near), ended: make(chan struct{})}
	set := w.env.Settings()
	c := conn.New(remote{far}, set.MaxPending, set.NoStall)
	p.c = New(w.env, c, w.last, time.Now())
	p.c.EnterByWebSocket(e)
	if !p.c.IsWebSocket() || !w.env.Registry.Add(p.c, set.MaxConnections) {
		w.t.Fatal("it did not come over WebSocket, or the registry is full")
	}
	go func() {
		defer close(p.ended)
		defer c.Finish()
		if p.c.Greet() == nil {
			p.c.Serve()
		}
		w.env.Registry.Remove(p.c, 100)
	}()
	w.t.Cleanup(p.leave)
	return p, p.document()
}

// status is what a close frame says.
type status struct {
	Code wsframe.CloseCode
	Text string
}

func TestCloseStatusOfEveryReason(t *testing.T) {
	t.Parallel()
	want := map[protocol.CloseReason]status{
		protocol.ClientClosed:                  {1000, "Client Closed"},
		protocol.AuthenticationTimeout:         {1008, "Authentication Timeout"},
		protocol.AuthenticationFailure:         {1008, "Authentication Failure"},
		protocol.TLSHandshakeFailure:           {1015, "TLS Handshake Failure"},
		protocol.SlowConsumerPendingBytes:      {1008, "Slow Consumer (Pending Bytes)"},
		protocol.SlowConsumerWriteDeadline:     {1008, "Slow Consumer (Write Deadline)"},
		protocol.WriteError:                    {1001, "Write Error"},
		protocol.ReadError:                     {1001, "Read Error"},
		protocol.ParseError:                    {1002, "Parse Error"},
		protocol.StaleConnection:               {1001, "Stale Connection"},
		protocol.ProtocolViolation:             {1002, "Protocol Violation"},
		protocol.BadClientProtocolVersion:      {1002, "Bad Client Protocol Version"},
		protocol.IncorrectPort:                 {1011, "Incorrect Port"},
		protocol.MaxConnectionsExceeded:        {1008, "Maximum Connections Exceeded"},
		protocol.MaxAccountConnectionsExceeded: {1008, "Maximum Account Connections Exceeded"},
		protocol.MaxPayloadExceeded:            {1009, "Maximum Message Payload Exceeded"},
		protocol.MaxControlLineExceeded:        {1008, "Maximum Control Line Exceeded"},
		protocol.MaxSubscriptionsExceeded:      {1008, "Maximum Subscriptions Exceeded"},
		protocol.DuplicateRoute:                {1011, "Duplicate Route"},
		protocol.RouteRemoved:                  {1011, "Route Removed"},
		protocol.ServerShutdown:                {1001, "Server Shutdown"},
		protocol.AuthenticationExpired:         {1008, "Authentication Expired"},
		protocol.WrongGateway:                  {1011, "Wrong Gateway"},
		protocol.MissingAccount:                {1008, "Missing Account"},
		protocol.CredentialsRevoked:            {1008, "Credentials Revoked"},
		protocol.InternalClient:                {1011, "Internal Client"},
		protocol.MessageHeaderViolation:        {1011, "Message Header Violation"},
		protocol.NoRespondersRequiresHeaders:   {1011, "No Responders Requires Headers"},
		protocol.ClusterNameConflict:           {1011, "Cluster Name Conflict"},
		protocol.DuplicateRemoteLeafNode:       {1011, "Duplicate Remote LeafNode Connection"},
		protocol.DuplicateClientID:             {1011, "Duplicate Client ID"},
		protocol.DuplicateServerName:           {1011, "Duplicate Server Name"},
		protocol.MinimumVersionRequired:        {1011, "Minimum Version Required"},
		protocol.ClusterNamesIdentical:         {1011, "Cluster Names Identical"},
		protocol.Kicked:                        {1011, "Kicked"},
		protocol.ProxyNotTrusted:               {1011, "Proxy Not Trusted"},
		protocol.ProxyRequired:                 {1011, "Proxy Required"},
	}
	if len(want) != 37 {
		t.Errorf("%d reasons", len(want))
	}
	// Also those that nobody knows.
	for i := range math.MaxUint8 + 1 {
		r := protocol.CloseReason(i)
		w, known := want[r]
		if !known {
			w = status{1011, "Unknown State"}
		}
		if diff := cmp.Diff(w, status{closeCode(r), r.String()}); diff != "" {
			t.Errorf("reason %d: -want +got:\n%s", i, diff)
		}
	}
}

func TestCloseStatusOfCauses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cause error
		want  status
	}{
		{protocol.ErrMaxPayload, status{1009, "Maximum Message Payload Exceeded"}},
		{protocol.ErrMaxConnections, status{1008, "Maximum Connections Exceeded"}},
		{protocol.ErrStaleConnection, status{1001, "Stale Connection"}},
	} {
		code, text := CloseStatus(tt.cause)
		if diff := cmp.Diff(tt.want, status{code, text}); diff != "" {
			t.Errorf("%v: -want +got:\n%s", tt.cause, diff)
		}
	}
}

func TestCookiesStandInForWhatConnectLeavesOut(t *testing.T) {
	t.Parallel()
	all := WebSocketEntry{JWT: "cookie-jwt", User: "cookie-user", Pass: "cookie-pass", Token: "cookie-token"}
	type login struct{ JWT, User, Pass, Token string }
	for _, tt := range []struct {
		name    string
		cookies WebSocketEntry
		connect string
		want    login
	}{
		{"no cookies", WebSocketEntry{}, `{"user":"u","pass":"p"}`, login{User: "u", Pass: "p"}},
		{"nothing said", all, `{}`, login{"cookie-jwt", "cookie-user", "cookie-pass", "cookie-token"}},
		{"one empty", all, `{"jwt":"","user":"u"}`, login{"cookie-jwt", "u", "cookie-pass", "cookie-token"}},
		{"all said", all, `{"jwt":"j","user":"u","pass":"p","auth_token":"t"}`, login{"j", "u", "p", "t"}},
		{"one cookie", WebSocketEntry{Token: "cookie-token"}, `{"user":"u"}`, login{User: "u", Token: "cookie-token"}},
	} {
		p := newWorld(t, nil).joinByWebSocket(tt.cookies)
		p.send("CONNECT " + tt.connect)
		p.expect("+OK")
		p.leave()
		o := p.c.options
		if diff := cmp.Diff(tt.want, login{o.JWT, o.User, o.Pass, o.Token}); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
	}
}

func TestSecondConnectGetsTheCookiesAgain(t *testing.T) {
	t.Parallel()
	p := newWorld(t, nil).joinByWebSocket(WebSocketEntry{User: "cookie-user"})
	p.send(`CONNECT {"user":"u"}`, `CONNECT {"user":""}`)
	p.expect("+OK", "+OK")
	p.leave()
	if got := p.c.options.User; got != "cookie-user" {
		t.Errorf("user %q", got)
	}
}

func TestInfoOfTheWebSocketListener(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		web  WebSocketSettings
		want protocol.Info
	}{
		{
			name: "plain, where the other listener has TLS",
			web:  WebSocketSettings{Host: "192.0.2.1", Port: 8080},
			want: protocol.Info{Host: "192.0.2.1", Port: 8080},
		},
		{
			name: "TLS",
			web:  WebSocketSettings{Host: "192.0.2.1", Port: 443, TLS: true},
			want: protocol.Info{Host: "192.0.2.1", Port: 443, TLSRequired: true, TLSAvailable: true},
		},
		{
			name: "TLS of both sides",
			web:  WebSocketSettings{Host: "192.0.2.1", Port: 443, TLS: true, TLSVerify: true},
			want: protocol.Info{Host: "192.0.2.1", Port: 443, TLSRequired: true, TLSAvailable: true, TLSVerify: true},
		},
		{
			name: "a cluster",
			web:  WebSocketSettings{Host: "192.0.2.1", Port: 8080, ConnectURLs: []string{"192.0.2.1:8080", "192.0.2.2:8080"}},
			want: protocol.Info{Host: "192.0.2.1", Port: 8080, ConnectURLs: []string{"192.0.2.1:8080", "192.0.2.2:8080"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(s *Settings) {
				s.WebSocket = tt.web
				s.Info.Host, s.Info.Port, s.Info.ConnectURLs = "198.51.100.1", 4222, []string{"198.51.100.1:4222"}
				s.Info.TLSRequired, s.Info.TLSVerify = true, !tt.web.TLSVerify
			})
			p, got := w.enterByWebSocket(WebSocketEntry{})
			tt.want.ID, tt.want.Name, tt.want.Proto, tt.want.Headers, tt.want.MaxPayload = "ID", "test", 1, true, 1<<20
			tt.want.ClientID, tt.want.ClientIP = p.c.id, "192.0.2.7"
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLogNamesWhomAProxyConnectsFor(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"":            "192.0.2.7:4711 - wid:1 - x",
		"203.0.113.9": "203.0.113.9/192.0.2.7:4711 - wid:1 - x",
		"2001:db8::1": "[2001:db8::1]/192.0.2.7:4711 - wid:1 - x",
	} {
		e := WebSocketEntry{}
		if addr != "" {
			e.Forwarded = netip.MustParseAddr(addr)
		}
		w := newWorld(t, nil)
		p := w.joinByWebSocket(e)
		p.c.Log().Infof("x")
		if diff := cmp.Diff([]string{"[INF] " + want}, w.log.containing("[INF]")); diff != "" {
			t.Errorf("%s: -want +got:\n%s", addr, diff)
		}
	}
}

func TestPingIntervalOfWebSockets(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		web, want time.Duration
	}{{0, 2 * time.Minute}, {3 * time.Second, 3 * time.Second}} {
		w := newWorld(t, func(s *Settings) { s.WebSocket.PingInterval = tt.web })
		if got := w.joinByWebSocket(WebSocketEntry{}).c.pingInterval(); got != tt.want {
			t.Errorf("%v: %v over WebSocket, want %v", tt.web, got, tt.want)
		}
		if got := w.join().c.pingInterval(); got != 2*time.Minute {
			t.Errorf("%v: %v over TCP", tt.web, got)
		}
	}
}
