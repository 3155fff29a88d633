package transport

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/peercert"
)

// Rules say what a new connection goes through before its first command.
type Rules struct {
	Proxy bool // read a PROXY header
	TLS   *TLSRules
}

// TLSRules are the rules of a listener with TLS.
type TLSRules struct {
	Config   *tls.Config
	Timeout  time.Duration       // for the handshake
	Pinned   map[string]struct{} // hex SHA-256 of the peer's public key; nil for any
	Optional bool                // a client may go on without TLS
	First    bool                // the handshake comes before the greeting
	Fallback time.Duration       // with First: greet in clear after this time; 0 means never
}

// Guest is the session that waits to be let in.
type Guest interface {
	// Greet sends the greeting.
	Greet() error
	// SetRemote says where the client really comes from.
	SetRemote(netip.AddrPort)
	// SetTLS gives the result of the handshake.
	SetTLS(state tls.ConnectionState, first bool)
}

// proxyTimeout is how long a PROXY header may take.
const proxyTimeout = 5 * time.Second

// Errors of Admit.
var (
	// ErrHandshake wraps a failed TLS handshake.
	ErrHandshake = errors.New("TLS handshake error")
	// ErrNotPinned: the client's certificate is none of those pinned.
	ErrNotPinned = errors.New("certificate not pinned")
	// ErrProxyHeader wraps a PROXY header that cannot be read.
	ErrProxyHeader = errors.New("Error reading PROXY protocol header")
)

// Admit takes a connection through the rules and greets its client, in the
// order in which clients expect it. It runs before [conn.Conn.Serve]; after an
// error the connection is of no use. Every step has a deadline, and none
// collects more from the client than it needs.
func Admit(c *conn.Conn, g Guest, r Rules) error {
	t := r.TLS
	first := t != nil && t.First // the handshake comes before the greeting
	if !first {
		if err := g.Greet(); err != nil {
			return err
		}
	}
	if r.Proxy {
		if err := readProxyHeader(c, g); err != nil {
			return err
		}
	}
	if t == nil {
		return nil
	}
	if first && t.Fallback > 0 {
		spoke, err := awaitByte(c, t.Fallback)
		if err != nil {
			return err
		}
		if first = spoke; !spoke {
			if err := g.Greet(); err != nil {
				return err
			}
		}
	}
	if t.Optional && !first {
		spoke, err := awaitByte(c, t.Timeout)
		if err != nil || !spoke || c.Prefetched()[0] != recordHandshake {
			return err
		}
	}
	if err := secure(c, g, t, first); err != nil || !first {
		return err
	}
	return g.Greet()
}

// recordHandshake is the first byte of a TLS handshake record.
const recordHandshake = 0x16

// secure performs the handshake.
func secure(c *conn.Conn, g Guest, t *TLSRules, first bool) error {
	state, err := c.StartTLS(t.Config, time.Now().Add(t.Timeout))
	if err != nil {
		return fmt.Errorf("%w: %w%s", ErrHandshake, err, describePeer(err))
	}
	if !peercert.Pinned(state.PeerCertificates, t.Pinned) {
		return fmt.Errorf("%w: %w", ErrHandshake, ErrNotPinned)
	}
	g.SetTLS(state, first)
	return nil
}

// awaitByte waits for the first byte of the client, unless there is one
// already. It reports false when none came in time.
func awaitByte(c *conn.Conn, timeout time.Duration) (bool, error) {
	if len(c.Prefetched()) > 0 {
		return true, nil
	}
	err := c.Prefetch(time.Now().Add(timeout))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return false, nil
	}
	return err == nil, err
}

// readProxyHeader reads a PROXY header if there is one.
func readProxyHeader(c *conn.Conn, g Guest) error {
	deadline := time.Now().Add(proxyTimeout)
	for {
		h, n, err := parseProxyHeader(c.Prefetched())
		switch {
		case errors.Is(err, errNotProxy):
			return nil
		case err != nil:
			return fmt.Errorf("%w: %w", ErrProxyHeader, err)
		case n > 0:
			c.Skip(n)
			if h.Source.IsValid() {
				g.SetRemote(h.Source)
			}
			return nil
		}
		if err := c.Prefetch(deadline); err != nil {
			if len(c.Prefetched()) < proxyProbe {
				err = fmt.Errorf("failed to read protocol version: %w", err)
			}
			return fmt.Errorf("%w: %w", ErrProxyHeader, err)
		}
	}
}
