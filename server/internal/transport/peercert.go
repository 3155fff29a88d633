package transport

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
)

// SPKIHash returns the lower-case hex SHA-256 of a certificate's public key,
// the form in which certificates are pinned.
func SPKIHash(cert *x509.Certificate) string { return hexSum(cert.RawSubjectPublicKeyInfo) }

// CertHash returns the lower-case hex SHA-256 of a whole certificate.
func CertHash(cert *x509.Certificate) string { return hexSum(cert.Raw) }

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// pinned reports whether the peer's certificate is among the pinned ones.
// Without pins every peer is; without a certificate none is.
func pinned(state *tls.ConnectionState, pins map[string]struct{}) bool {
	if len(pins) == 0 {
		return true
	}
	if len(state.PeerCertificates) == 0 {
		return false
	}
	_, ok := pins[SPKIHash(state.PeerCertificates[0])]
	return ok
}

// describePeer names the certificate that could not be verified, for the log.
func describePeer(err error) string {
	var v *tls.CertificateVerificationError
	if !errors.As(err, &v) || len(v.UnverifiedCertificates) == 0 {
		return ""
	}
	cert := v.UnverifiedCertificates[0]
	return fmt.Sprintf(" (%s SHA-256: %s)", cert.Subject, CertHash(cert))
}

// QuietHandshakeError reports whether a failed handshake is not worth an error
// in the log: nobody spoke, or somebody spoke something else.
func QuietHandshakeError(err error) bool {
	var record tls.RecordHeaderError
	var timeout interface{ Timeout() bool }
	return errors.As(err, &record) || errors.As(err, &timeout) && timeout.Timeout()
}
