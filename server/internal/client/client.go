package client

import (
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/memo"
)

// Client is the session of one NATS client.
type Client struct {
	// Immutable.
	env *Env
	// What a delivery looks at stands together.
	conn    *conn.Conn
	replies atomic.Pointer[perm.Replies] // that it may send; nil without such a permission
	headers atomic.Bool                  // deliver HMSG; written by the read loop

	id      uint64
	local   bool // connected without a network, from this process
	started time.Time
	web     *WebSocketEntry // nil for a client that did not come over WebSocket; set before Serve

	// Owned by the read loop.
	parser    protocol.Parser
	connected bool // a CONNECT was accepted
	ponged    bool // its first PING was answered
	informed  bool // the INFO that answers CONNECT was sent
	pass      *pass
	login     login
	unread    int  // bytes of an incomplete command
	opened    bool // a first command came
	in        conn.Traffic

	nonce string // immutable: what nkey users sign; empty if nobody does

	account    atomic.Pointer[account.Account]
	identity   atomic.Pointer[auth.Identity] // nil until it has logged in
	introduced atomic.Pointer[introduction]  // what services were last told of the client
	live       liveness

	// Written by the read loop, read by anybody.
	async  atomic.Bool // may get an INFO at any time
	report struct {
		msgs, bytes  atomic.Uint64
		lastActivity atomic.Int64 // unix nanoseconds
	}

	mu sync.Mutex
	// Guarded by mu. The first two are set before Serve, but others may look
	// at the client from its first moment.
	remote Address                  // of the socket, or what a PROXY header says
	tls    *TLSState                // nil without TLS
	subs   map[string]*subscription // by sid
	// What CONNECTs have said so far. It is replaced, never changed, and only
	// by the read loop, which therefore reads it without the lock.
	options *protocol.Connect
	// Once it has ended: why, when, and what it subscribed to.
	ending   protocol.CloseReason
	ended    time.Time
	lastSubs []*subscription
}

// Address is where a client comes from: the socket's peer, or what a PROXY
// header said.
type Address struct {
	Host string
	Port int
}

// AddressOf returns the host and port of a socket address.
func AddressOf(a net.Addr) Address {
	if t, ok := a.(*net.TCPAddr); ok {
		return Address{t.IP.String(), t.Port}
	}
	return Address{Host: a.String()}
}

func (a Address) String() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// unsaid are the options of a client that has sent no CONNECT.
var unsaid = protocol.DefaultConnect()

// New returns the session of a connection that was accepted at the given
// time.
func New(env *Env, c *conn.Conn, id uint64, started time.Time) *Client {
	cl := &Client{env: env, conn: c, id: id, started: started}
	remote := c.NetConn().RemoteAddr()
	cl.remote = AddressOf(remote)
	cl.local = remote.Network() == "pipe"
	cl.options = &unsaid
	cl.parser.Role = protocol.FromClient
	cl.account.Store(env.Account)
	if env.Door.NeedsNonce() {
		cl.nonce = newNonce()
	}
	c.Attach(cl)
	return cl
}

// ID returns the number of the connection.
func (c *Client) ID() uint64 { return c.id }

// Serve runs the session until the connection ends, and cleans up after it.
func (c *Client) Serve() {
	c.startLiveness()
	c.expectLogin()
	err := c.conn.Serve()
	c.end(err)
}

// info returns the INFO document for this connection.
func (c *Client) info() protocol.Info {
	info := c.env.Settings().Info
	info.ClientID = c.id
	info.ClientIP = c.from().Host
	info.Nonce = c.nonce
	_, info.AuthRequired = c.env.Door.Required(c.demands())
	if c.web != nil {
		c.env.Settings().WebSocket.describe(&info)
	}
	if c.local && info.TLSRequired {
		info.TLSRequired, info.TLSAvailable = false, true
	}
	return info
}

// Flush implements [message.Peer].
func (c *Client) Flush(m *memo.Memo) { c.conn.FlushSharing(m) }

// AwaitDrain implements [message.Peer].
func (c *Client) AwaitDrain(limit time.Duration) time.Duration {
	return c.conn.AwaitDrain(limit)
}

// from returns where the client comes from.
func (c *Client) from() Address {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remote
}

// name returns the name that the client gave itself.
func (c *Client) name() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.options.Name
}
