package certmap

import (
	"crypto/x509"
	"fmt"
	"iter"
	"strings"
)

// Index knows the names of users that are distinguished names. It is immutable.
// A nil Index knows none, so that names are compared as text only.
type Index struct {
	exact    map[string][]string // names by what they say, part by part
	anyOrder map[string][]string // the same whatever the order of the parts
}

// NewIndex prepares the names of users; those that are no distinguished names
// do not count.
func NewIndex(names iter.Seq[string]) *Index {
	x := &Index{exact: make(map[string][]string), anyOrder: make(map[string][]string)}
	for name := range names {
		if !strings.Contains(name, "=") {
			continue
		}
		dn, err := ParseDN(name)
		if err != nil {
			continue
		}
		exact, anyOrder := dn.key(false), dn.key(true)
		x.exact[exact] = append(x.exact[exact], name)
		x.anyOrder[anyOrder] = append(x.anyOrder[anyOrder], name)
	}
	return x
}

// Found is what a certificate stands for.
type Found struct {
	// User is the name; empty if it stands for nobody.
	User string
	// How is a line for the debug log: what matched, or why nothing did.
	How string
	// Several says that the peer presented more than one certificate of which the
	// first was taken.
	Several bool
}

// Find returns the first name in a peer's certificate that allowed accepts: one
// of a user who may connect this way.
func (x *Index) Find(certs []*x509.Certificate, allowed func(name string) bool) Found {
	if len(certs) == 0 {
		return Found{How: "User required in cert, no peer certificates found"}
	}
	f := x.find(certs[0], allowed)
	f.Several = len(certs) > 1
	return f
}

func (x *Index) find(cert *x509.Certificate, allowed func(name string) bool) Found {
	for what, name := range alternatives(cert) {
		if name != "" && allowed(name) {
			return Found{User: name, How: fmt.Sprintf("Using %s found in cert for auth [%q]", what, name)}
		}
	}
	dns := sequence(cert)
	if user := x.structural(cert, allowed); user != "" {
		return Found{User: user, How: fmt.Sprintf("Using DistinguishedNameMatch for auth [%q]", user)}
	}
	plain := plainSubject(cert)
	if dcs := components(dns); dcs != "" {
		full := dcs
		if plain != "" {
			full = plain + "," + dcs
		}
		if allowed(full) {
			return Found{User: full, How: fmt.Sprintf("Using RDNSequence for auth [%q]", full)}
		}
	}
	switch {
	case plain == "":
		return Found{How: "User required in cert, none found"}
	case allowed(plain):
		return Found{User: plain, How: fmt.Sprintf("Using certificate subject for auth [%q]", plain)}
	}
	return Found{How: fmt.Sprintf("User in cert [%q], not found", plain)}
}

// alternatives yields the subject alternative names, with what they are.
func alternatives(cert *x509.Certificate) iter.Seq2[string, string] {
	return func(yield func(what, name string) bool) {
		for _, email := range cert.EmailAddresses {
			if !yield("email", email) {
				return
			}
		}
		for _, name := range cert.DNSNames {
			if !yield("SAN", name) {
				return
			}
		}
		for _, uri := range cert.URIs {
			if !yield("URI", uri.String()) {
				return
			}
		}
	}
}

// structural finds a user whose name is the subject, whatever the way it is
// written; the same order counts for more than the same parts.
func (x *Index) structural(cert *x509.Certificate, allowed func(name string) bool) string {
	if x == nil {
		return ""
	}
	dn, ok := subjectDN(sequence(cert))
	if !ok {
		return ""
	}
	for _, names := range [][]string{x.exact[dn.key(false)], x.anyOrder[dn.key(true)]} {
		for _, name := range names {
			if allowed(name) {
				return name
			}
		}
	}
	return ""
}
