package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// webSocketBinding binds the websocket block to Options.WebSocket.
type webSocketBinding struct{}

func (webSocketBinding) decode(c *cursor, target any, v *syntax.Value) {
	if v.Kind != syntax.KindMap {
		c.errorf("Expected websocket to be a map, got %s", goType(v))
		return
	}
	// A second block, under the other name, adds to the first: what it does not
	// mention, such as a list of origins, must not be lost.
	c.decodeMap(webSocketBlock, v.Map, &target.(*Options).WebSocket)
}

func (webSocketBinding) text(target any) string {
	if target.(*Options).WebSocket.Enabled() {
		return "enabled"
	}
	return "disabled"
}

// check looks at the bounds of each row; of a listener that is off none matter.
func (webSocketBinding) check(_ *Option, target any) string {
	w := &target.(*Options).WebSocket
	if !w.Enabled() {
		return ""
	}
	for i := range webSocketBlock.Options {
		row := &webSocketBlock.Options[i]
		if row.bind == nil {
			continue
		}
		if why := row.bind.check(row, w); why != "" {
			return "websocket: " + why
		}
	}
	return ""
}

// oneOrMany returns the strings of a value that is one, or an array of them.
// wrong says what to report about a value, and about an element, of another
// type; both take the name of that type.
func oneOrMany(c *cursor, v *syntax.Value, wrong, wrongItem string) ([]*syntax.Value, bool) {
	switch v.Kind {
	case syntax.KindString:
		return []*syntax.Value{v}, true
	case syntax.KindArray:
	default:
		c.errorf(wrong, goType(v))
		return nil, false
	}
	ok := true
	for _, item := range v.Array {
		if item.Kind != syntax.KindString {
			c.decoder.errorf(item.Pos, wrongItem, goType(item))
			ok = false
		}
	}
	return v.Array, ok
}

// originsKind reads origins as they are: what is wrong with one is found when a
// listener is to be started with it.
var originsKind = &kind[[]string]{
	parse: func(c *cursor, v *syntax.Value) ([]string, bool) {
		items, ok := oneOrMany(c, v,
			"error parsing allowed origins: unsupported type %s", "error parsing allowed origins: unsupported type in array %s")
		if !ok {
			return nil, false
		}
		var origins []string
		for _, item := range items {
			origins = append(origins, item.Str)
		}
		return origins, true
	},
	format: func(origins []string) string { return fmt.Sprintf("%q", origins) },
}

// handshakeTimeoutKind reads a duration; numbers of seconds were always fine here.
var handshakeTimeoutKind = &kind[time.Duration]{
	parse: func(c *cursor, v *syntax.Value) (time.Duration, bool) {
		switch v.Kind {
		case syntax.KindInt:
			return wholeSeconds(c, v.Int)
		case syntax.KindString:
			d, err := time.ParseDuration(v.Str)
			if err != nil {
				c.errorf("error parsing handshake timeout: %v", err)
				return 0, false
			}
			return d, true
		default:
			c.errorf("error parsing handshake timeout: unsupported type %s", goType(v))
			return 0, false
		}
	},
	format: time.Duration.String,
	check:  notNegative,
}

// headersKind reads a map of headers to their values.
var headersKind = &kind[map[string]string]{
	parse: func(c *cursor, v *syntax.Value) (map[string]string, bool) {
		if v.Kind != syntax.KindMap {
			c.errorf("error parsing headers: unsupported type %s", goType(v))
			return nil, false
		}
		headers, ok := make(map[string]string), true
		for _, e := range effective(v.Map) {
			if e.Value.Kind != syntax.KindString {
				c.decoder.errorf(e.KeyPos, "error parsing header key %s: unsupported type %s", e.Key, goType(e.Value))
				ok = false
				continue
			}
			headers[e.Key] = e.Value.Str
		}
		return headers, ok
	},
	format: func(headers map[string]string) string { return fmt.Sprintf("%q", headers) },
}

// pathsKind reads one path or several.
var pathsKind = &kind[[]string]{
	parse: func(c *cursor, v *syntax.Value) ([]string, bool) {
		items, ok := oneOrMany(c, v,
			"path should be a string or an array of strings, not %s", "path should be an array of strings, not hold %s")
		if !ok {
			return nil, false
		}
		var paths []string
		for _, item := range items {
			if why := badPath(c.key, item.Str); why != "" {
				c.decoder.errorf(item.Pos, "%s", why)
				ok = false
			}
			paths = append(paths, item.Str)
		}
		return paths, ok
	},
	format: func(paths []string) string { return fmt.Sprintf("%q", paths) },
	check: func(_ *Option, key string, paths []string) string {
		for _, p := range paths {
			if why := badPath(key, p); why != "" {
				return why
			}
		}
		return ""
	},
}

// badPath says why a request could never have this escaped path, or "".
func badPath(key, path string) string {
	if !strings.HasPrefix(path, "/") {
		return fmt.Sprintf("%s should begin with a slash, unlike %q", key, path)
	}
	u, err := url.ParseRequestURI(path)
	if err != nil || u.EscapedPath() != path {
		return fmt.Sprintf("%s should be a path as it stands in a URL, unlike %q", key, path)
	}
	return ""
}

// healthPathKind reads a path, or false or nothing for none.
var healthPathKind = &kind[string]{
	parse: func(c *cursor, v *syntax.Value) (string, bool) {
		switch {
		case v.Kind == syntax.KindBool && !v.Bool, v.Kind == syntax.KindString && v.Str == "":
			return NoHealthPath, true
		case v.Kind == syntax.KindString:
			return v.Str, true
		default:
			c.errorf("%s should be a path or false, not %s", c.key, plain(v))
			return "", false
		}
	},
	format: func(path string) string { return path },
	check: func(_ *Option, key, path string) string {
		if path == "" || path == NoHealthPath {
			return ""
		}
		return badPath(key, path)
	},
}

// proxiesKind reads addresses and networks.
var proxiesKind = &kind[[]netip.Prefix]{
	parse: func(c *cursor, v *syntax.Value) ([]netip.Prefix, bool) {
		items, ok := oneOrMany(c, v,
			"trusted_proxies should be an array of strings, not %s", "trusted_proxies should be an array of strings, not hold %s")
		if !ok {
			return nil, false
		}
		var proxies []netip.Prefix
		for _, item := range items {
			p, good := parseNetwork(item.Str)
			if !good {
				c.decoder.errorf(item.Pos, "%s should hold addresses and networks such as \"10.0.0.0/8\", unlike %q", c.key, item.Str)
				ok = false
			}
			proxies = append(proxies, p)
		}
		return proxies, ok
	},
	format: func(proxies []netip.Prefix) string { return fmt.Sprint(proxies) },
	check: func(_ *Option, key string, proxies []netip.Prefix) string {
		if slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return !p.IsValid() }) {
			return key + " holds a network that is none"
		}
		return ""
	},
}

// parseNetwork reads a network, or an address as the network that holds only
// it. IPv4 networks have one form, however they were written.
func parseNetwork(s string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		addr, err := netip.ParseAddr(s)
		if err != nil || addr.Zone() != "" {
			return netip.Prefix{}, false
		}
		p = netip.PrefixFrom(addr, addr.BitLen())
	}
	if addr := p.Addr(); addr.Is4In6() {
		const mapped = 96 // the bits in front of the IPv4 address
		if p.Bits() < mapped {
			return netip.Prefix{}, false
		}
		p = netip.PrefixFrom(addr.Unmap(), p.Bits()-mapped)
	}
	return p.Masked(), true
}
