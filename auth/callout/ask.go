package callout

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth"
)

// Subject is where requests go, in the service's account. Clients may not publish
// there.
const Subject = "$SYS.REQ.USER.AUTH"

// XKeyHeader is the header of a sealed request: the curve key of the server that
// has sealed it.
const XKeyHeader = "Nats-Server-Xkey"

// audience is whom requests are for.
const audience = "nats-authorization-request"

// Asker asks on behalf of a server. It is immutable and safe for concurrent use.
type Asker struct {
	// Keys and XKeys are the server's own; ID and XKey their public parts.
	Keys, XKeys nkeys.KeyPair
	ID, XKey    string
	// Name and what follows describe the server to the service.
	Name, Host, Version, Cluster string
	Tags                         []string
}

// Peer describes who wants to come in.
type Peer struct {
	ID      uint64 // of the connection
	Host    string
	User    string // as monitoring shows it
	Name    string // that it gave itself
	NameTag string
	Tags    []string
	Type    string // of the listener: nats, websocket
}

// Question is one attempt of somebody to come in.
type Question struct {
	Request *auth.Request
	Peer    Peer
	// Account is the name of the service's account, for messages, Issuer the public
	// key that its answers are about: of the account that signs them.
	Account, Issuer string
	// XKey is the service's curve key, if requests to it are sealed.
	XKey    string
	Timeout time.Duration
	// JWT is what the peer showed, or what stood in for that.
	JWT string
}

// Pending is a question that was put into words. Its answer is good for nobody
// else.
type Pending struct {
	// XKey is the value of XKeyHeader that goes with the payload; empty for none.
	XKey    string
	Payload []byte

	asker    *Asker
	question *Question
	user     string // public key that was made up for the attempt
}

// Ask puts a question into words.
func (a *Asker) Ask(q *Question, now time.Time) (*Pending, error) {
	kp, err := nkeys.CreateUser()
	if err != nil {
		return nil, err
	}
	user, err := kp.PublicKey()
	if err != nil {
		return nil, err
	}
	c := jwt.NewAuthorizationRequestClaims(q.Issuer)
	c.Audience, c.Expires = audience, now.Add(q.Timeout).Unix()
	c.UserNkey = user
	c.Server = jwt.ServerID{Name: a.Name, Host: a.Host, ID: a.ID, Version: a.Version, Cluster: a.Cluster, Tags: a.Tags, XKey: a.XKey}
	c.ClientInformation = jwt.ClientInformation{
		Host: q.Peer.Host, ID: q.Peer.ID, User: q.Peer.User, Name: q.Peer.Name, Tags: q.Peer.Tags, NameTag: q.Peer.NameTag,
		Kind: "Client", Type: q.Peer.Type,
	}
	o := q.Request.Connect
	if o.Sig != "" {
		c.ClientInformation.Nonce = q.Request.Nonce
	}
	c.ConnectOptions = jwt.ConnectOptions{
		JWT: q.JWT, Nkey: o.NKey, SignedNonce: o.Sig, Token: o.Token, Username: o.User, Password: o.Pass,
		Name: o.Name, Lang: o.Lang, Version: o.Version, Protocol: o.Protocol,
	}
	c.TLS = describeTLS(q.Request.TLS)
	token, err := c.Encode(a.Keys)
	if err != nil {
		return nil, err
	}
	p := &Pending{Payload: []byte(token), asker: a, question: q, user: user}
	if q.XKey != "" {
		p.XKey = a.XKey
		if p.Payload, err = a.XKeys.Seal(p.Payload, q.XKey); err != nil {
			return nil, fmt.Errorf("error encrypting auth callout request: %w", err)
		}
	}
	return p, nil
}

// describeTLS tells what the handshake showed; certificates apart only if nobody
// has verified them.
func describeTLS(t *auth.TLS) *jwt.ClientTLS {
	if t == nil {
		return nil
	}
	d := &jwt.ClientTLS{Version: t.Version, Cipher: t.CipherSuite}
	texts := func(certs []*x509.Certificate) jwt.StringList {
		var list jwt.StringList
		for _, c := range certs {
			list = append(list, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})))
		}
		return list
	}
	for _, chain := range t.VerifiedChains {
		d.VerifiedChains = append(d.VerifiedChains, texts(chain))
	}
	if len(t.VerifiedChains) == 0 {
		d.Certs = texts(t.PeerCertificates)
	}
	return d
}
