package client

import (
	"crypto/tls"
	"net/netip"
	"strings"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/peercert"
)

// TLSState is what monitoring shows of a TLS connection.
type TLSState struct {
	Version, CipherSuite string
	First                bool // the handshake came before INFO
	PeerCerts            []PeerCert
}

// PeerCert identifies a certificate that a client presented.
type PeerCert struct{ Subject, SPKISHA256, CertSHA256 string }

// Greet sends the first INFO. It is for transport.Admit, as are
// SetRemote and SetTLS; all are called before Serve.
func (c *Client) Greet() error {
	return c.conn.Hello(c.greeting())
}

func (c *Client) greeting() []byte {
	info := c.info()
	if c.env.Settings().ProxyProtocol {
		info.ClientIP = "" // not known yet
	}
	return protocol.AppendInfo(nil, &info)
}

// SetRemote corrects the address: a PROXY header was read.
func (c *Client) SetRemote(a netip.AddrPort) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remote = Address{a.Addr().String(), int(a.Port())}
}

// SetTLS records the result of the handshake.
func (c *Client) SetTLS(state tls.ConnectionState, first bool) {
	t := &TLSState{
		Version:     strings.TrimPrefix(tls.VersionName(state.Version), "TLS "),
		CipherSuite: tls.CipherSuiteName(state.CipherSuite),
		First:       first,
	}
	for _, cert := range state.PeerCertificates {
		t.PeerCerts = append(t.PeerCerts, PeerCert{
			cert.Subject.String(), peercert.SPKI(cert), peercert.Hash(cert),
		})
	}
	c.login.tls = &state
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tls = t
}

// TurnAway greets a client only to tell it that it cannot stay.
func (c *Client) TurnAway(e *protocol.Error) {
	c.Log().Errorf("%s", e.Text())
	c.conn.Close(e, protocol.AppendErr(c.greeting(), e.Text()))
	c.end(e)
}

// Abandon ends a client that did not get as far as Serve.
func (c *Client) Abandon(reason protocol.CloseReason) {
	c.conn.Close(closedFor(reason), nil)
	c.end(closedFor(reason))
}

// IsPinned reports whether pins of public keys let the client in: there are
// none, or it presented one of these certificates, or it is one of those that
// may go without TLS.
func (c *Client) IsPinned(pins map[string]struct{}) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.tls == nil || len(pins) == 0:
		return true
	case len(c.tls.PeerCerts) == 0:
		return false
	}
	_, ok := pins[c.tls.PeerCerts[0].SPKISHA256]
	return ok
}
