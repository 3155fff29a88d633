package certmap

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"strconv"
	"strings"
)

func counted(s string) string { return strconv.Itoa(len(s)) + ":" + s }

// subjectDN returns the subject of a certificate as RFC 4514 orders it; false
// if it holds anything that has no name there.
func subjectDN(sequence pkix.RDNSequence) (DN, bool) {
	dn := make(DN, 0, len(sequence))
	for i := len(sequence) - 1; i >= 0; i-- {
		rdn := make(RDN, 0, len(sequence[i]))
		for _, a := range sequence[i] {
			name := attributeName(a.Type)
			value, ok := a.Value.(string)
			if name == "" || !ok {
				return nil, false
			}
			rdn = append(rdn, Attribute{name, value})
		}
		dn = append(dn, rdn)
	}
	return dn, len(dn) > 0
}

func attributeName(oid asn1.ObjectIdentifier) string {
	for _, k := range known {
		if k.oid.Equal(oid) {
			return k.name
		}
	}
	return ""
}

// sequence is the subject as the certificate has it, in DER order.
func sequence(cert *x509.Certificate) pkix.RDNSequence {
	var s pkix.RDNSequence
	if rest, err := asn1.Unmarshal(cert.RawSubject, &s); err != nil || len(rest) != 0 {
		return nil
	}
	return s
}

// components lists the domain components of a subject, in DER order.
func components(s pkix.RDNSequence) string {
	var parts []string
	for _, rdn := range s {
		for _, a := range rdn {
			if value, ok := a.Value.(string); ok && a.Type.Equal(oidDC) {
				parts = append(parts, "DC="+value)
			}
		}
	}
	return strings.Join(parts, ",")
}

// plainSubject is the subject as one line, of the attributes alone that a
// pkix.Name has fields for.
func plainSubject(cert *x509.Certificate) string {
	name := cert.Subject
	name.ExtraNames = nil
	return name.ToRDNSequence().String()
}
