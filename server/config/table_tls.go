package config

import "time"

// tlsOptions are what encrypts client connections.
func tlsOptions() []Option {
	return []Option{
		{
			Name: "tls", Type: TypeSection, Reload: Live, Block: tlsBlock,
			Doc:  "TLS for client connections and for monitoring over HTTPS.",
			bind: tlsBinding[Options]{ptr: func(o *Options) **TLS { return &o.TLS }, compare: diffTLS},
		},
		{
			Name: "allow_non_tls", Type: TypeBool, Default: "false", label: "AllowNonTLS",
			Doc:  "Accept clients without TLS on the same port.",
			bind: bind(boolKind, func(o *Options) *bool { return &o.AllowNonTLS }),
		},
		{
			Name: "ocsp", Type: TypeMixed, Reload: Live, Feature: FeatureOCSP,
			off:   offWord("never"),
			Doc:   "OCSP stapling for the server's certificates: true, false, or a block.",
			Block: &Block{Options: subOptions(sub(TypeString, "mode"), sub(TypeStrings, "urls"), sub(TypeString, "url"))},
		},
		{
			Name: "ocsp_cache", Type: TypeMixed, Reload: Live, Feature: FeatureOCSP,
			off: offWord("none"),
			Doc: "Cache for the OCSP responses about peers: true, false, or a block.",
			Block: &Block{Options: subOptions(
				sub(TypeString, "type"), sub(TypeFile, "local_store"),
				sub(TypeBool, "preserve_revoked"), sub(TypeSeconds, "save_interval"),
			)},
		},
	}
}

