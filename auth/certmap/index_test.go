package certmap

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// attr is an attribute of a subject, by the last arcs of its identifier.
func attr(name, value string) pkix.AttributeTypeAndValue {
	oids := map[string]asn1.ObjectIdentifier{
		"EMAIL": {1, 2, 840, 113549, 1, 9, 1},
		"UID":   {0, 9, 2342, 19200300, 100, 1, 1},
	}
	for _, k := range known {
		oids[k.name] = k.oid
	}
	return pkix.AttributeTypeAndValue{Type: oids[name], Value: value}
}

// subject makes a sequence of single-valued parts: type, value, type, value.
func subject(parts ...string) (s pkix.RDNSequence) {
	for i := 0; i < len(parts); i += 2 {
		s = append(s, pkix.RelativeDistinguishedNameSET{attr(parts[i], parts[i+1])})
	}
	return s
}

// certificate makes one with the subject in the order given, as DER has it.
func certificate(tb testing.TB, s pkix.RDNSequence, change func(*x509.Certificate)) *x509.Certificate {
	tb.Helper()
	raw, err := asn1.Marshal(s)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), RawSubject: raw}
	if change != nil {
		change(template)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return cert
}

func alternativeNames(c *x509.Certificate) {
	c.EmailAddresses = []string{"a@x.org", "b@x.org"}
	c.DNSNames = []string{"a.x.org", "b.x.org"}
	c.URIs = []*url.URL{{Scheme: "spiffe", Host: "x.org", Path: "/a"}}
}

