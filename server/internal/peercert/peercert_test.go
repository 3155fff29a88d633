package peercert

import (
	"crypto/x509"
	"testing"
)

func TestPinned(t *testing.T) {
	t.Parallel()
	a := &x509.Certificate{RawSubjectPublicKeyInfo: []byte("key a"), Raw: []byte("certificate a")}
	b := &x509.Certificate{RawSubjectPublicKeyInfo: []byte("key b")}
	onlyA := map[string]struct{}{SPKI(a): {}}
	for _, tt := range []struct {
		name  string
		certs []*x509.Certificate
		pins  map[string]struct{}
		want  bool
	}{
		{"no pins, no certificate", nil, nil, true},
		{"no pins", []*x509.Certificate{a}, nil, true},
		{"no certificate", nil, onlyA, false},
		{"the pinned one", []*x509.Certificate{a}, onlyA, true},
		{"another one", []*x509.Certificate{b}, onlyA, false},
		{"the pinned one further up the chain", []*x509.Certificate{b, a}, onlyA, false},
	} {
		if got := Pinned(tt.certs, tt.pins); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestHashes(t *testing.T) {
	t.Parallel()
	c := &x509.Certificate{Raw: []byte("abc"), RawSubjectPublicKeyInfo: []byte("")}
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	if Hash(c) != abc || SPKI(c) != empty {
		t.Errorf("Hash %s, SPKI %s", Hash(c), SPKI(c))
	}
}
