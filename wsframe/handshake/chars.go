package handshake

// charset says in which parts of a head a byte may stand.
type charset uint8

const (
	tokenChar charset = 1 << iota
	valueChar
	hostChar
)

// chars is indexed by byte. A table because every byte of every head passes it.
var chars = makeChars()

func makeChars() (t [256]charset) {
	for c := range 256 {
		if c >= ' ' && c != 0x7f || c == '\t' {
			t[c] |= valueChar
		}
	}
	const alnum = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for _, c := range []byte(alnum + "!#$%&'*+-.^_`|~") { // RFC 9110, section 5.6.2
		t[c] |= tokenChar
	}
	for _, c := range []byte(alnum + "!$%&'()*+,-.:;=[]_~") { // RFC 3986, section 3.2.2
		t[c] |= hostChar
	}
	return t
}

// all reports whether every byte of s belongs to set.
func all(s string, set charset) bool {
	for i := 0; i < len(s); i++ {
		if chars[s[i]]&set == 0 {
			return false
		}
	}
	return true
}

// isToken reports whether s is a token, which has at least one character.
func isToken(s string) bool { return s != "" && all(s, tokenChar) }

func validValue(s string) bool { return all(s, valueChar) }

func validHost(s string) bool { return all(s, hostChar) }

// hasControl finds what a request target must not have.
func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
