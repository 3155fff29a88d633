package config

import (
	"crypto/tls"
	"fmt"
	"strings"
)

// Usage is the text of --help for a program of the given name. Flags of
// features that are not built are left out.
func Usage(program string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nUsage: %s [options]\n", program)
	for _, g := range flagGroups {
		g.usage(&b)
	}
	b.WriteString("\n")
	return b.String()
}

// usage writes the flags of the group that are built, if there are any.
func (g *FlagGroup) usage(b *strings.Builder) {
	titled := false
	for i := range g.Flags {
		if !g.Flags[i].Feature.Built() {
			continue
		}
		if !titled {
			fmt.Fprintf(b, "\n%s:\n", g.Title)
			titled = true
		}
		g.Flags[i].usage(b)
	}
}

// usageColumn is where the sentences about flags begin.
const usageColumn = 36

// usage writes one flag. Names of one or two letters stand left of the others.
func (f *Flag) usage(b *strings.Builder) {
	var names []string
	for _, n := range f.Names {
		names = append(names, flagName(n))
	}
	left := "    " + strings.Join(names, ", ")
	if strings.HasPrefix(names[0], "--") {
		left = "    " + left
	}
	if f.Arg != "" {
		left += " <" + f.Arg + ">"
	}
	if len(left) >= usageColumn {
		fmt.Fprintf(b, "%s\n%*s%s\n", left, usageColumn, "", f.Doc)
		return
	}
	fmt.Fprintf(b, "%-*s%s\n", usageColumn, left, f.Doc)
}

// UsageTLS is the text of --help_tls.
func UsageTLS() string {
	var b strings.Builder
	b.WriteString("TLS is configured in the tls block of a configuration file:\n\n" + tlsExample + "\nOptions of the block:\n")
	for i := range tlsBlock.Options {
		row := &tlsBlock.Options[i]
		if row.Feature.Built() && row.Reload != Unwatched {
			fmt.Fprintf(&b, "    %s\n        %s\n", row.Name, row.Doc)
		}
	}
	b.WriteString("\nCipher suites:\n")
	for _, suite := range tls.CipherSuites() {
		fmt.Fprintf(&b, "    %s\n", suite.Name)
	}
	b.WriteString("\nCipher suites that need allow_insecure_cipher_suites:\n")
	for _, suite := range tls.InsecureCipherSuites() {
		fmt.Fprintf(&b, "    %s\n", suite.Name)
	}
	b.WriteString("\nCurve preferences:\n")
	for _, curve := range curves {
		fmt.Fprintf(&b, "    %s\n", curve.name)
	}
	return b.String()
}

// tlsExample is a complete tls block.
const tlsExample = `    tls {
        cert_file: "./certs/server-cert.pem"
        key_file:  "./certs/server-key.pem"
        ca_file:   "./certs/ca.pem"
        verify:    true
        timeout:   2

        min_version: "1.2"
        cipher_suites: [
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
        ]
        curve_preferences: [ "X25519", "CurveP256" ]
    }
`