// tlsBlock is the inside of every tls block. Its rows are bound to a [TLS].
var tlsBlock = &Block{
	unknown: "error parsing tls config, unknown field %q",
	mistyped: map[Type]string{
		TypeBool: "error parsing tls config, expected '%s' to be a boolean",
		TypeFile: "error parsing tls config, expected '%s' to be filename",
	},
	Options: []Option{
		{
			Name: "cert_file", Type: TypeFile, Reload: Live, Doc: "Certificate chain in PEM form.",
			bind: bindTLS(stringKind, func(t *TLS) *string { return &t.CertFile }),
		},
		{
			Name: "key_file", Type: TypeFile, Reload: Live, Doc: "Private key of the certificate in PEM form.",
			bind: bindTLS(stringKind, func(t *TLS) *string { return &t.KeyFile }),
		},
		{
			Name: "ca_file", Type: TypeFile, Reload: Live, Doc: "Certificates in PEM form against which peers are verified.",
			bind: bindTLS(stringKind, func(t *TLS) *string { return &t.CAFile }),
		},
		{
			Name: "certs", Aliases: []string{"certificates"}, Type: TypeSections, Reload: Live,
			Doc:   "Several certificates, chosen by the name a client asks for; instead of cert_file.",
			Block: certsBlock,
			bind:  bindTLS(certsKind, func(t *TLS) *[]CertPair { return &t.Certs }),
		},
		{
			Name: "verify", Type: TypeBool, Reload: Live, Default: "false", Doc: "Require and verify a client certificate.",
			bind: bindTLS(boolKind, func(t *TLS) *bool { return &t.Verify }),
		},
		{
			Name: "verify_and_map", Type: TypeBool, Default: "false", label: "TLSMap",
			Doc:  "As verify, and take the user from the certificate; as long as no users are configured, just as verify.",
			bind: bindTLS(boolKind, func(t *TLS) *bool { return &t.VerifyAndMap }),
		},
		{
			Name: "verify_cert_and_check_known_urls", Type: TypeBool, Reload: Live, Default: "false",
			Doc:  "For clusters and gateways: accept only peers whose certificate names a configured URL.",
			bind: bindTLS(knownURLsKind, func(t *TLS) *bool { return new(bool) }),
		},
		{
			Name: "insecure", Type: TypeBool, Reload: Live, Default: "false",
			Doc:  "For connections that the server opens: do not verify the other side.",
			bind: bindTLS(boolKind, func(t *TLS) *bool { return &t.Insecure }),
		},
		{
			Name: "timeout", Type: TypeSeconds, Reload: Live, Default: "2", Doc: "Time for the handshake.",
			bind: bindTLS(tlsTimeoutKind, func(t *TLS) *time.Duration { return &t.Timeout }),
		},
		{
			Name: "cipher_suites", Type: TypeStrings, Reload: Live, Doc: "Cipher suites of TLS 1.2, by their Go names.",
			bind: bindTLS(ciphersKind, func(t *TLS) *[]uint16 { return &t.CipherSuites }),
		},
		{
			Name: "allow_insecure_cipher_suites", Type: TypeBool, Reload: Live, Default: "false",
			Doc:  "Permit cipher suites that are known to be weak.",
			bind: bindTLS(boolKind, func(t *TLS) *bool { return &t.AllowInsecureCiphers }),
		},
		{
			Name: "curve_preferences", Type: TypeStrings, Reload: Live, Doc: "Key exchange mechanisms, by their Go names.",
			bind: bindTLS(curvesKind, func(t *TLS) *tlsCurves { return (*tlsCurves)(&t.Curves) }),
		},
		{
			Name: "min_version", Type: TypeString, Reload: Live, Default: `"1.2"`, Values: []string{"1.2", "1.3"},
			Doc:  "Lowest version of TLS that is spoken.",
			bind: bindTLS(tlsVersionKind, func(t *TLS) *uint16 { return &t.MinVersion }),
		},
		{
			Name: "pinned_certs", Type: TypeStrings, Reload: Live,
			Doc:  "SHA-256 digests, in hex, of the public keys (SubjectPublicKeyInfo) that peers may have.",
			bind: bindTLS(pinnedKind, func(t *TLS) *map[string]struct{} { return &t.PinnedCerts }),
		},
		{
			Name: "handshake_first", Aliases: []string{"first", "immediate"}, Type: TypeMixed, Reload: Live, Default: "false",
			Doc: "Begin with the handshake, before INFO: true or false, or auto or a duration to wait that long for a " +
				"client that does so.",
			bind: bindTLS(handshakeFirstKind, func(t *TLS) *HandshakeFirst { return &t.HandshakeFirst }),
		},
		{
			Name: "connection_rate_limit", Type: TypeInteger, Default: "0", label: "TLSRateLimit",
			Doc:  "New TLS connections of clients per second; 0 means any number.",
			bind: bindTLS(rateLimitKind, func(t *TLS) *int { return &t.RateLimit }),
		},
		{
			Name: "ocsp_peer", Type: TypeMixed, Reload: Live, Default: "false", Feature: FeatureOCSP,
			Doc: "Ask the issuer whether a client's certificate was revoked: true, false, or a block.",
			Block: &Block{
				unknown: "error parsing tls peer config, unknown field [%q]",
				Options: subOptions(
					sub(TypeBool, "verify"), sub(TypeFile, "ca"), sub(TypeSeconds, "ca_timeout"),
					sub(TypeSeconds, "allowed_clockskew"), sub(TypeBool, "warn_only"), sub(TypeBool, "unknown_is_good"),
					sub(TypeBool, "allow_when_ca_unreachable"), sub(TypeSeconds, "cache_ttl_when_next_update_unset"),
				),
			},
		},
		windowsOption("cert_store"),
		windowsOption("cert_match_by"),
		windowsOption("cert_match"),
		windowsOption("ca_certs_match"),
		windowsOption("cert_match_skip_invalid"),
	},
}

// certsBlock is one element of a certs array.
var certsBlock = &Block{
	unknown: "error parsing tls certs config, unknown field %q",
	Options: []Option{
		{
			Name: "cert_file", Type: TypeFile, Doc: "Certificate chain in PEM form.",
			bind: field[CertPair, string]{kind: stringKind, ptr: func(p *CertPair) *string { return &p.CertFile }},
		},
		{
			Name: "key_file", Type: TypeFile, Doc: "Private key of the certificate in PEM form.",
			bind: field[CertPair, string]{kind: stringKind, ptr: func(p *CertPair) *string { return &p.KeyFile }},
		},
	},
}

// bindTLS binds a row of a tls block.
func bindTLS[V any](k *kind[V], ptr func(*TLS) *V) binding {
	return field[TLS, V]{kind: k, ptr: ptr}
}
