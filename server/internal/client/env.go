package client

import (
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/document"
	"github.com/dunlin-mq/dunlin/server/internal/door"
	"github.com/dunlin-mq/dunlin/server/internal/logging"
)

// Env is what all clients of a server share.
type Env struct {
	Account  *account.Account // the one that clients belong to until they log in
	Door     *door.Door       // where they do
	Log      *logging.Logger
	Counters Counters
	Registry Registry
	// Author returns how the server signs its next message, for reports of
	// message traces.
	Author func() document.Author
	// Witness is told who comes and goes; nil for nobody.
	Witness Witness

	settings atomic.Pointer[Settings]
}

// Witness is told who comes and goes. Its methods are called by the goroutine
// that serves the client, which waits for them.
type Witness interface {
	// Entered: the client has logged in, or in again.
	Entered(*Client)
	// Left: the client has gone for a reason of the protocol.
	Left(*Client, protocol.CloseReason)
	// Refused: the client was not let in, or may not stay.
	Refused(*Client, protocol.CloseReason)
}

// Settings are the parts of the configuration that sessions follow. They are
// swapped as a whole by a reload and never changed.
type Settings struct {
	Info protocol.Info // template; per-connection fields are empty

	MaxControlLine   int
	MaxPayload       int
	MaxPending       int64
	MaxSubscriptions int // 0 means unlimited
	MaxSubTokens     int // 0 means unlimited
	MaxConnections   int // negative refuses everybody
	NoStall          bool
	ProxyProtocol    bool // a connection says after the greeting where it comes from

	// Listener is what the listener demands, and AuthTimeout how long clients have
	// for that; 0 for ever.
	Listener    *auth.Listener
	AuthTimeout time.Duration

	PingInterval time.Duration
	PingMax      int
	// WebSocket is what differs for clients that came over WebSocket.
	WebSocket WebSocketSettings

	WriteDeadline time.Duration
	WriteRetry    bool // keep a connection that misses the deadline but moves

	MaxTracedMsg int // bytes of payload in trace lines; 0 means all
	TraceHeaders bool
}

// WebSocketSettings are the parts of the configuration that sessions over
// WebSocket follow.
type WebSocketSettings struct {
	Host           string
	Port           int
	TLS, TLSVerify bool
	ConnectURLs    []string // where else in the cluster clients find a WebSocket
	PingInterval   time.Duration
	Listener       *auth.Listener
	AuthTimeout    time.Duration // 0 means that of all
}

// Settings returns the settings in force.
func (e *Env) Settings() *Settings { return e.settings.Load() }

// SetSettings swaps them.
func (e *Env) SetSettings(s *Settings) { e.settings.Store(s) }

// Counters count what happened to clients since the server started.
type Counters struct {
	SlowConsumers    atomic.Uint64
	StaleConnections atomic.Uint64
	StalledClients   atomic.Uint64
	Total            atomic.Uint64 // connections ever accepted
}

// Totals are the traffic counters of a server.
type Totals struct{ In, Out conn.Traffic }
