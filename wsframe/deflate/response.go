package deflate

// NegotiationError says why a client must fail a connection whose server
// answered its offer with something else. A client that tells the server so
// before it hangs up uses close code 1010.
type NegotiationError struct {
	// Reason is one of a few fixed texts.
	Reason string
}

// Error implements error.
func (e *NegotiationError) Error() string {
	return "compression negotiation error: " + e.Reason
}

// CheckResponse is the client's side of the negotiation: it holds all values of
// the header Sec-WebSocket-Extensions in a response against the one offer that
// was made. It returns false if the server declined, and a [*NegotiationError]
// for an answer that does not fit the offer (RFC 7692, section 7.1).
//
// It is stricter than the RFC in one point: a client that offers
// client_no_context_takeover wants to read it in the answer, because only then
// do both sides agree that nothing is kept.
func CheckResponse(offered Params, values []string) (agreed Params, ok bool, err error) {
	for _, v := range values {
		s := scanner{rest: v}
		for {
			name, more := s.extension()
			if !more {
				break
			}
			if !isExtension(name) {
				return Params{}, false, &NegotiationError{Reason: "extension was not offered"}
			}
			if ok {
				return Params{}, false, &NegotiationError{Reason: "extension accepted twice"}
			}
			var answer received
			if reason := answer.read(&s, false); reason != "" {
				return Params{}, false, &NegotiationError{Reason: reason}
			}
			agreed, ok = answer.Params, true
		}
		if s.broken {
			return Params{}, false, &NegotiationError{Reason: "malformed header"}
		}
	}
	if !ok {
		return Params{}, false, nil
	}
	if reason := offered.misfit(agreed); reason != "" {
		return Params{}, false, &NegotiationError{Reason: reason}
	}
	return agreed, true, nil
}

// misfit tells how a server's answer contradicts the offer p, or returns "".
func (p Params) misfit(answer Params) string {
	switch {
	case p.ServerNoContextTakeover && !answer.ServerNoContextTakeover:
		return serverNoContextTakeover + " missing"
	case p.ClientNoContextTakeover && !answer.ClientNoContextTakeover:
		return clientNoContextTakeover + " missing"
	case p.ServerMaxWindowBits != 0 && answer.ServerMaxWindowBits == 0:
		return serverMaxWindowBits + " missing"
	case answer.ServerMaxWindowBits > p.ServerBits():
		return serverMaxWindowBits + " larger than offered"
	case p.ClientMaxWindowBits == 0 && answer.ClientMaxWindowBits != 0:
		return clientMaxWindowBits + " was not offered"
	case answer.ClientMaxWindowBits > p.ClientBits():
		return clientMaxWindowBits + " larger than offered"
	}
	return ""
}
