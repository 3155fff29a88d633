package transport

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// v2 returns a version 2 header.
func v2(verCmd, family byte, size int, body string) string {
	return "\r\n\r\n\x00\r\nQUIT\n" + string([]byte{verCmd, family, byte(size >> 8), byte(size)}) + body
}

// proxyCases are headers, each with a byte of something else behind it where
// it is complete, and what becomes of them.
var proxyCases = []struct {
	name, in string
	source   string // "" for none
	length   int    // 0 with err == nil: more is to come
	err      string
}{
	{"nothing yet", "", "", 0, ""},
	{"too little to tell", "PROXY", "", 0, ""},
	{"no header", "CONNEC", "", 0, "no PROXY header"},
	{"no header, but nearly", "PROXYX", "", 0, "no PROXY header"},

	{"v1", "PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\nX", "1.2.3.4:9", 33, ""},
	{"v1 IPv6", "PROXY TCP6 ::1 ::2 9 10\r\nX", "[::1]:9", 25, ""},
	{"v1 unknown", "PROXY UNKNOWN\r\nX", "", 15, ""},
	{"v1 unknown with anything", "PROXY UNKNOWN a b c\r\nX", "", 21, ""},
	{"v1 unfinished", "PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r", "", 0, ""},
	{"v1 longest", "PROXY UNKNOWN " + strings.Repeat("a", 91) + "\r\nX", "", 107, ""},
	{"v1 too long", "PROXY UNKNOWN " + strings.Repeat("a", 92) + "\r\nX", "", 0, "PROXY header is too long"},
	{"v1 without end", "PROXY " + strings.Repeat("a", 200), "", 0, "PROXY header is too long"},
	{"v1 with LF alone", "PROXY TCP4 1.2.3.4 5.6.7.8 9 10\n", "", 0, "malformed PROXY header: no CRLF at its end"},
	{"v1 with too few fields", "PROXY TCP4 1.2.3.4 5.6.7.8 9\r\n", "", 0, "malformed PROXY header: 5 fields instead of 6"},
	{"v1 without a protocol", "PROXY \r\n", "", 0, "malformed PROXY header: 1 fields instead of 6"},
	{"v1 of another protocol", "PROXY UDP4 1.2.3.4 5.6.7.8 9 10\r\n", "", 0, `malformed PROXY header: unknown protocol "UDP4"`},
	{"v1 with a bad address", "PROXY TCP4 1.2.3.400 5.6.7.8 9 10\r\n", "", 0, `malformed PROXY header: bad address "1.2.3.400"`},
	{"v1 of mixed families", "PROXY TCP4 1.2.3.4 ::1 9 10\r\n", "", 0, `malformed PROXY header: bad address "::1"`},
	{"v1 with a port too large", "PROXY TCP4 1.2.3.4 5.6.7.8 65536 10\r\n", "", 0, `malformed PROXY header: bad port "65536"`},
	{"v1 with a negative port", "PROXY TCP4 1.2.3.4 5.6.7.8 9 -1\r\n", "", 0, `malformed PROXY header: bad port "-1"`},

	{"v2", v2(0x21, 0x11, 12, "\x01\x02\x03\x04\x05\x06\x07\x08\x00\x09\x00\x0a") + "X", "1.2.3.4:9", 28, ""},
	{"v2 IPv6", v2(0x21, 0x21, 36, strings.Repeat("\x00", 15)+"\x01"+strings.Repeat("\x00", 16)+"\x00\x09\x00\x0a") + "X", "[::1]:9", 52, ""},
	{"v2 with extensions", v2(0x21, 0x11, 15, "\x01\x02\x03\x04\x05\x06\x07\x08\x00\x09\x00\x0aTLV") + "X", "1.2.3.4:9", 31, ""},
	{"v2 local", v2(0x20, 0x11, 12, "\x01\x02\x03\x04\x05\x06\x07\x08\x00\x09\x00\x0a") + "X", "", 28, ""},
	{"v2 local, empty", v2(0x20, 0x00, 0, "") + "X", "", 16, ""},
	{"v2 unspecified", v2(0x21, 0x00, 2, "??") + "X", "", 18, ""},
	{"v2 largest", v2(0x20, 0x00, 4096, strings.Repeat("?", 4096)) + "X", "", 4112, ""},
	{"v2 too large", v2(0x20, 0x00, 4097, ""), "", 0, "PROXY header is too long"},
	{"v2 unfinished", v2(0x21, 0x11, 12, "\x01\x02"), "", 0, ""},
	{"v2 with another signature", "\r\n\r\n\x00\r\nQUIT?", "", 0, "malformed PROXY header: bad signature"},
	{"v2 of another version", v2(0x31, 0x11, 0, ""), "", 0, "malformed PROXY header: version 3"},
	{"v2 with another command", v2(0x22, 0x11, 0, ""), "", 0, "malformed PROXY header: unknown command 2"},
	{"v2 over UDP", v2(0x21, 0x12, 12, strings.Repeat("\x00", 12)), "", 0, "malformed PROXY header: unsupported transport 2"},
	{"v2 of a unix socket", v2(0x21, 0x31, 216, strings.Repeat("\x00", 216)), "", 0, "malformed PROXY header: bad address of family 3"},
	{"v2 too short for its family", v2(0x21, 0x21, 12, strings.Repeat("\x00", 12)), "", 0, "malformed PROXY header: bad address of family 2"},
}

func TestProxyHeaders(t *testing.T) {
	t.Parallel()
	for _, tt := range proxyCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, n, err := parseProxyHeader([]byte(tt.in))
			source, text := "", ""
			if h.Source.IsValid() {
				source = h.Source.String()
			}
			if err != nil {
				text = err.Error()
			}
			want := []string{tt.source, fmt.Sprint(tt.length), tt.err}
			if diff := cmp.Diff(want, []string{source, fmt.Sprint(n), text}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzProxyHeader checks that a header means the same wherever the network
// cuts it, and that nobody has to collect more than the longest one.
func FuzzProxyHeader(f *testing.F) {
	for _, tt := range proxyCases {
		f.Add([]byte(tt.in))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		type outcome struct {
			Source netip.AddrPort
			N      int
			Err    string
		}
		parse := func(b []byte) outcome {
			h, n, err := parseProxyHeader(b)
			o := outcome{Source: h.Source, N: n}
			if err != nil {
				o.Err = err.Error()
				if n != 0 || h.Source.IsValid() {
					t.Fatalf("%v beside an error", h)
				}
				if !errors.Is(err, errNotProxy) && !errors.Is(err, errProxyTooLong) && !errors.Is(err, errProxyMalformed) {
					t.Fatalf("%v is of no kind", err)
				}
			}
			return o
		}
		whole := parse(b)
		if whole.N > len(b) || whole.N > proxyV2Fixed+proxyV2Max {
			t.Fatalf("%d of %d bytes used", whole.N, len(b))
		}
		if len(b) >= proxyV2Fixed+proxyV2Max && whole == (outcome{}) {
			t.Fatal("a header that never ends")
		}
		var settled *outcome
		for k := range len(b) + 1 {
			o := parse(b[:k])
			switch {
			case settled != nil && o != *settled:
				t.Fatalf("%d bytes mean %+v, fewer meant %+v", k, o, *settled)
			case settled == nil && o != (outcome{}):
				settled = &o
			}
		}
	})
}
