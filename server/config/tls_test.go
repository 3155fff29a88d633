package config

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestComplaintsAboutTLS(t *testing.T) {
	t.Parallel()
	const pair = `cert_file: "a.pem", key_file: "a-key.pem"`
	tests := []struct{ inside, want string }{
		{``, ""},
		{pair, ""},
		{`cert_file: "a.pem"`, `1:0: missing 'key_file' in TLS configuration`},
		{`key_file: "a-key.pem"`, `1:0: missing 'cert_file' in TLS configuration`},
		{`cert_file: "no", key_file: "no"`,
			`1:0: error parsing X509 certificate/key pair: open no: no such file or directory`},
		{`cert_file: "a.pem", key_file: "no"`,
			`1:0: error parsing X509 certificate/key pair: open no: no such file or directory`},
		{`cert_file: "bad.pem", key_file: "a-key.pem"`,
			`1:0: error parsing X509 certificate/key pair: tls: failed to find any PEM data in certificate input`},
		{`cert_file: "a.pem", key_file: "b-key.pem"`,
			`1:0: error parsing X509 certificate/key pair: tls: private key does not match public key`},
		{`ca_file: "no"`, `1:0: open no: no such file or directory`},
		{`ca_file: "bad.pem"`, `1:0: failed to parse root ca certificate`},
		{`cert_file: 5`, `1:5: error parsing tls config, expected 'cert_file' to be filename`},
		{`key_file: 5`, `1:5: error parsing tls config, expected 'key_file' to be filename`},
		{`ca_file: 5`, `1:5: error parsing tls config, expected 'ca_file' to be filename`},
		{`verify: 5`, `1:5: error parsing tls config, expected 'verify' to be a boolean`},
		{`insecure: 5`, `1:5: error parsing tls config, expected 'insecure' to be a boolean`},
		{`allow_insecure_cipher_suites: 5`,
			`1:5: error parsing tls config, expected 'allow_insecure_cipher_suites' to be a boolean`},
		{`verify_cert_and_check_known_urls: 5`,
			`1:5: error parsing tls config, expected 'verify_cert_and_check_known_urls' to be a boolean`},
		{`verify_cert_and_check_known_urls: false`, ""},
		{`verify_cert_and_check_known_urls: true`, `1:5: verify_cert_and_check_known_urls not supported in this context`},
		{`verify_and_map: false`, ""},
		{`verify_and_map: true`, ""},
		{`verify_and_map: 5`, `1:5: error parsing tls config, expected 'verify_and_map' to be a boolean`},
		{`ocsp_peer: false`, ""},
		{`ocsp_peer: true`,
			`1:5: option "ocsp_peer" belongs to a feature that this version of dunlin does not have yet`},
		{`ocsp_peer {foo: 1}`,
			`1:5: option "ocsp_peer" belongs to a feature that this version of dunlin does not have yet` + "\n" +
				`1:16: error parsing tls peer config, unknown field ["foo"]`},

		{`certs: []`, ""},
		{`certs: [{` + pair + `}, {cert_file: "b.pem", key_file: "b-key.pem"}]`, ""},
		{pair + `, certs: [{` + pair + `}]`,
			`1:0: error parsing tls config, cannot combine 'cert_file' option with 'certs' option`},
		{`certs: [{cert_file: "a.pem"}]`,
			`1:14: error parsing certificates config: both 'cert_file' and 'cert_key' options are required`},
		{`certs: [{}]`,
			`1:5: error parsing certificates config: both 'cert_file' and 'cert_key' options are required`},
		{`certs: [{` + pair + `}, {cert_file: "a.pem", key_file: "no"}]`,
			`1:0: error parsing X509 certificate/key pair 2/2: open no: no such file or directory`},
		{`certificates: [{foo: 5}]`, `1:21: error parsing tls certs config, unknown field "foo"`},
		{`certs: 5`, `1:5: error parsing certificates config: unsupported type int64`},
		{`certs: [5 ]`, `1:13: error parsing certificates config: unsupported type int64`},

		{`timeout: 1.5`, ""},
		{`timeout: "1500ms"`, ""},
		{`timeout: true`, `1:5: error parsing tls config, 'timeout' wrong type`},
		{`timeout: "abc"`, `1:5: error parsing tls config, 'timeout' time: invalid duration "abc"`},
		{`timeout: -1`, `1:5: timeout can not be negative`},
		{`timeout: 9223372037`, `1:5: timeout value is too big: 9223372037 seconds`},
		{`timeout: 9300000000.5`, `1:5: timeout value is too big: 9.3000000005e+09 seconds`},

		{`cipher_suites: []`, `1:5: error parsing tls config, 'cipher_suites' cannot be empty`},
		{`cipher_suites: 5`, `1:5: cipher_suites should be an array of strings, not an integer`},
		{`cipher_suites: [5 ]`, `1:21: cipher_suites should be an array of strings, not hold an integer`},
		{`cipher_suites: [FOO, BAR]`, "1:21: unrecognized cipher FOO\n1:26: unrecognized cipher BAR"},
		{`cipher_suites: [TLS_RSA_WITH_RC4_128_SHA, TLS_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_128_CBC_SHA]`,
			`1:0: insecure cipher suites configured without 'allow_insecure_cipher_suites' option set: TLS_RSA_WITH_RC4_128_SHA, TLS_RSA_WITH_AES_128_CBC_SHA`},
		{`cipher_suites: [TLS_RSA_WITH_RC4_128_SHA], allow_insecure_cipher_suites: true`, ""},
		{`curve_preferences: []`, `1:5: error parsing tls config, 'curve_preferences' cannot be empty`},
		{`curve_preferences: 5`, `1:5: curve_preferences should be an array of strings, not an integer`},
		{`curve_preferences: [foo]`, `1:25: unrecognized curve preference foo`},
		{`min_version: "1.1"`, `1:5: error parsing tls config: unsupported TLS version: TLS 1.1`},
		{`min_version: "1.0"`, `1:5: error parsing tls config: unsupported TLS version: TLS 1.0`},
		{`min_version: "9"`, `1:5: error parsing tls config: unknown version: 9`},
		{`min_version: 1.2`, `1:5: error parsing tls config: 'min_version' wrong type: 1.2`},

		{`min_version: 2`, `1:5: error parsing tls config: 'min_version' wrong type: 2`},
		{`min_version: true`, `1:5: error parsing tls config: 'min_version' wrong type: true`},
		{`min_version: {}`, `1:5: error parsing tls config: 'min_version' wrong type: a map`},

		{`pinned_certs: []`, ""},
		{`pinned_certs: 5`,
			`1:5: error parsing tls config, expected 'pinned_certs' to be a list of hex-encoded sha256 of DER encoded SubjectPublicKeyInfo`},
		{`pinned_certs: [abc]`,
			`1:20: error parsing tls config, 'pinned_certs' key abc does not look like hex-encoded sha256 of DER encoded SubjectPublicKeyInfo`},
		{`handshake_first: zzz`, `1:5: field "handshake_first"'s value "zzz" is invalid`},
		{`handshake_first: "-5s"`, `1:5: field "handshake_first"'s value "-5s" is invalid`},
		{`first: 5`, `1:5: field "first" should be a boolean or a string, got int64`},
		{`connection_rate_limit: "a"`, `1:5: error parsing tls config, 'connection_rate_limit' wrong type`},

		{`cert_store: "windowscurrentuser"`, `1:5: cert_store not compatible with current operating system`},
		{`foo: 1, certfile: 2`, "1:5: error parsing tls config, unknown field \"foo\"\n" +
			`1:13: error parsing tls config, unknown field "certfile", did you mean "cert_file"?`},
	}
	for _, tt := range tests {
		t.Run(tt.inside, func(t *testing.T) {
			t.Parallel()
			want := tt.want
			if want != "" {
				want = complaintsAt(want)
			}
			if diff := cmp.Diff(want, complaints(`tls {`+tt.inside+`}`)); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("no block", func(t *testing.T) {
		t.Parallel()
		if diff := cmp.Diff(`c.conf:1:0: tls should be a map, not an integer`, complaints(`tls: 5`)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTLSValues(t *testing.T) {
	t.Parallel()
	pin := strings.Repeat("Ab", 32)
	tests := []struct {
		inside string
		want   TLS
	}{
		{``, TLS{}},
		{`verify: true, timeout: 0.5, connection_rate_limit: 7`,
			TLS{Verify: true, Timeout: 500 * time.Millisecond, RateLimit: 7}},
		{`timeout: 3`, TLS{Timeout: 3 * time.Second}},
		{`timeout: "3s", connection_rate_limit: -1`, TLS{Timeout: 3 * time.Second}},
		{`handshake_first: true`, TLS{HandshakeFirst: HandshakeFirst{Enabled: true}}},
		{`first: "on"`, TLS{HandshakeFirst: HandshakeFirst{Enabled: true}}},
		{`first: "off"`, TLS{}},
		{`immediate: AUTO`, TLS{HandshakeFirst: HandshakeFirst{Enabled: true, Fallback: 50 * time.Millisecond}}},
		{`immediate: auto_fallback`, TLS{HandshakeFirst: HandshakeFirst{Enabled: true, Fallback: 50 * time.Millisecond}}},
		{`handshake_first: 300ms`, TLS{HandshakeFirst: HandshakeFirst{Enabled: true, Fallback: 300 * time.Millisecond}}},
		{`pinned_certs: ["` + pin + `"]`, TLS{PinnedCerts: map[string]struct{}{strings.Repeat("ab", 32): {}}}},
		{`min_version: "1.3"`, TLS{MinVersion: tls.VersionTLS13}},
		{`curve_preferences: [CurveP384, X25519MLKEM768]`, TLS{Curves: []tls.CurveID{tls.CurveP384, tls.X25519MLKEM768}}},
		{`cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]`,
			TLS{CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}}},
		{`certificates: [{cert_file: "a.pem", key_file: "a-key.pem"}]`, TLS{Certs: []CertPair{{"a.pem", "a-key.pem"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.inside, func(t *testing.T) {
			t.Parallel()
			got := mustParse(t, `tls {`+tt.inside+`}`).TLS
			if diff := cmp.Diff(&tt.want, got, cmpopts.IgnoreFields(TLS{}, "Config")); diff != "" {
				t.Error(diff)
			}
			if got.Config == nil {
				t.Error("Config was not built")
			}
		})
	}
}

func TestTLSConfigFollowsOptions(t *testing.T) {
	t.Parallel()
	c := mustParse(t, `tls {
		certs: [{cert_file: "a.pem", key_file: "a-key.pem"}, {cert_file: "b.pem", key_file: "b-key.pem"}]
		ca_file: "a.pem", verify: true, min_version: "1.3"
		curve_preferences: [X25519], cipher_suites: [TLS_AES_128_GCM_SHA256]
	}`).TLS.Config
	if c.MinVersion != tls.VersionTLS13 || c.ClientAuth != tls.RequireAndVerifyClientCert || c.ClientCAs == nil {
		t.Errorf("min version %x, client auth %v, pool %v", c.MinVersion, c.ClientAuth, c.ClientCAs)
	}
	if diff := cmp.Diff([]tls.CurveID{tls.X25519}, c.CurvePreferences); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]uint16{tls.TLS_AES_128_GCM_SHA256}, c.CipherSuites); diff != "" {
		t.Error(diff)
	}
	if c := mustParse(t, `tls {}`).TLS.Config; c.MinVersion != tls.VersionTLS12 || c.ClientAuth != tls.NoClientCert {
		t.Errorf("an empty block asks for version %x and client auth %v", c.MinVersion, c.ClientAuth)
	}
}

func TestTLSCertificateIsChosenByName(t *testing.T) {
	t.Parallel()
	c := mustParse(t, `tls {certs: [{cert_file: "a.pem", key_file: "a-key.pem"}, {cert_file: "b.pem", key_file: "b-key.pem"}]}`).TLS.Config
	for _, name := range []string{"a.example", "b.example"} {
		cert, err := handshake(c, name)
		if err != nil {
			t.Fatal(err)
		}
		if cert != name {
			t.Errorf("%s was served the certificate of %s", name, cert)
		}
	}
}

func TestTLSLoadReadsFilesAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string) {
		for from, to := range map[string]string{name + ".pem": "cert.pem", name + "-key.pem": "key.pem"} {
			if err := os.WriteFile(filepath.Join(dir, to), testFiles()[from], 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	block := TLS{CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem")}
	for _, name := range []string{"a", "b"} {
		write(name)
		loaded, err := block.Load()
		if err != nil {
			t.Fatal(err)
		}
		if got := loaded.Config.Certificates[0].Leaf.Subject.CommonName; got != name+".example" {
			t.Errorf("loaded the certificate of %s", got)
		}
	}
	if block.Config != nil {
		t.Error("Load changed its receiver")
	}
}
