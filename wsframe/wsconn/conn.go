package wsconn

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

const (
	// DefaultLimit is how long a message may be, in bytes, once it is inflated.
	DefaultLimit = 1 << 20
	// closeWait is how long each half of a closing handshake may take: that the
	// peer answers, and that it closes TCP.
	closeWait = 2 * time.Second
	// maxFragments is how many frames one message may have. Empty ones cost no
	// memory, but whoever sends them without end is up to no good.
	maxFragments = 1 << 20
)

// Conn is a WebSocket connection. One goroutine may read and any number may
// write; Close and the deadlines are for any.
type Conn struct {
	conn net.Conn
	in   inbox
	out  outbox
}

// New returns the connection on which a handshake was done; client tells which
// end this is. limit is how long a message may be in bytes, once it is inflated;
// 0 is [DefaultLimit], negative no limit.
func New(u *handshake.Upgraded, client bool, limit int) *Conn {
	c := &Conn{conn: u.Conn}
	switch {
	case limit == 0:
		limit = DefaultLimit
	case limit < 0:
		limit = 0
	}
	c.in.init(u, client, limit)
	c.out.init(u, client)
	return c
}

// Accept does the server's handshake in a handler of net/http. After an error
// the client has its answer.
func Accept(w http.ResponseWriter, r *http.Request, o *handshake.Options) (*Conn, error) {
	u, err := handshake.Upgrade(w, r, o)
	if err != nil {
		return nil, err
	}
	return New(u, false, 0), nil
}

// Dial connects to a ws or wss URL. A nil dialer is the zero value.
func Dial(ctx context.Context, url string, d *handshake.Dialer) (*Conn, error) {
	if d == nil {
		d = new(handshake.Dialer)
	}
	u, err := d.Dial(ctx, url)
	if err != nil {
		return nil, err
	}
	return New(u, true, 0), nil
}

// inbox is what reading needs. Whoever holds mu owns it.
type inbox struct {
	mu     sync.Mutex
	client bool
	ended  error // what reading ended with
	onPong func(payload []byte)

	source source
	reader wsframe.Reader
	limit  int // bytes of a message; 0 is none
	// windows remembers what was inflated if the peer refers back to it.
	windows *deflate.Reader

	message message
	stream  stream
}

func (in *inbox) init(u *handshake.Upgraded, client bool, limit int) {
	in.client, in.limit = client, limit
	in.source.init(u.Conn, u.Early)
	rules := wsframe.Rules{
		FromServer: client, Compression: u.Deflate, CheckUTF8: true,
		MaxMessage: uint64(limit), MaxFragments: maxFragments,
	}
	if u.Deflate {
		// Compression makes some messages longer, if not by much.
		rules.MaxMessage += rules.MaxMessage/8 + 1<<10*min(rules.MaxMessage, 1)
		if w, keep := direction(&u.Params, !client); keep {
			in.windows = deflate.NewReader(w)
		}
	}
	in.reader.Reset(rules)
}

// direction returns what was agreed for what the client sends, or else the
// server: the window, and whether it is kept from message to message.
func direction(p *deflate.Params, client bool) (w deflate.Window, keep bool) {
	if client {
		return deflate.Window(p.ClientBits()), !p.ClientNoContextTakeover
	}
	return deflate.Window(p.ServerBits()), !p.ServerNoContextTakeover
}

// NetConn returns the connection below, to ask for its addresses, or to close it
// without a word.
func (c *Conn) NetConn() net.Conn { return c.conn }

// OnPong sets what is called, while reading, with the payload of every pong. It
// must be set before the first read; payload is valid until the function returns.
func (c *Conn) OnPong(f func(payload []byte)) { c.in.onPong = f }

// SetFragment makes messages longer than size bytes, as they are sent, go out
// in frames with at most size bytes of payload. 0, which is the default, sends
// every message in one frame.
func (c *Conn) SetFragment(size int) {
	c.out.mu.Lock()
	defer c.out.unlock()
	c.out.fragment = max(size, 0)
}

// SetDeadline sets both deadlines.
func (c *Conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// SetReadDeadline bounds waiting in reading, as that of a net.Conn does.
// Reading can go on after it has passed, where it was: with a later deadline.
// Closing sets deadlines of its own, from when on this does nothing.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.out.deadlines.set(t, c.conn.SetReadDeadline)
}

// SetWriteDeadline bounds waiting in writing. A write that did not make it has
// left half a frame behind, so that no other can follow.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.out.deadlines.set(t, c.conn.SetWriteDeadline)
}
