package transport

import (
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/dunlin-mq/dunlin/server/internal/peercert"
)

// describePeer names the certificate that could not be verified, for the log.
func describePeer(err error) string {
	var v *tls.CertificateVerificationError
	if !errors.As(err, &v) || len(v.UnverifiedCertificates) == 0 {
		return ""
	}
	cert := v.UnverifiedCertificates[0]
	return fmt.Sprintf(" (%s SHA-256: %s)", cert.Subject, peercert.Hash(cert))
}

// QuietHandshakeError reports whether a failed handshake is not worth an error
// in the log: nobody spoke, or somebody spoke something else.
func QuietHandshakeError(err error) bool {
	var record tls.RecordHeaderError
	var timeout interface{ Timeout() bool }
	return errors.As(err, &record) || errors.As(err, &timeout) && timeout.Timeout()
}
