package wsconn

import (
	"context"
	"errors"
	"fmt"
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
	// closeWait is how long a closing handshake may take.
	closeWait = 2 * time.Second
	// readSize is the buffer that a connection reads into, bytes.
	readSize = 4 << 10
	// keepSize is the most memory kept for the next message, bytes.
	keepSize = 64 << 10
	// compressMin is the length in bytes from which messages are compressed.
	compressMin = 64
)

// ErrClosed is the error of writing after a close frame was sent or received.
var ErrClosed = errors.New("wsconn: connection is closed")

// CloseError is how the peer ended the connection: the end of what
// [Conn.ReadMessage] returns.
type CloseError struct {
	// Code is 0 if the peer gave none.
	Code   wsframe.CloseCode
	Reason string
}

func (e *CloseError) Error() string {
	return fmt.Sprintf("wsconn: peer closed with %d %q", e.Code, e.Reason)
}

// Conn is a WebSocket connection. One goroutine may read and any number may
// write.
type Conn struct {
	nc     net.Conn
	client bool // this end is the client: it masks

	// Owned by who reads, which is who holds reading.
	reading sync.Mutex
	msgs    *wsframe.Messages
	unread  []byte // bytes read and not yet taken
	buf     [readSize]byte
	early   []byte // bytes that came with the handshake
	ended   error  // what reading ended with
	windows *deflate.Reader

	writing sync.Mutex
	// Guarded by writing.
	out, packed []byte
	window      deflate.Window
	takeover    *deflate.Writer
	compress    bool
	said        bool // a close frame was sent
}

// New returns the connection on which a handshake was done; client tells which
// end this is. limit is how long a message may be in bytes, once it is inflated; 0
// is [DefaultLimit], negative no limit.
func New(u *handshake.Upgraded, client bool, limit int) *Conn {
	c := &Conn{nc: u.Conn, client: client, early: u.Early, compress: u.Deflate}
	switch {
	case limit == 0:
		limit = DefaultLimit
	case limit < 0:
		limit = 0
	}
	rules := wsframe.Rules{FromServer: client, Compression: u.Deflate, CheckUTF8: true}
	inflate := wsframe.Inflater(deflate.InflateTo)
	if u.Deflate {
		c.agree(&u.Params, &inflate)
	}
	c.msgs = wsframe.NewMessages(rules, limit, inflate)
	return c
}

// agree sets up compression as it was negotiated.
func (c *Conn) agree(p *deflate.Params, inflate *wsframe.Inflater) {
	send, forget, receive, forgets := p.ServerBits(), p.ServerNoContextTakeover, p.ClientBits(), p.ClientNoContextTakeover
	if c.client {
		send, forget, receive, forgets = receive, forgets, send, forget
	}
	c.window = deflate.Window(send)
	if !forget {
		c.takeover = deflate.NewWriter(c.window)
	}
	if !forgets {
		c.windows = deflate.NewReader(deflate.Window(receive))
		*inflate = c.windows.InflateTo
	}
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

// NetConn returns the connection below, to ask for its addresses.
func (c *Conn) NetConn() net.Conn { return c.nc }

// SetReadDeadline bounds waiting in ReadMessage, as that of a net.Conn does. A
// connection whose deadline has passed in the middle of a frame is of no more use.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.nc.SetReadDeadline(t) }

// SetWriteDeadline does the same for writing.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.nc.SetWriteDeadline(t) }
