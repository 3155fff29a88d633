package auth

import (
	"crypto/x509"
	"net/netip"

	"github.com/dunlin-mq/dunlin/protocol"
)

// Request is what a connection presents at the door. Nothing in it is trusted.
type Request struct {
	// Connect is the peer's CONNECT, with cookies of a WebSocket handshake
	// filled in.
	Connect *protocol.Connect
	// Nonce is what the server sent in INFO for the peer to sign; empty if
	// it sent none.
	Nonce string
	// Type is how the peer is connected.
	Type ConnectionType
	// Host is the peer's address; not valid for a connection without a network.
	Host netip.Addr
	// TLS is the state of the connection's handshake, nil without TLS.
	TLS *TLS
	// Listener is what the listener that the peer came to demands.
	Listener *Listener
}

// TLS is what a handshake showed.
type TLS struct {
	Version          string // "1.3"
	CipherSuite      string // its standard name
	PeerCertificates []*x509.Certificate
	// VerifiedChains is empty unless the listener verifies certificates.
	VerifiedChains [][]*x509.Certificate
}

// Listener is what one listener demands of its peers. It is never changed; a
// reload swaps in another.
type Listener struct {
	// MapCertificate takes the user's name from the peer's certificate.
	MapCertificate bool
	// NoAuthUser is whom peers without credentials become; empty for the
	// directory's own.
	NoAuthUser string
	// Single replaces the directory's single user or token; nil keeps it.
	Single *Single
}

// Single is the one name and password, or the one token, of a simple
// configuration.
type Single struct {
	User, Password string
	Token          string
	ProxyRequired  bool
}
