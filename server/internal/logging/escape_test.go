package logging

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var hostile = []struct{ text, plain, json string }{
	{"", "", `""`},
	{"plain text", "plain text", `"plain text"`},
	{`quote " and \ backslash`, `quote " and \ backslash`, `"quote \" and \\ backslash"`},
	{"x\n[1] 2026/01/01 00:00:00.000000 [INF] forged", `x\n[1] 2026/01/01 00:00:00.000000 [INF] forged`, `"x\n[1] 2026/01/01 00:00:00.000000 [INF] forged"`},
	{"a\r\nb\tc", `a\r\nb\tc`, `"a\r\nb\tc"`},
	{"\x1b[2Jgone\x07\x00\x7f", `\x1b[2Jgone\x07\x00\x7f`, `"\u001b[2Jgone\u0007\u0000\u007f"`},
	{"c1 \u009b2J \u0085", `c1 \u009b2J \u0085`, `"c1 \u009b2J \u0085"`},
	{"line\u2028sep\u2029", `line\u2028sep\u2029`, `"line\u2028sep\u2029"`},
	{"grüße 日本 😀", "grüße 日本 😀", `"grüße 日本 😀"`},
	{"bad \xff\xc3(", `bad \xff\xc3(`, `"bad \ufffd\ufffd("`},
	{"real \ufffd", "real \ufffd", "\"real \ufffd\""},
	{"raw c1 \x9b", `raw c1 \x9b`, `"raw c1 \ufffd"`},
}

func TestControlCharactersCannotLeaveTheirLine(t *testing.T) {
	t.Parallel()
	for _, tc := range hostile {
		if diff := cmp.Diff(tc.plain, string(appendEscaped(nil, tc.text))); diff != "" {
			t.Errorf("%q as text (-want +got)\n%s", tc.text, diff)
		}
		if diff := cmp.Diff(tc.json, string(appendJSONString(nil, []byte(tc.text)))); diff != "" {
			t.Errorf("%q as JSON (-want +got)\n%s", tc.text, diff)
		}
	}
}

func TestHostileClientNameStaysOnItsLine(t *testing.T) {
	t.Parallel()
	for _, jsonLines := range []bool{false, true} {
		var buf lockedBuffer
		l := open(t, Config{Stderr: &buf, JSON: jsonLines})
		l.With(Conn{Remote: "h\n:1", Kind: "cid", Client: "a\n\"b", User: "\x1b"}).Infof("x")
		lines := buf.take()
		if len(lines) != 1 || strings.Count(lines[0], "\n") != 1 || strings.ContainsRune(lines[0], '\x1b') {
			t.Errorf("JSON %v: %q", jsonLines, lines)
		}
	}
}

// FuzzEscape checks that any text stays on its line and that JSON gives it
// back.
func FuzzEscape(f *testing.F) {
	for _, tc := range hostile {
		f.Add([]byte(tc.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		plain := appendEscaped(nil, text)
		if !utf8.Valid(plain) {
			t.Fatalf("%q is no UTF-8", plain)
		}
		for _, r := range string(plain) {
			if !isHarmless(r, utf8.RuneLen(r)) {
				t.Fatalf("%q has %U", plain, r)
			}
		}
		var got string
		if err := json.Unmarshal(appendJSONString(nil, text), &got); err != nil {
			t.Fatal(err)
		}
		if want := string(bytes.ToValidUTF8(text, []byte("\ufffd"))); utf8.Valid(text) && got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}
