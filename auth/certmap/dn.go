package certmap

import (
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// DN is a distinguished name, most specific part first, as RFC 4514 writes it.
type DN []RDN

// RDN is one part of a distinguished name: mostly one attribute, seldom several
// whose order means nothing.
type RDN []Attribute

// Attribute is one type, in capitals, with its value.
type Attribute struct{ Type, Value string }

// ErrDN is a text that is no distinguished name.
var ErrDN = errors.New("not a distinguished name")

// ParseDN reads the string form of RFC 4514: attributes are parted by "," and
// "+", and a backslash takes the meaning from the character behind it or begins
// a byte in hex. Blanks around types and values do not count. Values in BER,
// which begin with "#", are not supported.
func ParseDN(s string) (DN, error) {
	var dn DN
	rdn := RDN{}
	for {
		a, rest, err := parseAttribute(s)
		if err != nil {
			return nil, err
		}
		rdn = append(rdn, a)
		if rest == "" {
			return append(dn, rdn), nil
		}
		if rest[0] == ',' {
			dn, rdn = append(dn, rdn), RDN{}
		}
		s = rest[1:]
	}
}

// parseAttribute reads up to a separator, with which rest begins.
func parseAttribute(s string) (a Attribute, rest string, err error) {
	typ, s, ok := strings.Cut(s, "=")
	typ = strings.TrimSpace(typ)
	if !ok || !isType(typ) {
		return a, "", ErrDN
	}
	typ = strings.ToUpper(typ)
	s = strings.TrimLeft(s, " ")
	if strings.HasPrefix(s, "#") {
		return a, "", ErrDN
	}
	var value []byte
	kept := 0 // bytes of value that no blank at the end may shorten
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ',', '+':
			return Attribute{typ, trimmed(value, kept)}, s[i:], nil
		case '"', ';', '<', '>', 0:
			return a, "", ErrDN
		case '\\':
			b, n := unescape(s[i+1:])
			if n == 0 {
				return a, "", ErrDN
			}
			i += n
			value = append(value, b)
			kept = len(value)
		default:
			value = append(value, c)
		}
	}
	return Attribute{typ, trimmed(value, kept)}, "", nil
}

// trimmed drops blanks at the end that were not escaped.
func trimmed(value []byte, kept int) string {
	return string(value[:kept]) + strings.TrimRight(string(value[kept:]), " ")
}

// unescape returns the byte that is written behind a backslash, and with how
// many bytes; none if that is not allowed.
func unescape(s string) (byte, int) {
	if s != "" && strings.IndexByte(` "#+,;<=>\`, s[0]) >= 0 {
		return s[0], 1
	}
	if len(s) >= 2 {
		if b, err := hex.DecodeString(s[:2]); err == nil {
			return b[0], 2
		}
	}
	return 0, 0
}

// isType reports whether an attribute type is a name or an object identifier.
func isType(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.':
		default:
			return false
		}
	}
	return s != ""
}

// known are the attributes of a subject that have a name. A subject with any
// other is compared as text only.
var known = []struct {
	oid  asn1.ObjectIdentifier
	name string
}{
	{asn1.ObjectIdentifier{2, 5, 4, 3}, "CN"},
	{asn1.ObjectIdentifier{2, 5, 4, 5}, "SERIALNUMBER"},
	{asn1.ObjectIdentifier{2, 5, 4, 6}, "C"},
	{asn1.ObjectIdentifier{2, 5, 4, 7}, "L"},
	{asn1.ObjectIdentifier{2, 5, 4, 8}, "ST"},
	{asn1.ObjectIdentifier{2, 5, 4, 9}, "STREET"},
	{asn1.ObjectIdentifier{2, 5, 4, 10}, "O"},
	{asn1.ObjectIdentifier{2, 5, 4, 11}, "OU"},
	{asn1.ObjectIdentifier{2, 5, 4, 17}, "POSTALCODE"},
	{oidDC, "DC"},
}

var oidDC = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}

// key is a text that two names have in common if they are equal part by part;
// sorted, if they are in any order. Lengths keep parts apart, so that no value
// can pass for two.
func (d DN) key(sorted bool) string {
	parts := make([]string, len(d))
	for i, rdn := range d {
		attributes := make([]string, len(rdn))
		for j, a := range rdn {
			attributes[j] = counted(a.Type) + counted(a.Value)
		}
		slices.Sort(attributes)
		parts[i] = counted(strings.Join(attributes, ""))
	}
	if sorted {
		slices.Sort(parts)
	}
	return strings.Join(parts, "")
}
