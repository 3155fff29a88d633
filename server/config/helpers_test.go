package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
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

// handshake runs one over a pipe and returns whose certificate was served.
func handshake(c *tls.Config, name string) (string, error) {
	client, server := net.Pipe()
	var reader sync.WaitGroup
	defer reader.Wait()
	defer client.Close()
	defer server.Close()
	done := make(chan error, 1)
	go func() { done <- tls.Server(server, c).Handshake() }()
	conn := tls.Client(client, &tls.Config{ServerName: name, InsecureSkipVerify: true})
	if err := conn.Handshake(); err != nil {
		return "", err
	}
	// Of TLS 1.3 the server sends one more record, which nobody else reads.
	reader.Go(func() { io.Copy(io.Discard, conn) })
	if err := <-done; err != nil {
		return "", err
	}
	return conn.ConnectionState().PeerCertificates[0].Subject.CommonName, nil
}

// complaintsAt puts the file's name in front of each line.
func complaintsAt(lines string) string {
	return "c.conf:" + strings.ReplaceAll(lines, "\n", "\nc.conf:")
}
