package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// Load reads the certificates and keys that t names and returns a copy of it
// whose Config is ready for a listener. Call it again to take over certificates
// that were replaced on disk.
func (t TLS) Load() (*TLS, error) { return t.load(os.ReadFile) }

// load is Load with the source of files given.
func (t TLS) load(readFile func(string) ([]byte, error)) (*TLS, error) {
	if err := t.checkSuites(); err != nil {
		return nil, err
	}
	certificates, err := t.certificates(readFile)
	if err != nil {
		return nil, err
	}
	c := &tls.Config{
		Certificates:     certificates,
		CipherSuites:     t.CipherSuites,
		CurvePreferences: t.Curves,
		MinVersion:       max(t.MinVersion, tls.VersionTLS12),
	}
	if t.Verify || t.VerifyAndMap {
		t.Verify = true
		c.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if t.CAFile != "" {
		if c.ClientCAs, err = loadPool(t.CAFile, readFile); err != nil {
			return nil, err
		}
	}
	t.Config = c
	return &t, nil
}

// checkSuites refuses weak cipher suites unless they are asked for.
func (t *TLS) checkSuites() error {
	if t.AllowInsecureCiphers {
		return nil
	}
	weak := make(map[uint16]bool)
	for _, suite := range tls.InsecureCipherSuites() {
		weak[suite.ID] = true
	}
	var names []string
	for _, id := range t.CipherSuites {
		if weak[id] {
			names = append(names, tls.CipherSuiteName(id))
		}
	}
	if len(names) > 0 {
		return fmt.Errorf("insecure cipher suites configured without 'allow_insecure_cipher_suites' option set: %s", strings.Join(names, ", "))
	}
	return nil
}

// certificates loads what cert_file or certs name. There may be none, which
// starts but fails every handshake.
func (t *TLS) certificates(readFile func(string) ([]byte, error)) ([]tls.Certificate, error) {
	switch {
	case t.CertFile != "" && len(t.Certs) > 0:
		return nil, errors.New("error parsing tls config, cannot combine 'cert_file' option with 'certs' option")
	case t.CertFile != "" && t.KeyFile == "":
		return nil, errors.New("missing 'key_file' in TLS configuration")
	case t.CertFile == "" && t.KeyFile != "":
		return nil, errors.New("missing 'cert_file' in TLS configuration")
	case t.CertFile != "":
		pair, err := loadPair(CertPair{t.CertFile, t.KeyFile}, readFile)
		if err != nil {
			return nil, fmt.Errorf("error parsing X509 certificate/key pair: %w", err)
		}
		return []tls.Certificate{pair}, nil
	}
	var out []tls.Certificate
	for i, names := range t.Certs {
		pair, err := loadPair(names, readFile)
		if err != nil {
			return nil, fmt.Errorf("error parsing X509 certificate/key pair %d/%d: %w", i+1, len(t.Certs), err)
		}
		out = append(out, pair)
	}
	return out, nil
}

// loadPair reads a certificate with its key. The certificate's parsed form is
// kept with it, so that handshakes need not parse it.
func loadPair(names CertPair, readFile func(string) ([]byte, error)) (tls.Certificate, error) {
	cert, err := readFile(names.CertFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := readFile(names.KeyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(cert, key)
}

// loadPool reads a bundle of certificates.
func loadPool(path string, readFile func(string) ([]byte, error)) (*x509.CertPool, error) {
	pem, err := readFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("failed to parse root ca certificate")
	}
	return pool, nil
}

// tlsBinding binds a tls block to the field of a T that ptr returns.
type tlsBinding[T any] struct {
	ptr func(*T) **TLS
	// compare is what a reload does about two such blocks.
	compare func(old, new *TLS) ([]Change, error)
}

func (b tlsBinding[T]) decode(c *cursor, target any, v *syntax.Value) {
	if v.Kind != syntax.KindMap {
		c.mistyped("a map", v)
		return
	}
	before := len(c.problems)
	var t TLS
	c.decodeMap(tlsBlock, v.Map, &t)
	// Files are only looked at when the block itself is right: what they lack
	// may be the consequence of a mistake already reported.
	for _, p := range c.problems[before:] {
		if !p.Warning {
			return
		}
	}
	loaded, err := t.load(c.readFile)
	if err != nil {
		c.errorf("%v", err)
		return
	}
	*b.ptr(target.(*T)) = loaded
}

func (b tlsBinding[T]) text(target any) string { return enabled(*b.ptr(target.(*T))) }

func (b tlsBinding[T]) diff(old, new any) ([]Change, error) {
	return b.compare(*b.ptr(old.(*T)), *b.ptr(new.(*T)))
}

func (b tlsBinding[T]) check(_ *Option, target any) string {
	if t := *b.ptr(target.(*T)); t != nil && t.Config == nil {
		return "TLS has no Config: use what its Load method returns"
	}
	return ""
}

// windowsOption is a row about the certificate store of Windows, which this
// server does not read.
func windowsOption(name string) Option {
	return Option{
		Name: name, Type: TypeMixed, Reload: Unwatched, bind: windowsBinding{},
		Doc: "Refused: certificates are not read from the certificate store of Windows.",
	}
}

type windowsBinding struct{}

func (windowsBinding) decode(c *cursor, _ any, _ *syntax.Value) {
	c.errorf("%s not compatible with current operating system", c.key)
}
func (windowsBinding) text(any) string           { return "" }
func (windowsBinding) check(*Option, any) string { return "" }
