package config

import (
	"crypto/tls"
	"fmt"
	"maps"
	"slices"
)

// Change is an option that differs between two configurations and takes effect
// without a restart.
type Change struct {
	Name     string // of the option
	Old, New string // its values as text; those of secret options are hidden

	line string
}

// String is the log line that tells of the change.
func (c Change) String() string {
	if c.line != "" {
		return c.line
	}
	return fmt.Sprintf("Reloaded: %s = %s", c.Name, c.New)
}

// Diff compares the options a server runs with new ones, each with its
// defaults. It returns what changed in the order of the table, or an error and
// nothing if something changed that needs a restart.
//
// A new client port of -1 is no change: the server keeps the port it has.
func Diff(old, new *Options) ([]Change, error) {
	old, new = old.WithDefaults(), new.WithDefaults()
	if new.Port == -1 {
		new.Port = old.Port
	}
	var changes []Change
	for i := range root.Options {
		row := &root.Options[i]
		found, err := row.diff(old, new)
		if err != nil {
			return nil, err
		}
		changes = append(changes, found...)
	}
	return changes, nil
}

// differ is a binding that knows more of a change than that the texts differ:
// that of a block, whose parts have rules of their own.
type differ interface {
	diff(old, new any) ([]Change, error)
}

// diff compares one option in two values of the struct that its row is bound to.
func (o *Option) diff(old, new any) ([]Change, error) {
	if o.bind == nil || o.Reload == Unwatched {
		return nil, nil
	}
	if b, ok := o.bind.(differ); ok {
		return b.diff(old, new)
	}
	was, is := o.bind.text(old), o.bind.text(new)
	switch {
	case was == is:
		return nil, nil
	case o.Reload == Fixed:
		if o.Secret {
			was, is = redacted, redacted
		}
		return nil, refusal(o.label, was, is)
	default:
		return []Change{o.change(was, is)}, nil
	}
}

// change describes a change of the option's value.
func (o *Option) change(was, is string) Change {
	if o.Secret {
		was, is = redacted, redacted
	}
	c := Change{Name: o.Name, Old: was, New: is}
	if o.announce != nil {
		c.line = o.announce(was, is)
	}
	return c
}

// refusal is the error for a change that needs a restart.
func refusal(label string, old, new any) error {
	return fmt.Errorf("config reload not supported for %s: old=%v, new=%v", label, old, new)
}

// diffTLS compares two tls blocks with the certificates they loaded.
func diffTLS(old, new *TLS) ([]Change, error) {
	was, is := old, new
	if was == nil {
		was = &TLS{Timeout: DefaultTLSTimeout}
	}
	if is == nil {
		is = &TLS{Timeout: DefaultTLSTimeout}
	}
	if was.VerifyAndMap != is.VerifyAndMap {
		return nil, refusal("TLSMap", was.VerifyAndMap, is.VerifyAndMap)
	}
	if was.RateLimit != is.RateLimit {
		return nil, refusal("TLSRateLimit", was.RateLimit, is.RateLimit)
	}
	var changes []Change
	if (old == nil) != (new == nil) || !was.sameHandshake(is) {
		changes = append(changes, Change{Name: "tls", Old: enabled(old), New: enabled(new)})
	}
	if was.Timeout != is.Timeout {
		changes = append(changes, Change{Name: "tls timeout", Old: secondsText(was.Timeout), New: secondsText(is.Timeout)})
	}
	if !maps.Equal(was.PinnedCerts, is.PinnedCerts) {
		changes = append(changes, Change{
			Name: "pinned_certs", Old: fmt.Sprint(len(was.PinnedCerts)), New: fmt.Sprint(len(is.PinnedCerts)),
			line: fmt.Sprintf("Reloaded: %d pinned_certs", len(is.PinnedCerts)),
		})
	}
	return append(changes, diffHandshakeFirst(was.HandshakeFirst, is.HandshakeFirst)...), nil
}

// diffHandshakeFirst tells of both halves of handshake_first.
func diffHandshakeFirst(was, is HandshakeFirst) []Change {
	var changes []Change
	add := func(what string, old, new any) {
		changes = append(changes, Change{
			Name: "handshake_first", Old: fmt.Sprint(old), New: fmt.Sprint(new),
			line: fmt.Sprintf("Reloaded: Client TLS handshake first%s: %v", what, new),
		})
	}
	if was.Enabled != is.Enabled {
		add("", was.Enabled, is.Enabled)
	}
	if was.Fallback != is.Fallback {
		add(" fallback delay", was.Fallback, is.Fallback)
	}
	return changes
}

func enabled(t *TLS) string {
	if t == nil {
		return "disabled"
	}
	return "enabled"
}

// sameHandshake reports whether handshakes go the same way with both: equal
// settings, and certificates with equal content, wherever they came from.
func (t *TLS) sameHandshake(u *TLS) bool {
	if t.Verify != u.Verify || t.MinVersion != u.MinVersion ||
		!slices.Equal(t.CipherSuites, u.CipherSuites) || !slices.Equal(t.Curves, u.Curves) {
		return false
	}
	a, b := t.Config, u.Config
	if a == nil || b == nil {
		return a == b
	}
	if (a.ClientCAs == nil) != (b.ClientCAs == nil) || a.ClientCAs != nil && !a.ClientCAs.Equal(b.ClientCAs) {
		return false
	}
	return slices.EqualFunc(a.Certificates, b.Certificates, func(x, y tls.Certificate) bool {
		return slices.EqualFunc(x.Certificate, y.Certificate, slices.Equal)
	})
}
