package websocket

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// Front is what a listener does with the requests that come to it. It never
// changes: a reload makes another one for the connections that follow.
type Front struct {
	TLS     *tls.Config         // nil for plain HTTP
	Pinned  map[string]struct{} // hex SHA-256 of the peer's public key; nil for any
	Timeout time.Duration       // from accept to the end of the request
	Limits  handshake.Limits    // of a request

	Origins     *handshake.Origins
	Headers     []byte // complete lines, for the response that accepts
	Compression bool

	// Serves reports whether an escaped path is one for WebSockets, and
	// Trusts whether a peer may say for whom it connects.
	Serves func(path string) bool
	Trusts func(netip.Addr) bool
	// HealthPath answers with what Health says; empty for none.
	HealthPath string
	Health     func() error

	Cookies Cookies

	// What there is beside clients.
	Leafnodes, MQTT bool
}

// Cookies are the names of the cookies that credentials may stand in; empty
// ones mean nothing.
type Cookies struct{ JWT, User, Pass, Token string }

// Credentials are what a request said for a client whose CONNECT says
// nothing.
type Credentials struct{ JWT, User, Pass, Token string }

// Kind is what a connection is for.
type Kind uint8

// The kinds of connections.
const (
	Client Kind = iota
	Leafnode
	MQTT
)

// kindOf returns what connects at an escaped path. It is the end of it that
// counts, so that any proxy may put something in front.
func kindOf(path string) Kind {
	switch {
	case strings.HasSuffix(path, "/leafnode"):
		return Leafnode
	case strings.HasSuffix(path, "/mqtt"):
		return MQTT
	}
	return Client
}

// Upgrade is a request that was accepted.
type Upgrade struct {
	Kind        Kind
	TLS         *tls.ConnectionState // nil without TLS
	Credentials Credentials
	// Forwarded is for whom a trusted proxy connects; not valid if there is
	// none. It is for the log.
	Forwarded netip.Addr

	params deflate.Params
	conn.WebSocket
}

// Refusals that the request itself is not to blame for.
var (
	errNoMQTT     = &handshake.Error{Status: http.StatusNotFound, Reason: "mqtt websocket endpoint not enabled"}
	errNoLeafnode = &handshake.Error{Status: http.StatusNotFound, Reason: "Not configured to accept leaf node connections"}
	errNoPath     = &handshake.Error{Status: http.StatusNotFound, Reason: "no websocket at this path"}
)

// Judge decides about a request that came from peer. The error is a
// [handshake.Error].
func (f *Front) Judge(r *handshake.Request, peer netip.Addr, secure bool) (*Upgrade, error) {
	kind := kindOf(r.Path)
	switch {
	case kind == MQTT && !f.MQTT:
		return nil, errNoMQTT
	case kind == Leafnode && !f.Leafnodes:
		return nil, errNoLeafnode
	}
	if err := handshake.Check(r, f.Origins, secure); err != nil {
		return nil, err
	}
	u := &Upgrade{Kind: kind}
	if f.Compression {
		u.params, u.Compression = handshake.SelectDeflate(r, deflate.Policy{})
	}
	u.Unmasked = r.Header(noMasking) == "true"
	u.Forwarded = f.forwarded(r, peer)
	if kind != Leafnode {
		u.limitFrames(r.Header("User-Agent"))
		u.Credentials = f.Cookies.read(r)
	}
	return u, nil
}

// noMasking is how a peer asks to leave out the masks, which protect proxies
// from browsers and nobody else (RFC 6455 section 10.3).
const noMasking = "Nats-No-Masking"

// browserFrame is how many bytes of payload a frame for a browser has at most.
const browserFrame = 4096

// limitFrames knows that browsers want small frames, and that Safari cannot
// join those of a compressed message.
func (u *Upgrade) limitFrames(agent string) {
	if !strings.HasPrefix(agent, "Mozilla/") {
		return
	}
	u.FrameLimit, u.CompressedFrameLimit = browserFrame, browserFrame
	if strings.Contains(agent, "Version/") && strings.Contains(agent, "Safari/") {
		u.CompressedFrameLimit = 0
	}
}

// forwarded returns the client of a trusted proxy. A list of addresses was
// written by several, of whom only the last is known: it is ignored.
func (f *Front) forwarded(r *handshake.Request, peer netip.Addr) netip.Addr {
	if f.Trusts == nil || !f.Trusts(peer) {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(r.Header("X-Forwarded-For"))
	if err != nil {
		return netip.Addr{}
	}
	return addr
}

// read takes the credentials out of a request. The first cookie of a name
// counts.
func (names *Cookies) read(r *handshake.Request) (c Credentials) {
	if *names == (Cookies{}) {
		return c
	}
	for name, value := range r.Cookies() {
		switch name {
		case "":
		case names.JWT:
			set(&c.JWT, value)
		case names.User:
			set(&c.User, value)
		case names.Pass:
			set(&c.Pass, value)
		case names.Token:
			set(&c.Token, value)
		}
	}
	return c
}

func set(dst *string, value string) {
	if *dst == "" {
		*dst = value
	}
}

// response describes the answer that accepts u.
func (f *Front) response(r *handshake.Request, u *Upgrade) handshake.Response {
	resp := handshake.Response{Key: r.Header("Sec-WebSocket-Key"), Headers: f.Headers}
	resp.Deflate, resp.Params = u.Compression, u.params
	if u.Unmasked {
		resp.Agreed = unmaskedLine
	}
	if u.Kind == MQTT {
		resp.Protocol = handshake.SelectProtocol(r, "mqtt")
	}
	return resp
}

var unmaskedLine = []byte(noMasking + ": true\r\n")
