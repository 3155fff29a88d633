package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// testFiles are the files that configurations of tests may name.
var testFiles = sync.OnceValue(func() map[string][]byte {
	files := map[string][]byte{"bad.pem": []byte("junk")}
	for _, name := range []string{"a", "b"} {
		cert, key := selfSigned(name + ".example")
		files[name+".pem"], files[name+"-key.pem"] = cert, key
	}
	return files
})

// selfSigned returns a certificate and its key in PEM form.
func selfSigned(name string) (cert, key []byte) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IsCA:         true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		panic(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}

// readTestFile is how decoders of tests read.
func readTestFile(path string) ([]byte, error) {
	if b, ok := testFiles()[path]; ok {
		return b, nil
	}
	return nil, &os.PathError{Op: "open", Path: path, Err: errors.New("no such file or directory")}
}

// parseText decodes text in memory.
func parseText(text string) (*Options, []Problem, error) {
	d := &decoder{readFile: readTestFile}
	return d.parse("c.conf", []byte(text))
}

// mustParse returns the options in text, which has nothing wrong with it.
func mustParse(t testing.TB, text string) *Options {
	t.Helper()
	o, warnings, err := parseText(text)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	if len(warnings) > 0 {
		t.Fatalf("%s\nunexpected warnings: %v", text, warnings)
	}
	return o
}

// complaints returns everything that is said about text, one line each.
func complaints(text string) string {
	_, warnings, err := parseText(text)
	var lines []string
	for _, w := range warnings {
		lines = append(lines, "warning: "+w.String())
	}
	var all *Error
	switch {
	case errors.As(err, &all):
		for _, p := range all.Problems {
			line := p.String()
			if p.Warning {
				line = "warning: " + line
			}
			lines = append(lines, line)
		}
	case err != nil:
		lines = append(lines, "not an *Error: "+err.Error())
	}
	return strings.Join(lines, "\n")
}
