package deflate

import (
	"fmt"
	"strconv"
	"strings"
)

// Name is the name of the extension in Sec-WebSocket-Extensions.
const Name = "permessage-deflate"

// The bounds of a negotiable LZ77 window, as powers of two. A window that is
// not negotiated has MaxWindowBits.
const (
	MinWindowBits = 8
	MaxWindowBits = 15
)

// The names of the four parameters (RFC 7692, section 7.1).
const (
	serverNoContextTakeover = "server_no_context_takeover"
	clientNoContextTakeover = "client_no_context_takeover"
	serverMaxWindowBits     = "server_max_window_bits"
	clientMaxWindowBits     = "client_max_window_bits"
)

// Params are the four parameters of permessage-deflate, in an offer or as they
// were agreed. The window bits are zero where the parameter is absent, which
// means a window of [MaxWindowBits].
type Params struct {
	// ServerNoContextTakeover: the server begins every message with an empty
	// window, so the client need not keep one between messages.
	ServerNoContextTakeover bool
	// ClientNoContextTakeover: the same in the other direction.
	ClientNoContextTakeover bool
	// ServerMaxWindowBits bounds the window of what the server sends.
	ServerMaxWindowBits int
	// ClientMaxWindowBits bounds the window of what the client sends. In an
	// offer MaxWindowBits says only that the client would obey a bound, and is
	// written without a value, as browsers do.
	ClientMaxWindowBits int
}

// NoTakeover are the parameters under which neither side keeps anything
// between messages. They are what a server with many connections wants.
var NoTakeover = Params{ServerNoContextTakeover: true, ClientNoContextTakeover: true}

// ServerBits returns the window bits that hold for what the server sends.
func (p Params) ServerBits() int {
	return bitsOrMax(p.ServerMaxWindowBits)
}

// ClientBits returns the window bits that hold for what the client sends.
func (p Params) ClientBits() int {
	return bitsOrMax(p.ClientMaxWindowBits)
}

func bitsOrMax(bits int) int {
	if bits == 0 {
		return MaxWindowBits
	}
	return bits
}

// Validate reports window bits that no peer would accept.
func (p Params) Validate() error {
	if err := validateBits(serverMaxWindowBits, p.ServerMaxWindowBits); err != nil {
		return err
	}
	return validateBits(clientMaxWindowBits, p.ClientMaxWindowBits)
}

func validateBits(name string, bits int) error {
	if bits == 0 || MinWindowBits <= bits && bits <= MaxWindowBits {
		return nil
	}
	return fmt.Errorf("deflate: %s=%d is not between %d and %d", name, bits, MinWindowBits, MaxWindowBits)
}

// AppendResponse appends p as a server's answer: the value of the header line
// Sec-WebSocket-Extensions.
func (p Params) AppendResponse(dst []byte) []byte {
	dst = p.appendCommon(dst)
	if p.ClientMaxWindowBits != 0 {
		dst = appendBits(dst, clientMaxWindowBits, p.ClientMaxWindowBits)
	}
	return dst
}

// appendCommon appends what offers and responses write alike.
func (p Params) appendCommon(dst []byte) []byte {
	dst = append(dst, Name...)
	if p.ServerNoContextTakeover {
		dst = append(dst, "; "+serverNoContextTakeover...)
	}
	if p.ClientNoContextTakeover {
		dst = append(dst, "; "+clientNoContextTakeover...)
	}
	if p.ServerMaxWindowBits != 0 {
		dst = appendBits(dst, serverMaxWindowBits, p.ServerMaxWindowBits)
	}
	return dst
}

func appendBits(dst []byte, name string, bits int) []byte {
	dst = append(dst, "; "...)
	dst = append(dst, name...)
	dst = append(dst, '=')
	return strconv.AppendInt(dst, int64(bits), 10)
}

// received are parameters while they are read from a header line.
type received struct {
	Params
	seen [4]bool // in the order of the constants: a second one is an error
}

// read takes all parameters of the extension that s stands at. It returns a
// reason why they are invalid, or "". The value of client_max_window_bits may be
// left out in an offer only.
func (r *received) read(s *scanner, offer bool) string {
	reason := ""
	for {
		p, ok := s.param()
		if !ok {
			break
		}
		if reason == "" {
			reason = r.set(p, offer)
		}
	}
	if s.broken {
		return "malformed header"
	}
	return reason
}

func (r *received) set(p param, offer bool) string {
	if p.is(serverNoContextTakeover) {
		return r.setFlag(0, p, &r.ServerNoContextTakeover)
	}
	if p.is(clientNoContextTakeover) {
		return r.setFlag(1, p, &r.ClientNoContextTakeover)
	}
	if p.is(serverMaxWindowBits) {
		return r.setBits(2, p, &r.ServerMaxWindowBits)
	}
	if p.is(clientMaxWindowBits) {
		if offer && !p.HasValue {
			p.Value, p.HasValue = "15", true
		}
		return r.setBits(3, p, &r.ClientMaxWindowBits)
	}
	return "unknown parameter"
}

// is compares without case, as the grammar of the RFC does.
func (p param) is(name string) bool {
	return len(p.Name) == len(name) && strings.EqualFold(p.Name, name)
}

func (r *received) setFlag(i int, p param, to *bool) string {
	if p.HasValue {
		return "unexpected value"
	}
	*to = true
	return r.mark(i)
}

func (r *received) setBits(i int, p param, to *int) string {
	bits := parseBits(p.Value)
	if bits == 0 {
		return "invalid window bits"
	}
	*to = bits
	return r.mark(i)
}

func (r *received) mark(i int) string {
	if r.seen[i] {
		return "duplicate parameter"
	}
	r.seen[i] = true
	return ""
}

// parseBits reads a decimal from 8 to 15 without leading zeros, or returns 0.
func parseBits(s string) int {
	switch {
	case len(s) == 1 && '8' <= s[0] && s[0] <= '9':
		return int(s[0] - '0')
	case len(s) == 2 && s[0] == '1' && '0' <= s[1] && s[1] <= '5':
		return 10 + int(s[1]-'0')
	}
	return 0
}

// isExtension reports whether name is this extension.
func isExtension(name string) bool {
	return len(name) == len(Name) && strings.EqualFold(name, Name)
}
