package protocol

import "encoding/json"

// Connect is what a client tells a server: the document of a CONNECT line.
// Start from [DefaultConnect], not from the zero value.
type Connect struct {
	// Verbose asks for +OK after every command that was accepted.
	Verbose bool `json:"verbose"`
	// Pedantic asks for a check of the subjects of publishes.
	Pedantic    bool   `json:"pedantic"`
	TLSRequired bool   `json:"tls_required"`
	User        string `json:"user,omitempty"`
	Pass        string `json:"pass,omitempty"`
	Token       string `json:"auth_token,omitempty"`
	JWT         string `json:"jwt,omitempty"`
	NKey        string `json:"nkey,omitempty"`
	// Sig is the signature of the nonce in base64.
	Sig      string `json:"sig,omitempty"`
	ProxySig string `json:"proxy_sig,omitempty"`
	// Account and NewAccount are relics. A server refuses them.
	Account    string `json:"account,omitempty"`
	NewAccount bool   `json:"new_account,omitempty"`
	Name       string `json:"name"`
	Lang       string `json:"lang"`
	Version    string `json:"version"`
	// Protocol 1 allows INFO at any time, 0 only the first one.
	Protocol int `json:"protocol"`
	// Echo false withholds a client's own messages from its subscriptions.
	Echo bool `json:"echo"`
	// Headers says that the client understands HMSG and may send HPUB.
	Headers bool `json:"headers"`
	// NoResponders asks for a 503 when nobody gets a request.
	NoResponders bool `json:"no_responders"`
}

// DefaultConnect is what holds until a client has sent its CONNECT, and for
// the fields that are absent in it.
func DefaultConnect() Connect {
	return Connect{Verbose: true, Pedantic: true, Echo: true}
}

// AppendConnect appends a CONNECT line.
func AppendConnect(dst []byte, c *Connect) []byte {
	// Strings, numbers and booleans always marshal.
	doc, _ := json.Marshal(c)
	dst = append(dst, "CONNECT "...)
	dst = append(dst, doc...)
	return append(dst, crlf...)
}

// ParseConnect merges the argument of a CONNECT line into c: fields that are
// absent or null keep their value, names match in any case and unknown ones
// are ignored. After an error, which wraps [ErrConnectJSON], c is unchanged.
//
// The work is bounded by the length of arg, which the control line limit of
// the parser bounds in turn.
func ParseConnect(arg []byte, c *Connect) error {
	next := *c
	if err := json.Unmarshal(arg, &next); err != nil {
		return ErrConnectJSON.detail("%v", err)
	}
	*c = next
	return nil
}

// Validate checks what a server that is otherwise happy with the credentials
// still refuses: [ErrClientProtocol] and [ErrNoRespondersHeaders], in this
// order.
func (c *Connect) Validate() error {
	switch {
	case c.Protocol != 0 && c.Protocol != 1:
		return ErrClientProtocol
	case c.NoResponders && !c.Headers:
		return ErrNoRespondersHeaders
	}
	return nil
}
