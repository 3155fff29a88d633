package certmap

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

var dns = []struct {
	text string
	want DN // nil is an error
}{
	{"CN=bob", DN{{{"CN", "bob"}}}},
	{"cn = bob , O= acme corp ", DN{{{"CN", "bob"}}, {{"O", "acme corp"}}}},
	{"OU=a+CN=b,C=", DN{{{"OU", "a"}, {"CN", "b"}}, {{"C", ""}}}},
	{`CN=a\,b\+c\=d\\e\"f\#g\;`, DN{{{"CN", `a,b+c=d\e"f#g;`}}}},
	{`CN=\20a\ `, DN{{{"CN", " a "}}}},
	{`CN=a\  `, DN{{{"CN", "a "}}}},
	{`CN=\e2\82\ac`, DN{{{"CN", "€"}}}},
	{"CN=a=b", DN{{{"CN", "a=b"}}}},
	{"2.5.4.3=x", DN{{{"2.5.4.3", "x"}}}},
	{"", nil},
	{"bob", nil},
	{"=bob", nil},
	{"CN=a,", nil},
	{"CN=a,,O=b", nil},
	{"CN=a+", nil},
	{",CN=a", nil},
	{"CN=#0403", nil},
	{`CN=a\`, nil},
	{`CN=a\g1`, nil},
	{`CN="a"`, nil},
	{"CN=a;O=b", nil},
	{"C N=a", nil},
	{"\u017ft=a", nil}, // a letter whose capital is S
}

func TestParseDN(t *testing.T) {
	t.Parallel()
	for _, tt := range dns {
		got, err := ParseDN(tt.text)
		if (err != nil) != (tt.want == nil) {
			t.Errorf("%q: error %v", tt.text, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
}

// Names that differ must not have a key in common.
func TestKeysTellNamesApart(t *testing.T) {
	t.Parallel()
	seen := make(map[string]string)
	for _, text := range []string{
		"CN=a,O=b", "CN=a+O=b", `CN=a\,O=b`, "CN=a", "CN=ab", "CN=a,O=b,O=b", "CN=A,O=b", `CN=1:a`, "CN=a,O=", "O=a,CN=b",
	} {
		dn, err := ParseDN(text)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[dn.key(true)]; ok {
			t.Errorf("%q is %q", text, other)
		}
		seen[dn.key(true)] = text
	}
}

func FuzzParseDN(f *testing.F) {
	for _, tt := range dns {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		dn, err := ParseDN(s)
		if err != nil {
			return
		}
		size := 0
		for _, rdn := range dn {
			for _, a := range rdn {
				size += len(a.Type) + len(a.Value)
				if a.Type == "" {
					t.Fatal("an attribute without a type")
				}
			}
		}
		if len(dn) == 0 || size > len(s) {
			t.Fatalf("%d parts with %d bytes from %q", len(dn), size, s)
		}
		if len(dn) > 1 {
			dn[0], dn[1] = dn[1], dn[0]
			swapped := dn.key(true)
			dn[0], dn[1] = dn[1], dn[0]
			if dn.key(true) != swapped {
				t.Fatal("the order matters")
			}
		}
	})
}
