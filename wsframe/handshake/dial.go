package handshake

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// Dialer opens WebSockets as a client. The zero value offers no sub-protocol
// and no compression. Any number of goroutines may use a Dialer that nobody
// changes.
type Dialer struct {
	// Protocols are the sub-protocols to offer, the best first.
	Protocols []string
	// Deflate offers compression under these parameters. Nil offers none.
	Deflate *deflate.Params
	// Fields are further header lines, such as Origin or Authorization. Those
	// of the handshake itself are refused.
	Fields []Field
	// TLS configures wss. Nil means the defaults of crypto/tls, and an empty
	// ServerName the host of the URL.
	TLS *tls.Config
	// DialContext opens the connection below. Nil means a [net.Dialer].
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
	// Limits bound the server's answer.
	Limits Limits
}

// DialError is why a client has no WebSocket, where the server did answer.
type DialError struct {
	// Reply is the answer: a status other than 101 means what it means in HTTP.
	Reply Reply
	// Body is what came of its body along with the head.
	Body []byte
	// Err says what is wrong with it, see [Offer.Check].
	Err error
}

// Error implements error.
func (e *DialError) Error() string {
	if errors.Is(e.Err, ErrStatus) {
		return fmt.Sprintf("invalid websocket connection: status %d %s", e.Reply.Status, e.Reply.Text)
	}
	return "invalid websocket connection: " + e.Err.Error()
}

// Unwrap returns Err.
func (e *DialError) Unwrap() error { return e.Err }

// Dial connects to a ws or wss URL and does the handshake, all before ctx ends.
// User and password in the URL are not sent.
func (d *Dialer) Dial(ctx context.Context, rawURL string) (*Upgraded, error) {
	to, err := parseAddress(rawURL)
	if err != nil {
		return nil, err
	}
	dial := d.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", to.network())
	if err != nil {
		return nil, err
	}
	if to.secure {
		if conn, err = d.secure(ctx, conn, to.host); err != nil {
			return nil, err
		}
	}
	return d.client(ctx, conn, to)
}

// secure does the TLS handshake.
func (d *Dialer) secure(ctx context.Context, conn net.Conn, host string) (net.Conn, error) {
	config := &tls.Config{}
	if d.TLS != nil {
		config = d.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = host
	}
	c := tls.Client(conn, config)
	if err := c.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return c, nil
}

// Client does the handshake for rawURL on a connection that is there already,
// and that is already encrypted if the URL says wss. Half a handshake is of no
// use, so an error closes conn.
func (d *Dialer) Client(ctx context.Context, conn net.Conn, rawURL string) (*Upgraded, error) {
	to, err := parseAddress(rawURL)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return d.client(ctx, conn, to)
}

func (d *Dialer) client(ctx context.Context, conn net.Conn, to address) (*Upgraded, error) {
	u, err := d.exchange(ctx, conn, to)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return u, nil
}

// exchange sends the request and reads the answer. The end of ctx fails both
// through a deadline in the past, which every net.Conn understands.
func (d *Dialer) exchange(ctx context.Context, conn net.Conn, to address) (*Upgraded, error) {
	offer, err := d.offer(to)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	reply, rest, err := d.roundTrip(conn, offer)
	if !stop() {
		return nil, fmt.Errorf("websocket handshake: %w", context.Cause(ctx))
	}
	if err != nil {
		return nil, err
	}
	agreed, err := offer.Check(&reply)
	if err != nil {
		return nil, &DialError{Reply: reply, Body: rest, Err: err}
	}
	return &Upgraded{Conn: conn, Early: rest, Agreement: agreed, Fields: reply.Fields}, nil
}

func (d *Dialer) roundTrip(conn net.Conn, o *Offer) (Reply, []byte, error) {
	if _, err := conn.Write(AppendRequest(make([]byte, 0, 512), o)); err != nil {
		return Reply{}, nil, err
	}
	return d.Limits.readReply(conn)
}

// offer makes the request, and refuses what would not be one.
func (d *Dialer) offer(to address) (*Offer, error) {
	o := &Offer{Target: to.target, Host: to.authority(), Key: NewKey(), Protocols: d.Protocols}
	if d.Deflate != nil {
		if err := d.Deflate.Validate(); err != nil {
			return nil, err
		}
		o.Deflate, o.Params = true, *d.Deflate
	}
	for _, p := range d.Protocols {
		if !isToken(p) {
			return nil, fmt.Errorf("handshake: %q is no name of a sub-protocol", p)
		}
	}
	for _, f := range d.Fields {
		if f.isOwn() {
			return nil, fmt.Errorf("handshake: header %s belongs to the handshake", f.Name)
		}
		var err error
		if o.Headers, err = AppendField(o.Headers, f.Name, f.Value); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// isOwn reports whether the handshake writes lines of this name itself, or could
// not work with them.
func (f *Field) isOwn() bool {
	const prefix = "sec-websocket-"
	if len(f.Name) >= len(prefix) && strings.EqualFold(f.Name[:len(prefix)], prefix) {
		return true
	}
	for _, name := range []string{"Host", "Upgrade", "Connection", "Content-Length", "Transfer-Encoding"} {
		if f.is(name) {
			return true
		}
	}
	return false
}
