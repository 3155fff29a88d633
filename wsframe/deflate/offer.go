package deflate

// AppendOffer appends p as a client's offer: the value of the header line
// Sec-WebSocket-Extensions, or one element of it where a client offers several
// in its order of preference.
func (p Params) AppendOffer(dst []byte) []byte {
	dst = p.appendCommon(dst)
	switch p.ClientMaxWindowBits {
	case 0:
	case MaxWindowBits:
		dst = append(dst, "; "+clientMaxWindowBits...)
	default:
		dst = appendBits(dst, clientMaxWindowBits, p.ClientMaxWindowBits)
	}
	return dst
}

// Policy is what a server wants from permessage-deflate. The zero value keeps
// nothing between messages in either direction and declines offers that want
// a window smaller than the usual one.
type Policy struct {
	// ServerContextTakeover lets the server's compressor refer back to earlier
	// messages, unless the client asks it not to.
	ServerContextTakeover bool
	// ClientContextTakeover lets the client do so, which makes the server keep
	// a window for each connection.
	ClientContextTakeover bool
	// MinServerBits is the smallest window that the server's compressor can
	// obey. Offers that ask for less are declined. Zero means MaxWindowBits.
	MinServerBits int
	// MaxServerBits bounds the server's window even if the client does not ask
	// for it. Zero means no bound.
	MaxServerBits int
	// MaxClientBits bounds the client's window if its offer says that it would
	// obey. Zero means that the server does not ask.
	MaxClientBits int
}

// Accept picks the first acceptable offer of all values of the header
// Sec-WebSocket-Extensions and returns what is agreed, which
// [Params.AppendResponse] writes. Without an acceptable offer the connection
// goes on uncompressed: declining is never an error (RFC 7692, section 5.1).
func (p Policy) Accept(values []string) (Params, bool) {
	for _, v := range values {
		s := scanner{rest: v}
		for {
			name, ok := s.extension()
			if !ok {
				break
			}
			if !isExtension(name) {
				continue
			}
			var offer received
			if offer.read(&s, true) != "" {
				continue
			}
			if agreed, ok := p.agree(offer.Params); ok {
				return agreed, true
			}
		}
	}
	return Params{}, false
}

// agree answers one valid offer. Its presence rules: a bound on the server's
// window must be echoed (section 7.1.2.1), a bound on the client's may only be
// set where the offer has one (7.1.2.2), and the flags may be set unasked.
func (p Policy) agree(offer Params) (Params, bool) {
	agreed := Params{
		ServerNoContextTakeover: offer.ServerNoContextTakeover || !p.ServerContextTakeover,
		ClientNoContextTakeover: offer.ClientNoContextTakeover || !p.ClientContextTakeover,
		ServerMaxWindowBits:     p.MaxServerBits,
	}
	if offer.ServerMaxWindowBits != 0 {
		agreed.ServerMaxWindowBits = min(offer.ServerMaxWindowBits, bitsOrMax(p.MaxServerBits))
		if agreed.ServerMaxWindowBits < bitsOrMax(p.MinServerBits) {
			return Params{}, false
		}
	}
	if offer.ClientMaxWindowBits != 0 && p.MaxClientBits != 0 {
		agreed.ClientMaxWindowBits = min(offer.ClientMaxWindowBits, p.MaxClientBits)
	}
	return agreed, true
}
