package config

import (
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// certsKind reads the certs array.
var certsKind = &kind[[]CertPair]{
	parse: func(c *cursor, v *syntax.Value) ([]CertPair, bool) {
		if v.Kind != syntax.KindArray {
			c.errorf("error parsing certificates config: unsupported type %s", goType(v))
			return nil, false
		}
		pairs, ok := []CertPair(nil), true
		for _, item := range v.Array {
			pair, good := certPair(c, item)
			pairs, ok = append(pairs, pair), ok && good
		}
		return pairs, ok
	},
	format: func(pairs []CertPair) string { return fmt.Sprint(pairs) },
}

// certPair reads one element of a certs array.
func certPair(c *cursor, v *syntax.Value) (CertPair, bool) {
	var pair CertPair
	if v.Kind != syntax.KindMap {
		c.decoder.errorf(v.Pos, "error parsing certificates config: unsupported type %s", goType(v))
		return pair, false
	}
	before := len(c.problems)
	c.decodeMap(certsBlock, v.Map, &pair)
	if len(c.problems) > before {
		return pair, false
	}
	if pair.CertFile == "" || pair.KeyFile == "" {
		at := c.pos
		if v.Map.Len() > 0 {
			at = v.Map.Entries[0].KeyPos
		}
		c.decoder.errorf(at, "error parsing certificates config: both 'cert_file' and 'cert_key' options are required")
		return pair, false
	}
	return pair, true
}

// knownURLsKind accepts only false: no block that it makes sense in is built.
var knownURLsKind = &kind[bool]{
	parse: func(c *cursor, v *syntax.Value) (bool, bool) {
		b, ok := boolKind.parse(c, v)
		if ok && b {
			c.errorf("%s not supported in this context", c.key)
			return false, false
		}
		return b, ok
	},
	format: boolKind.format,
}

// tlsTimeoutKind reads seconds as an integer, a float or a duration string.
var tlsTimeoutKind = &kind[time.Duration]{
	parse: func(c *cursor, v *syntax.Value) (time.Duration, bool) {
		switch v.Kind {
		case syntax.KindInt:
			return wholeSeconds(c, v.Int)
		case syntax.KindFloat:
			ns := v.Float * float64(time.Second)
			// The conversion is undefined for what does not fit.
			if !(ns > -math.MaxInt64 && ns < math.MaxInt64) {
				c.errorf("%s value is too big: %g seconds", c.key, v.Float)
				return 0, false
			}
			return time.Duration(ns), true
		case syntax.KindString:
			d, err := time.ParseDuration(v.Str)
			if err != nil {
				c.errorf("error parsing tls config, 'timeout' %v", err)
				return 0, false
			}
			return d, true
		default:
			c.errorf("error parsing tls config, 'timeout' wrong type")
			return 0, false
		}
	},
	format: secondsText,
	check:  notNegative,
}

// listOf reads an array of strings of which each names a V.
func listOf[V any](empty string, named func(c *cursor, name *syntax.Value) (V, bool)) func(*cursor, *syntax.Value) ([]V, bool) {
	return func(c *cursor, v *syntax.Value) ([]V, bool) {
		if v.Kind != syntax.KindArray {
			c.mistyped("an array of strings", v)
			return nil, false
		}
		if len(v.Array) == 0 && empty != "" {
			c.errorf(empty, c.key)
			return nil, false
		}
		list, ok := make([]V, 0, len(v.Array)), true
		for _, item := range v.Array {
			if item.Kind != syntax.KindString {
				c.decoder.errorf(item.Pos, "%s should be an array of strings, not hold %s", c.key, article(item.Kind))
				ok = false
				continue
			}
			value, good := named(c, item)
			list, ok = append(list, value), ok && good
		}
		return list, ok
	}
}

// ciphersKind reads cipher suites by their Go names, the weak ones included:
// [TLS.Load] decides about those.
var ciphersKind = &kind[[]uint16]{
	parse: listOf("error parsing tls config, '%s' cannot be empty", func(c *cursor, name *syntax.Value) (uint16, bool) {
		for _, list := range [][]*tls.CipherSuite{tls.CipherSuites(), tls.InsecureCipherSuites()} {
			for _, suite := range list {
				if suite.Name == name.Str {
					return suite.ID, true
				}
			}
		}
		c.decoder.errorf(name.Pos, "unrecognized cipher %s", name.Str)
		return 0, false
	}),
	format: func(ids []uint16) string {
		names := make([]string, len(ids))
		for i, id := range ids {
			names[i] = tls.CipherSuiteName(id)
		}
		return fmt.Sprint(names)
	},
}

// tlsCurves is a list with a kind of its own.
type tlsCurves []tls.CurveID

// curves are the key exchange mechanisms by the names that files use.
var curves = []struct {
	name string
	id   tls.CurveID
}{
	{"X25519MLKEM768", tls.X25519MLKEM768},
	{"SecP384r1MLKEM1024", tls.SecP384r1MLKEM1024},
	{"SecP256r1MLKEM768", tls.SecP256r1MLKEM768},
	{"X25519", tls.X25519},
	{"CurveP256", tls.CurveP256},
	{"CurveP384", tls.CurveP384},
	{"CurveP521", tls.CurveP521},
}

var parseCurves = listOf("error parsing tls config, '%s' cannot be empty", func(c *cursor, name *syntax.Value) (tls.CurveID, bool) {
	for _, curve := range curves {
		if curve.name == name.Str {
			return curve.id, true
		}
	}
	c.decoder.errorf(name.Pos, "unrecognized curve preference %s", name.Str)
	return 0, false
})

var curvesKind = &kind[tlsCurves]{
	parse: func(c *cursor, v *syntax.Value) (tlsCurves, bool) {
		list, ok := parseCurves(c, v)
		return list, ok
	},
	format: func(ids tlsCurves) string { return fmt.Sprint([]tls.CurveID(ids)) },
}

// tlsVersionKind reads min_version.
var tlsVersionKind = &kind[uint16]{
	parse: func(c *cursor, v *syntax.Value) (uint16, bool) {
		if v.Kind != syntax.KindString {
			c.errorf("error parsing tls config: '%s' wrong type: %s", c.key, plain(v))
			return 0, false
		}
		switch v.Str {
		case "1.0":
			c.errorf("error parsing tls config: unsupported TLS version: TLS 1.0")
		case "1.1":
			c.errorf("error parsing tls config: unsupported TLS version: TLS 1.1")
		case "1.2":
			return tls.VersionTLS12, true
		case "1.3":
			return tls.VersionTLS13, true
		default:
			c.errorf("error parsing tls config: unknown version: %s", v.Str)
		}
		return 0, false
	},
	format: tls.VersionName,
}

// pinnedKind reads the digests of public keys.
var pinnedKind = &kind[map[string]struct{}]{
	parse: func(c *cursor, v *syntax.Value) (map[string]struct{}, bool) {
		if v.Kind != syntax.KindArray {
			c.errorf("error parsing tls config, expected '%s' to be a list of hex-encoded sha256 of DER encoded SubjectPublicKeyInfo", c.key)
			return nil, false
		}
		digests, ok := parsePins(c, v)
		if !ok || len(digests) == 0 {
			return nil, ok
		}
		pins := make(map[string]struct{}, len(digests))
		for _, digest := range digests {
			pins[digest] = struct{}{}
		}
		return pins, true
	},
	format: func(pins map[string]struct{}) string { return fmt.Sprint(len(pins)) },
}

var parsePins = listOf("", func(c *cursor, v *syntax.Value) (string, bool) {
	if b, err := hex.DecodeString(v.Str); err != nil || len(b) != 32 {
		c.decoder.errorf(v.Pos, "error parsing tls config, '%s' key %s does not look like hex-encoded sha256 of DER encoded SubjectPublicKeyInfo", c.key, strings.ToLower(v.Str))
		return "", false
	}
	return strings.ToLower(v.Str), true
})

// autoFallback is how long handshake_first: auto waits for a client to begin.
const autoFallback = 50 * time.Millisecond

// handshakeFirstKind reads the three forms of handshake_first.
var handshakeFirstKind = &kind[HandshakeFirst]{
	parse: func(c *cursor, v *syntax.Value) (HandshakeFirst, bool) {
		switch v.Kind {
		case syntax.KindBool:
			return HandshakeFirst{Enabled: v.Bool}, true
		case syntax.KindString:
		default:
			c.errorf("field %q should be a boolean or a string, got %s", c.key, goType(v))
			return HandshakeFirst{}, false
		}
		switch strings.ToLower(v.Str) {
		case "true", "on":
			return HandshakeFirst{Enabled: true}, true
		case "false", "off":
			return HandshakeFirst{}, true
		case "auto", "auto_fallback":
			return HandshakeFirst{Enabled: true, Fallback: autoFallback}, true
		}
		d, err := time.ParseDuration(v.Str)
		if err != nil || d <= 0 {
			c.errorf("field %q's value %q is invalid", c.key, v.Str)
			return HandshakeFirst{}, false
		}
		return HandshakeFirst{Enabled: true, Fallback: d}, true
	},
	format: func(h HandshakeFirst) string {
		if h.Fallback > 0 {
			return h.Fallback.String()
		}
		return fmt.Sprint(h.Enabled)
	},
}

// rateLimitKind is limitKind with the message of the tls block.
var rateLimitKind = &kind[int]{
	parse: func(c *cursor, v *syntax.Value) (int, bool) {
		if v.Kind != syntax.KindInt {
			c.errorf("error parsing tls config, '%s' wrong type", c.key)
			return 0, false
		}
		return limitKind.parse(c, v)
	},
	format: limitKind.format,
}

// plain renders a scalar as it was written.
func plain(v *syntax.Value) string {
	switch v.Kind {
	case syntax.KindString:
		return v.Str
	case syntax.KindInt:
		return fmt.Sprint(v.Int)
	case syntax.KindFloat:
		return fmt.Sprint(v.Float)
	case syntax.KindBool:
		return fmt.Sprint(v.Bool)
	default:
		return article(v.Kind)
	}
}
