package handshake

import (
	"strings"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// Options are what a server wants of the handshakes that it accepts. The zero
// value accepts every origin, no sub-protocol and no compression.
type Options struct {
	// Origins are the pages that may connect.
	Origins *Origins
	// Protocols are the sub-protocols that the server speaks, the best first.
	Protocols []string
	// Deflate allows compression under a policy. Nil declines it.
	Deflate *deflate.Policy
	// Agreed and Headers are header lines for the answer, see [Response].
	Agreed, Headers []byte
}

// Accept checks r like [Check] and makes the answer to it.
func Accept(r *Request, secure bool, o *Options) (Response, error) {
	if err := Check(r, o.Origins, secure); err != nil {
		return Response{}, err
	}
	a := Response{Key: r.Header("Sec-WebSocket-Key"), Agreed: o.Agreed, Headers: o.Headers}
	a.Protocol = SelectProtocol(r, o.Protocols...)
	if o.Deflate != nil {
		a.Params, a.Deflate = SelectDeflate(r, *o.Deflate)
	}
	return a, nil
}

// SelectProtocol returns the first of the supported sub-protocols that the
// client offers, or "". Names are compared with their case (RFC 6455, section
// 4.2.2).
func SelectProtocol(r *Request, supported ...string) string {
	for _, s := range supported {
		for line := range r.Values("Sec-WebSocket-Protocol") {
			for offered := range strings.SplitSeq(line, ",") {
				if trim(offered) == s {
					return s
				}
			}
		}
	}
	return ""
}

// SelectDeflate returns what p agrees to of the client's offers of
// permessage-deflate. False means that the connection stays uncompressed.
func SelectDeflate(r *Request, p deflate.Policy) (deflate.Params, bool) {
	var buf [4]string
	return p.Accept(r.AppendValues(buf[:0], "Sec-WebSocket-Extensions"))
}
