package websocket

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/peercert"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// Errors of Admit, beside those of package handshake.
var (
	// ErrTLS wraps a failed TLS handshake.
	ErrTLS = errors.New("TLS handshake error")
	// ErrNotPinned: the client's certificate is none of those pinned.
	ErrNotPinned = errors.New("certificate not pinned")
	// ErrGone: the peer closed the connection, or was idle until the timeout,
	// without an open request. Nothing is wrong with that.
	ErrGone = errors.New("no request")
	// ErrTimeout: a request did not end in time.
	ErrTimeout = fmt.Errorf("reading the request: %w", os.ErrDeadlineExceeded)
	// ErrRequests: too many requests and none for a WebSocket.
	ErrRequests = errors.New("too many requests on one connection")
)

// maxRequests is how many requests a connection may send before one is
// accepted.
const maxRequests = 16

// Admit takes a new connection as far as the response that accepts it, within
// the timeout of f; what was wrong with requests before is given to refused.
// After an error the connection is of no use, and the caller ends it.
func (f *Front) Admit(c *conn.Conn, refused func(error)) (*Upgrade, error) {
	deadline := time.Now().Add(f.Timeout)
	c.Attach(guest(deadline))
	var state *tls.ConnectionState
	if f.TLS != nil {
		s, err := f.secure(c, deadline)
		if err != nil {
			return nil, err
		}
		state = s
	}
	peer := peerOf(c.NetConn())
	for range maxRequests {
		r, err := f.request(c, deadline)
		if err != nil {
			return nil, err
		}
		u, err := f.answer(c, r, peer, state != nil)
		switch {
		case u != nil:
			u.TLS = state
			return u, nil
		case err != nil && !handshake.KeepsOpen(err, r):
			return nil, err
		case err != nil:
			refused(err)
		case !r.KeepAlive:
			return nil, ErrGone
		}
	}
	return nil, ErrRequests
}

// secure performs the TLS handshake. Who speaks HTTP instead is told so.
func (f *Front) secure(c *conn.Conn, deadline time.Time) (*tls.ConnectionState, error) {
	if err := c.Prefetch(deadline); err != nil {
		return nil, gone(c, err)
	}
	if b := c.Prefetched(); looksLikeHTTP(b) {
		c.Close(ErrTLS, []byte(httpToHTTPS))
		return nil, fmt.Errorf("%w: client sent an HTTP request to an HTTPS server", ErrTLS)
	}
	state, err := c.StartTLS(f.TLS, deadline)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTLS, err)
	}
	if !peercert.Pinned(state.PeerCertificates, f.Pinned) {
		return nil, fmt.Errorf("%w: %w", ErrTLS, ErrNotPinned)
	}
	return &state, nil
}

const httpToHTTPS = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"

// looksLikeHTTP knows the methods that one might try.
func looksLikeHTTP(b []byte) bool {
	for _, m := range []string{"GET /", "HEAD ", "POST ", "PUT /", "OPTIO"} {
		if bytes.HasPrefix(b, []byte(m)) {
			return true
		}
	}
	return false
}

// request reads the head of the next request.
func (f *Front) request(c *conn.Conn, deadline time.Time) (*handshake.Request, error) {
	for {
		b := c.Prefetched()
		if len(b) > 0 {
			r, n, err := f.Limits.ParseRequest(b)
			if err != nil {
				c.Close(err, handshake.AppendError(nil, err, nil, time.Now()))
				return nil, err
			}
			if n > 0 {
				c.Skip(n)
				return &r, nil
			}
		}
		if err := c.Prefetch(deadline); err != nil {
			return nil, gone(c, err)
		}
	}
}

// gone tells a peer that went away or said nothing from one that was slow.
func gone(c *conn.Conn, err error) error {
	switch {
	case len(c.Prefetched()) == 0:
		return ErrGone
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrTimeout
	}
	return fmt.Errorf("reading the request: %w", err)
}

// answer answers a request. It returns the upgrade if it is one, and why the
// request was refused if it was.
func (f *Front) answer(c *conn.Conn, r *handshake.Request, peer netip.Addr, secure bool) (*Upgrade, error) {
	if f.asksForHealth(r) {
		return nil, reply(c, f.appendHealth(nil, r), r.KeepAlive)
	}
	u, err := f.judgeAt(r, peer, secure)
	if err != nil {
		out := handshake.AppendError(nil, err, r, time.Now())
		if e := reply(c, out, handshake.KeepsOpen(err, r)); e != nil {
			return nil, e
		}
		return nil, err
	}
	resp := f.response(r, u)
	if err := c.Hello(handshake.AppendResponse(make([]byte, 0, 512), &resp)); err != nil {
		return nil, err
	}
	return u, nil
}

// judgeAt is Judge for the listener's own paths.
func (f *Front) judgeAt(r *handshake.Request, peer netip.Addr, secure bool) (*Upgrade, error) {
	if f.Serves != nil && !f.Serves(r.Path) {
		return nil, errNoPath
	}
	return f.Judge(r, peer, secure)
}

// reply sends an answer after which the connection goes on or ends.
func reply(c *conn.Conn, b []byte, open bool) error {
	if open {
		return c.Hello(b)
	}
	c.Close(ErrGone, b)
	return nil
}

// peerOf returns the address of the peer; not valid if it has none.
func peerOf(nc net.Conn) netip.Addr {
	if a, ok := nc.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}
