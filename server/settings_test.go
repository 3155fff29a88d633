package server

import (
	"crypto/tls"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/config"
)

func TestInfoTellsOfTLS(t *testing.T) {
	t.Parallel()
	first := config.HandshakeFirst{Enabled: true}
	type facts struct{ Required, Available, Verify bool }
	for _, tt := range []struct {
		name string
		opts Options
		want facts
	}{
		{"plain", Options{}, facts{}},
		{"TLS", Options{TLS: &config.TLS{Config: new(tls.Config)}}, facts{Required: true}},
		{"TLS or not", Options{TLS: &config.TLS{Config: new(tls.Config)}, AllowNonTLS: true}, facts{Available: true}},
		{"TLS first", Options{TLS: &config.TLS{Config: new(tls.Config), HandshakeFirst: first}}, facts{Required: true}},
		{"TLS first leaves no choice", Options{TLS: &config.TLS{Config: new(tls.Config), HandshakeFirst: first}, AllowNonTLS: true}, facts{Required: true}},
		{"certificates of clients", Options{TLS: &config.TLS{Config: &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert}}},
			facts{Required: true, Verify: true}},
		{"certificates that nobody verifies", Options{TLS: &config.TLS{Config: &tls.Config{ClientAuth: tls.RequestClientCert}}},
			facts{Required: true}},
	} {
		info := infoOf(t, tt.opts)
		if diff := cmp.Diff(tt.want, facts{info.TLSRequired, info.TLSAvailable, info.TLSVerify}); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
	}
}

func TestInfoTellsTheAdvertisedAddress(t *testing.T) {
	t.Parallel()
	type address struct {
		Host string
		Port int
	}
	for advertise, want := range map[string]address{
		"":                 {"0.0.0.0", 4711},
		"example.org":      {"example.org", 4711},
		"example.org:99":   {"example.org", 99},
		"example.org:0":    {"example.org", 4711},
		"[2001:db8::1]:99": {"2001:db8::1", 99},
	} {
		info := infoOf(t, Options{ClientAdvertise: advertise})
		if diff := cmp.Diff(want, address{info.Host, info.Port}); diff != "" {
			t.Errorf("%q: -want +got:\n%s", advertise, diff)
		}
	}
}

// infoOf returns the INFO that clients of a server on port 4711 start from.
func infoOf(t *testing.T, opts Options) protocol.Info {
	t.Helper()
	opts.Log.NoLog = true
	s, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return s.infoTemplate(s.Options(), 4711)
}