func TestFind(t *testing.T) {
	t.Parallel()
	bob := subject("C", "US", "O", "acme", "CN", "bob")
	dcs := subject("DC", "org", "DC", "x", "OU", "users", "CN", "bob")
	email := subject("C", "US", "O", "acme", "CN", "bob", "EMAIL", "bob@acme.com")
	multi := pkix.RDNSequence{
		{attr("O", "acme")},
		{attr("CN", "bob"), attr("OU", "dev")},
	}
	for _, tt := range []struct {
		name    string
		subject pkix.RDNSequence
		change  func(*x509.Certificate)
		users   []string
		want    string
		how     string
	}{
		{"e-mail before DNS", bob, alternativeNames, []string{"a.x.org", "b@x.org"}, "b@x.org", `Using email found in cert for auth ["b@x.org"]`},
		{"e-mails in order", bob, alternativeNames, []string{"b@x.org", "a@x.org"}, "a@x.org", `Using email found in cert for auth ["a@x.org"]`},
		{"DNS before URI", bob, alternativeNames, []string{"spiffe://x.org/a", "b.x.org"}, "b.x.org", `Using SAN found in cert for auth ["b.x.org"]`},
		{"URI before the subject", bob, alternativeNames, []string{"CN=bob,O=acme,C=US", "spiffe://x.org/a"}, "spiffe://x.org/a", `Using URI found in cert for auth ["spiffe://x.org/a"]`},
		{"the subject where no alternative is a user", bob, alternativeNames, []string{"CN=bob,O=acme,C=US"}, "CN=bob,O=acme,C=US", `Using DistinguishedNameMatch for auth ["CN=bob,O=acme,C=US"]`},
		{"blanks behind commas", bob, nil, []string{"CN=bob, O=acme, C=US"}, "CN=bob, O=acme, C=US", `Using DistinguishedNameMatch for auth ["CN=bob, O=acme, C=US"]`},
		{"types in any case", bob, nil, []string{"cn=bob,o=acme,c=US"}, "cn=bob,o=acme,c=US", `Using DistinguishedNameMatch for auth ["cn=bob,o=acme,c=US"]`},
		{"values in their case", bob, nil, []string{"CN=Bob,O=acme,C=US"}, "", `User in cert ["CN=bob,O=acme,C=US"], not found`},
		{"reversed", bob, nil, []string{"C=US,O=acme,CN=bob"}, "C=US,O=acme,CN=bob", `Using DistinguishedNameMatch for auth ["C=US,O=acme,CN=bob"]`},
		{"the exact order wins", bob, nil, []string{"C=US,O=acme,CN=bob", "CN=bob,O=acme,C=US"}, "CN=bob,O=acme,C=US", `Using DistinguishedNameMatch for auth ["CN=bob,O=acme,C=US"]`},
		{"a part is missing", bob, nil, []string{"CN=bob,O=acme"}, "", `User in cert ["CN=bob,O=acme,C=US"], not found`},
		{"a part too many", bob, nil, []string{"CN=bob,O=acme,C=US,C=US"}, "", `User in cert ["CN=bob,O=acme,C=US"], not found`},
		{"domain components, exact", dcs, nil, []string{"CN=bob,OU=users,DC=x,DC=org"}, "CN=bob,OU=users,DC=x,DC=org", `Using DistinguishedNameMatch for auth ["CN=bob,OU=users,DC=x,DC=org"]`},
		{"domain components, reversed", dcs, nil, []string{"DC=org,DC=x,OU=users,CN=bob"}, "DC=org,DC=x,OU=users,CN=bob", `Using DistinguishedNameMatch for auth ["DC=org,DC=x,OU=users,CN=bob"]`},
		{"domain components left out", dcs, nil, []string{"CN=bob,OU=users"}, "CN=bob,OU=users", `Using certificate subject for auth ["CN=bob,OU=users"]`},
		{"several attributes in one part", multi, nil, []string{"OU=dev+CN=bob,O=acme"}, "OU=dev+CN=bob,O=acme", `Using DistinguishedNameMatch for auth ["OU=dev+CN=bob,O=acme"]`},
		{"several attributes are one part", multi, nil, []string{"OU=dev,CN=bob,O=acme"}, "", `User in cert ["CN=bob,OU=dev,O=acme"], not found`},
		{"an unknown attribute, not compared by structure", email, nil, []string{"C=US,O=acme,CN=bob"}, "", `User in cert ["CN=bob,O=acme,C=US"], not found`},
		{"an unknown attribute is left out of the text", email, nil, []string{"CN=bob,O=acme,C=US"}, "CN=bob,O=acme,C=US", `Using certificate subject for auth ["CN=bob,O=acme,C=US"]`},
		{"unknown attribute and domain components", append(slices.Clone(dcs), subject("UID", "7")...), nil, []string{"CN=bob,OU=users,DC=org,DC=x"}, "CN=bob,OU=users,DC=org,DC=x", `Using RDNSequence for auth ["CN=bob,OU=users,DC=org,DC=x"]`},
		{"the common name alone is nobody", bob, nil, []string{"bob", "CN=bob"}, "", `User in cert ["CN=bob,O=acme,C=US"], not found`},
		{"no names at all", nil, nil, []string{"bob", ""}, "", "User required in cert, none found"},
		{"a value that looks like two parts", subject("CN", "bob,O=acme"), nil, []string{"CN=bob,O=acme"}, "", `User in cert ["CN=bob\\,O=acme"], not found`},
		{"a value with separators, escaped", subject("CN", "bob,O=acme"), nil, []string{`CN=bob\2cO=acme`}, `CN=bob\2cO=acme`, `Using DistinguishedNameMatch for auth ["CN=bob\\2cO=acme"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cert := certificate(t, tt.subject, tt.change)
			got := NewIndex(slices.Values(tt.users)).Find([]*x509.Certificate{cert}, func(name string) bool { return slices.Contains(tt.users, name) })
			if diff := cmp.Diff(Found{User: tt.want, How: tt.how}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOnlyTheFirstCertificateCounts(t *testing.T) {
	t.Parallel()
	a, b := certificate(t, subject("CN", "a"), nil), certificate(t, subject("CN", "b"), nil)
	var text *Index // compares as text, as leaf nodes and routes do
	onlyB := func(name string) bool { return name == "CN=b" }
	want := Found{How: `User in cert ["CN=a"], not found`, Several: true}
	if diff := cmp.Diff(want, text.Find([]*x509.Certificate{a, b}, onlyB)); diff != "" {
		t.Error(diff)
	}
	want = Found{User: "CN=b", How: `Using certificate subject for auth ["CN=b"]`}
	if diff := cmp.Diff(want, text.Find([]*x509.Certificate{b}, onlyB)); diff != "" {
		t.Error(diff)
	}
	want = Found{How: "User required in cert, no peer certificates found"}
	if diff := cmp.Diff(want, text.Find(nil, onlyB)); diff != "" {
		t.Error(diff)
	}
}

// A user that may not connect this way is passed over for another.
func TestUsersThatAreNotAllowedArePassedOver(t *testing.T) {
	t.Parallel()
	users := []string{"CN=bob,O=acme", "cn=bob, o=acme"}
	got := NewIndex(slices.Values(users)).Find([]*x509.Certificate{certificate(t, subject("O", "acme", "CN", "bob"), nil)},
		func(name string) bool { return name == users[1] })
	if got.User != users[1] {
		t.Errorf("%+v", got)
	}
}
