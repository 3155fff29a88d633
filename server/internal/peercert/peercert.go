package peercert

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
)

// SPKI returns the lower-case hex SHA-256 of a certificate's public key
// (SubjectPublicKeyInfo in DER), the form in which certificates are pinned.
func SPKI(cert *x509.Certificate) string { return hexSum(cert.RawSubjectPublicKeyInfo) }

// Hash returns the lower-case hex SHA-256 of a whole certificate.
func Hash(cert *x509.Certificate) string { return hexSum(cert.Raw) }

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Pinned reports whether a peer that presented certs, its own first, may
// connect: without pins everybody may, without a certificate nobody.
func Pinned(certs []*x509.Certificate, pins map[string]struct{}) bool {
	if len(pins) == 0 {
		return true
	}
	if len(certs) == 0 {
		return false
	}
	_, ok := pins[SPKI(certs[0])]
	return ok
}
