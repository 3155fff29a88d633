package client

import "testing"

func TestIsPinned(t *testing.T) {
	t.Parallel()
	secure := &TLSState{PeerCerts: []PeerCert{{SPKISHA256: "a"}, {SPKISHA256: "b"}}}
	for _, tt := range []struct {
		name string
		tls  *TLSState
		pins []string
		want bool
	}{
		{"no TLS, no pins", nil, nil, true},
		{"no TLS", nil, []string{"a"}, true},
		{"no pins", secure, nil, true},
		{"no certificate", new(TLSState), []string{"a"}, false},
		{"no certificate, no pins", new(TLSState), nil, true},
		{"its own", secure, []string{"x", "a"}, true},
		{"that of its authority", secure, []string{"b"}, false},
	} {
		pins := make(map[string]struct{})
		for _, p := range tt.pins {
			pins[p] = struct{}{}
		}
		if got := (&Client{tls: tt.tls}).IsPinned(pins); got != tt.want {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}
