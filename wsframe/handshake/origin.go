package handshake

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Why an origin is refused, beside those that do not parse.
var (
	ErrNotSameOrigin    = errors.New("not same origin")
	ErrOriginNotAllowed = errors.New("not in the allowed list")
)

// Origins decides which web pages may open a WebSocket. Browsers send the
// origin of the page that does; other clients send none and are not restricted.
// A nil Origins and the zero value allow all. It does not change once it is
// made, so that any number of goroutines may use it.
type Origins struct {
	same bool
	list map[origin]struct{} // nil: no list
}

// origin is scheme, host and port, in lower case and with the default port
// written out.
type origin struct {
	scheme, host, port string
}

// NewOrigins makes a policy. With same, the page must come from the host and
// port that the request is sent to. If the list is not empty, the page must come
// from one of these URLs, of which the path means nothing. With both, both must
// hold.
func NewOrigins(same bool, allowed []string) (*Origins, error) {
	o := &Origins{same: same}
	for _, s := range allowed {
		entry, err := parseAllowed(s)
		if err != nil {
			return nil, err
		}
		if o.list == nil {
			o.list = make(map[origin]struct{}, len(allowed))
		}
		o.list[entry] = struct{}{}
	}
	return o, nil
}

// parseAllowed takes an entry of the list. It is stricter than for origins that
// browsers send, since somebody can correct it.
func parseAllowed(s string) (origin, error) {
	u, err := url.ParseRequestURI(s)
	if err != nil {
		return origin{}, fmt.Errorf("unable to parse allowed origin: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return origin{}, fmt.Errorf("unable to parse allowed origin %q: allowed origins must be absolute URLs with http or https scheme", s)
	}
	if u.Host == "" {
		return origin{}, fmt.Errorf("unable to parse allowed origin %q: host is required", s)
	}
	entry, err := originOf(u)
	if err != nil {
		return origin{}, fmt.Errorf("unable to parse allowed origin: %w", err)
	}
	return entry, nil
}

func originOf(u *url.URL) (origin, error) {
	host, port, err := splitHost(u.Host, u.Scheme == "https")
	if err != nil {
		return origin{}, err
	}
	return origin{u.Scheme, host, port}, nil
}

// splitHost splits "host:port", where the port may be missing.
func splitHost(hostport string, secure bool) (host, port string, err error) {
	host, port, err = net.SplitHostPort(hostport)
	var addr *net.AddrError
	if errors.As(err, &addr) && addr.Err == "missing port in address" {
		host, port, err = strings.Trim(hostport, "[]"), "", nil
	}
	if err != nil {
		return "", "", err
	}
	if port == "" {
		port = defaultPort(secure)
	}
	return strings.ToLower(host), port, nil
}

func defaultPort(secure bool) string {
	if secure {
		return "443"
	}
	return "80"
}

func schemeOf(secure bool) string {
	if secure {
		return "https"
	}
	return "http"
}

// Check reports why the page that r comes from is not allowed:
// [ErrNotSameOrigin], [ErrOriginNotAllowed] or an error about an origin that does
// not parse. Secure says whether the connection is encrypted as the server
// sees it, so behind a proxy that ends TLS no https page is of the same origin.
func (o *Origins) Check(r *Request, secure bool) error {
	if o == nil || !o.same && o.list == nil {
		return nil
	}
	text := r.Header("Origin")
	if text == "" {
		text = r.Header("Sec-WebSocket-Origin")
	}
	if text == "" {
		return nil
	}
	u, err := url.ParseRequestURI(text)
	if err != nil {
		return err
	}
	page, err := originOf(u)
	if err != nil {
		return err
	}
	if o.same {
		host, port, err := splitHost(r.Host, secure)
		if err != nil {
			return err
		}
		if page != (origin{schemeOf(secure), host, port}) {
			return ErrNotSameOrigin
		}
	}
	if o.list != nil {
		if _, ok := o.list[page]; !ok {
			return ErrOriginNotAllowed
		}
	}
	return nil
}

func originRefused(err error) *Error {
	return &Error{Status: http.StatusForbidden, Reason: "origin not allowed: " + err.Error(), Err: err}
}
