package handshake

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// address is where a URL leads.
type address struct {
	secure     bool
	host, port string // the port is never empty, an IPv6 host has no brackets
	target     string
}

// parseAddress reads a ws or wss URL (RFC 6455, section 3).
func parseAddress(rawURL string) (address, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		// Without the URL, which net/url quotes whole and which may hold a
		// password.
		if e := (*url.Error)(nil); errors.As(err, &e) {
			err = e.Err
		}
		return address{}, fmt.Errorf("handshake: URL: %w", err)
	}
	a := address{secure: u.Scheme == "wss", host: u.Hostname(), port: u.Port(), target: u.RequestURI()}
	if a.port == "" {
		a.port = defaultPort(a.secure)
	}
	switch {
	case u.Scheme != "ws" && u.Scheme != "wss":
		err = errors.New("scheme is neither ws nor wss")
	case a.host == "" || !validHost(a.authority()):
		err = errors.New("no valid host")
	case u.Fragment != "":
		err = errors.New("fragment is not allowed")
	case strings.ContainsRune(a.target, ' '):
		err = errors.New("space must be escaped")
	}
	if err != nil {
		return address{}, fmt.Errorf("handshake: URL %q: %w", u.Redacted(), err)
	}
	return a, nil
}

// network is the address to dial.
func (a address) network() string {
	return net.JoinHostPort(a.host, a.port)
}

// authority is the value of the Host header. It has no port where the scheme
// says which one, and no zone, which means something on this machine only.
func (a address) authority() string {
	host, _, _ := strings.Cut(a.host, "%")
	if a.port != defaultPort(a.secure) {
		return net.JoinHostPort(host, a.port)
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
