package handshake

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// Offer is a client's request for a WebSocket as plain values.
type Offer struct {
	// Target is the path and query.
	Target string
	// Host is the host, and the port unless it is the default one.
	Host string
	// Key is what [NewKey] returns: a new one for each connection.
	Key string
	// Protocols are the sub-protocols that the client speaks, the best first.
	Protocols []string
	// Deflate offers compression under Params.
	Deflate bool
	Params  deflate.Params
	// Headers are complete header lines of the client's own, which
	// [AppendField] makes.
	Headers []byte
}

// NewKey returns 16 random bytes in base64, the value of Sec-WebSocket-Key. They
// prove that the server knows the protocol, and keep no secret.
func NewKey() string {
	var key [16]byte
	_, _ = rand.Read(key[:]) // never fails, as crypto/rand documents
	return base64.StdEncoding.EncodeToString(key[:])
}

// AppendRequest appends the request that makes the offer.
func AppendRequest(dst []byte, o *Offer) []byte {
	dst = append(dst, "GET "...)
	dst = append(dst, o.Target...)
	dst = append(dst, " HTTP/1.1\r\nHost: "...)
	dst = append(dst, o.Host...)
	dst = append(dst, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "...)
	dst = append(dst, o.Key...)
	dst = append(dst, "\r\nSec-WebSocket-Version: 13\r\n"...)
	if o.Deflate {
		dst = append(dst, "Sec-WebSocket-Extensions: "...)
		dst = o.Params.AppendOffer(dst)
		dst = append(dst, "\r\n"...)
	}
	for i, p := range o.Protocols {
		if i == 0 {
			dst = append(dst, "Sec-WebSocket-Protocol: "...)
		} else {
			dst = append(dst, ", "...)
		}
		dst = append(dst, p...)
		if i == len(o.Protocols)-1 {
			dst = append(dst, "\r\n"...)
		}
	}
	dst = append(dst, o.Headers...)
	return append(dst, "\r\n"...)
}

// What a client finds wrong with the answer to its offer, in the order in which
// [Offer.Check] looks. Answers about compression that do not fit are a
// [*deflate.NegotiationError].
var (
	ErrStatus          = errors.New("status is not 101")
	ErrReplyUpgrade    = errors.New("header 'Upgrade' is not websocket")
	ErrReplyConnection = errors.New("header 'Connection' is not Upgrade")
	ErrAccept          = errors.New("header 'Sec-WebSocket-Accept' does not answer the key")
	ErrExtension       = errors.New("extension was not offered")
	ErrProtocol        = errors.New("sub-protocol was not offered")
)

// Check holds the answer against the offer (RFC 6455, section 4.1). The
// connection must be failed on an error.
func (o *Offer) Check(r *Reply) (Agreement, error) {
	var accept [acceptSize]byte
	switch {
	case r.Status != 101:
		return Agreement{}, ErrStatus
	case !strings.EqualFold(r.Header("Upgrade"), "websocket"):
		return Agreement{}, ErrReplyUpgrade
	case !hasToken(r.Fields, "Connection", "Upgrade"):
		return Agreement{}, ErrReplyConnection
	case r.Header("Sec-WebSocket-Accept") != string(appendAcceptKey(accept[:0], o.Key)):
		return Agreement{}, ErrAccept
	}
	var a Agreement
	if err := o.checkExtensions(r, &a); err != nil {
		return Agreement{}, err
	}
	if err := o.checkProtocol(r, &a); err != nil {
		return Agreement{}, err
	}
	return a, nil
}

func (o *Offer) checkExtensions(r *Reply, a *Agreement) (err error) {
	values := appendValues(nil, r.Fields, "Sec-WebSocket-Extensions")
	if !o.Deflate {
		if len(values) > 0 {
			return ErrExtension
		}
		return nil
	}
	a.Params, a.Deflate, err = deflate.CheckResponse(o.Params, values)
	return err
}

func (o *Offer) checkProtocol(r *Reply, a *Agreement) error {
	values := appendValues(nil, r.Fields, "Sec-WebSocket-Protocol")
	if len(values) == 0 {
		return nil
	}
	if len(values) > 1 || !slices.Contains(o.Protocols, values[0]) {
		return ErrProtocol
	}
	a.Protocol = values[0]
	return nil
}
