package client

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net/netip"
	"time"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/door"
)

// login is how a client gets in. It belongs to the read loop.
type login struct {
	entered bool             // somebody vouches for the client, or nobody was asked
	joined  *account.Account // that it counts in; nil for none
	tls     *tls.ConnectionState
	perms   *perm.Set // of the identity, for this batch
	cache   perm.Cache
}

// nonceBytes are enough to be met once.
const nonceBytes = 11

// newNonce returns what a client signs.
func newNonce() string {
	var b [nonceBytes]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// demands returns what the listener that the client came by asks for.
func (c *Client) demands() *auth.Listener {
	set := c.env.Settings()
	if c.web != nil {
		return set.WebSocket.Listener
	}
	return set.Listener
}

// request returns what the client shows at the door.
func (c *Client) request(o *protocol.Connect) *auth.Request {
	r := &auth.Request{Connect: o, Nonce: c.nonce, Listener: c.demands(), TLS: c.shown()}
	switch {
	case c.local:
		r.Type = auth.InProcess
	case c.web != nil:
		r.Type = auth.WebSocket
	}
	if addr, err := netip.ParseAddr(c.from().Host); err == nil {
		r.Host = addr
	}
	return r
}

// shown returns what the client's handshake showed.
func (c *Client) shown() *auth.TLS {
	t := c.login.tls
	if t == nil {
		return nil
	}
	return &auth.TLS{
		Version: c.tls.Version, CipherSuite: c.tls.CipherSuite,
		PeerCertificates: t.PeerCertificates, VerifiedChains: t.VerifiedChains,
	}
}

// mayGoOn reports whether a client that has not logged in may give a command
// other than CONNECT: where nobody is asked, or as the user without credentials.
func (c *Client) mayGoOn() error {
	if required, _ := c.env.Door.Required(c.demands()); !required {
		return nil
	}
	a, ok := c.env.Door.Anonymous(c.request(c.options), c)
	if !ok {
		return c.turnedAway(&auth.Refusal{Reason: protocol.AuthenticationFailure})
	}
	return c.comeIn(a)
}

// logIn asks who the client is and lets it in. It may come again, as somebody
// else.
func (c *Client) logIn(o *protocol.Connect) error {
	c.live.loggedIn() // it has said its word in time, however long a decision takes
	if c.identity.Load() == nil {
		claimed := withoutSecrets(o)
		c.claim(&claimed)
	}
	a, err := c.env.Door.Admit(c.request(o), c)
	if err != nil {
		return c.turnedAway(err)
	}
	c.claim(o)
	return c.comeIn(a)
}

// claim keeps what the client says of itself.
func (c *Client) claim(o *protocol.Connect) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.options = o
}

// comeIn makes the client a member of its account.
func (c *Client) comeIn(a door.Admission) error {
	if c.login.joined != a.Account {
		if err := a.Account.Join(); err != nil {
			return err
		}
		c.moveOut()
		c.login.joined = a.Account
	}
	c.account.Store(a.Account)
	c.become(a.Identity)
	c.login.perms = a.Identity.Permissions
	c.login.entered = true
	c.live.loggedIn()
	c.live.endAt(a.Identity.Expires, func() { c.Fail(protocol.ErrUserExpired) })
	if w := c.env.Witness; w != nil {
		w.Entered(c)
	}
	return nil
}

// moveOut ends the membership in an account.
func (c *Client) moveOut() {
	if c.login.joined != nil {
		c.login.joined.Leave()
		c.login.joined = nil
	}
}

// become makes the client another identity.
func (c *Client) become(id *auth.Identity) {
	c.identity.Store(id)
	c.replies.Store(id.Permissions.NewReplies())
}

// turnedAway logs why a client is not let in, and returns what it is told.
func (c *Client) turnedAway(err error) error {
	var refusal *auth.Refusal
	if !errors.As(err, &refusal) {
		if errors.Is(err, protocol.ErrAccountRegistration) {
			c.Log().Errorf("Problem registering with account: %v", err)
		}
		return err
	}
	switch {
	case refusal.Why == "":
	case refusal.Loud:
		c.Log().Errorf("%s", refusal.Why)
	default:
		c.debugf("%s", refusal.Why)
	}
	if refusal.User == "" || refusal.User == `User "N/A"` {
		c.Log().Errorf("authentication error")
	} else {
		c.Log().Errorf("authentication error - %s", refusal.User)
	}
	if w := c.env.Witness; w != nil {
		w.Refused(c, refusal.Reason)
	}
	return protocol.ErrAuthorization.WithReason(refusal.Reason)
}

// authTimeout is how long the client has for its CONNECT.
func (c *Client) authTimeout() time.Duration {
	set := c.env.Settings()
	if c.web != nil && set.WebSocket.AuthTimeout > 0 {
		return set.WebSocket.AuthTimeout
	}
	return set.AuthTimeout
}

// expectLogin gives the client time to log in, if it has to.
func (c *Client) expectLogin() {
	if required, _ := c.env.Door.Required(c.demands()); !required || c.authTimeout() <= 0 {
		return
	}
	c.live.loginBy(c.authTimeout(), func() {
		c.debugf("Authentication Timeout")
		c.closeFor(protocol.ErrAuthTimeout)
	})
}

// maxPayload is how large a message of the client may be, in bytes.
// That is at most server, which is what all may.
func (c *Client) maxPayload(server int) int {
	n := atMost(server, c.account.Load().Limits().Payload)
	if id := c.identity.Load(); id != nil {
		n = atMost(n, id.MaxPayload)
	}
	return n
}

// maxSubscriptions is how many subscriptions the client may have; 0 means any
// number.
func (c *Client) maxSubscriptions(set *Settings) int {
	n := atMost(set.MaxSubscriptions, c.account.Load().Limits().Subscriptions)
	if id := c.identity.Load(); id != nil {
		n = atMost(n, id.MaxSubscriptions)
	}
	return n
}

// atMost is the lower of two limits, of which 0 is none.
func atMost(a, b int) int {
	if b > 0 && (a <= 0 || b < a) {
		return b
	}
	return a
}
