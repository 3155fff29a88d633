package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// problems returns what keeps a server from starting the listener, in the order
// and words of the reference server. A listener that is off has none.
func (w *WebSocket) problems(operators bool) []error {
	if !w.Enabled() {
		return nil
	}
	var errs []error
	if w.TLS == nil && !w.NoTLS {
		errs = append(errs, errors.New("websocket requires TLS configuration"))
	}
	for _, origin := range w.AllowedOrigins {
		if err := checkOrigin(origin); err != nil {
			errs = append(errs, err)
		}
	}
	if w.JWTCookie != "" && !operators {
		errs = append(errs, fmt.Errorf("trusted operators or trusted keys configuration is required for JWT authentication via cookie %q", w.JWTCookie))
	}
	if w.TLS != nil {
		for _, pin := range slices.Sorted(maps.Keys(w.TLS.PinnedCerts)) {
			if err := checkPin(pin); err != nil {
				errs = append(errs, fmt.Errorf("websocket: %w", err))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.Headers)) {
		if err := checkHeader(name, w.Headers[name]); err != nil {
			errs = append(errs, fmt.Errorf("websocket: invalid header %w", err))
		}
	}
	return errs
}

// checkOrigin says why no browser could ever come from an origin.
func checkOrigin(origin string) error {
	u, err := url.ParseRequestURI(origin)
	if err != nil {
		return fmt.Errorf("unable to parse allowed origin: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("unable to parse allowed origin %q: allowed origins must be absolute URLs with http or https scheme", origin)
	}
	if u.Host == "" {
		return fmt.Errorf("unable to parse allowed origin %q: host is required", origin)
	}
	return nil
}

// checkPin says what is wrong with the digest of a pinned certificate.
func checkPin(pin string) error {
	b, err := hex.DecodeString(pin)
	if err != nil || len(b) != 32 || pin != strings.ToLower(pin) {
		return fmt.Errorf("error parsing 'pinned_certs' key %s does not look like lower case hex-encoded sha256 of DER encoded SubjectPublicKeyInfo", pin)
	}
	return nil
}

// ownHeaders are what the response says itself.
var ownHeaders = []string{"host", "content-length", "connection", "upgrade", "nats-no-masking"}

// checkHeader says why a response cannot have a header.
func checkHeader(name, value string) error {
	switch lower := strings.ToLower(name); {
	case slices.Contains(ownHeaders, lower):
		return fmt.Errorf("%q not allowed", name)
	case strings.HasPrefix(lower, "sec-websocket-"):
		return fmt.Errorf(`%q, "Sec-WebSocket-" prefix not allowed`, name)
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return !isTokenRune(r) }):
		return fmt.Errorf("%q, not a name that a header can have", name)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
		// The value is not repeated: a header may be meant for a few eyes only.
		return fmt.Errorf("%q, control characters not allowed in its value", name)
	default:
		return nil
	}
}

// isTokenRune reports whether a header's name may contain r (RFC 9110, 5.6.2).
func isTokenRune(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return true
	default:
		return strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	}
}
