package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

// Set is an authority and what it signed.
type Set struct {
	Files  map[string]string // ca.pem, server.pem, server.key, client.pem, client.key, by name
	Pool   *x509.CertPool    // the authority, for clients
	Client tls.Certificate
}

// Default is made once per process.
var Default = sync.OnceValue(New)

// New makes a fresh set. It panics when the system has no randomness, which
// no test can do anything about.
func New() *Set {
	ca, caKey := sign(template("dunlin test authority", true), nil, nil)
	set := &Set{Pool: x509.NewCertPool(), Files: map[string]string{"ca.pem": encode("CERTIFICATE", ca.Raw)}}
	set.Pool.AddCert(ca)
	for _, name := range []string{"server", "client"} {
		cert, key := sign(template(name, false), ca, caKey)
		der, err := x509.MarshalECPrivateKey(key)
		if err != nil {
			panic(err)
		}
		set.Files[name+".pem"] = encode("CERTIFICATE", cert.Raw)
		set.Files[name+".key"] = encode("EC PRIVATE KEY", der)
	}
	pair, err := tls.X509KeyPair([]byte(set.Files["client.pem"]), []byte(set.Files["client.key"]))
	if err != nil {
		panic(err)
	}
	set.Client = pair
	return set
}

// Config is what a client needs to trust the server; with a certificate of
// its own if asked.
func (s *Set) Config(withCertificate bool) *tls.Config {
	c := &tls.Config{RootCAs: s.Pool, ServerName: "localhost", MinVersion: tls.VersionTLS12}
	if withCertificate {
		c.Certificates = []tls.Certificate{s.Client}
	}
	return c
}

func template(name string, authority bool) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		panic(err)
	}
	return &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name, Organization: []string{"dunlin tests"}},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IsCA:                  authority,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
}

// sign makes a key and a certificate for it, self-signed without a parent.
func sign(cert, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	if parent == nil {
		parent, parentKey = cert, key
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, parentKey)
	if err != nil {
		panic(fmt.Errorf("certificate %s: %w", cert.Subject, err))
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return signed, key
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
