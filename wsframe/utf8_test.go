package wsframe

import (
	"testing"
	"unicode/utf8"
)

// texts are valid and not, around every boundary there is (RFC 3629).
var texts = []string{
	"", "a", "hello, this is longer than a word or two of memory", "é", "€", "\U0001f600", "aé€\U0001f600z",
	"κόσμε", "\x7f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\ufffe", "\uffff", "\U00010000", "\U0001fffe", "\U0010ffff",
	"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xc2\xc0", "\xe0\x9f\xbf", "\xe0\xa0", "\xed\xa0\x80", "\xed\xbf\xbf", "\xef\xbf",
	"\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "abc\xe2\x82", "κόσμε\xed\xa0\x80edited", "\xe2\x28\xa1",
}

func TestUTF8(t *testing.T) {
	t.Parallel()
	for _, text := range texts {
		checkUTF8(t, []byte(text))
	}
	for c := range rune(0x110000) {
		var u UTF8
		text := []byte(string(c)) // U+FFFD for a surrogate, which is valid
		if !u.Feed(text[:1]) || !u.Feed(text[1:]) || !u.Complete() {
			t.Fatalf("%U is refused", c)
		}
	}
}

// checkUTF8 feeds text whole, cut in two everywhere, and byte by byte. Feed must
// say no exactly when the bytes so far can not begin a valid text.
func checkUTF8(t *testing.T, text []byte) {
	t.Helper()
	want := utf8.Valid(text)
	var whole, bytewise UTF8
	if got := whole.Feed(text) && whole.Complete(); got != want {
		t.Fatalf("%q: %v", text, got)
	}
	bad := firstBad(text)
	for i := range text {
		if got := bytewise.Feed(text[i : i+1]); got != (i < bad) {
			t.Fatalf("%q: Feed of byte %d = %v, the first bad one is %d", text, i, got, bad)
		}
		var cut UTF8
		got := cut.Feed(text[:i])
		if got != (i <= bad) {
			t.Fatalf("%q: Feed of %d bytes = %v, the first bad one is %d", text, i, got, bad)
		}
		if got := cut.Feed(text[i:]) && cut.Complete(); got != want {
			t.Fatalf("%q cut at %d: %v", text, i, got)
		}
	}
	if got := bytewise.Complete(); got != want {
		t.Fatalf("%q byte by byte: %v", text, got)
	}
	bytewise.Reset()
	if !bytewise.Feed([]byte("ok")) || !bytewise.Complete() {
		t.Fatal("Reset does not forget")
	}
}

// firstBad is the index of the first byte with which text cannot be valid
// whatever follows, len(text) if there is none. It tries all that could follow.
func firstBad(text []byte) int {
	for i := 0; i < len(text); {
		_, n := utf8.DecodeRune(text[i:])
		if n > 1 || text[i] < utf8.RuneSelf {
			i += n
			continue
		}
		for n := 1; n <= 4 && i+n <= len(text); n++ {
			if !canBegin(text[i : i+n]) {
				return i + n - 1
			}
		}
		return len(text)
	}
	return len(text)
}

// canBegin reports whether some character begins with b.
func canBegin(b []byte) bool {
	rest := [3]byte{}
	for _, first := range []byte{0x80, 0x90, 0xa0} { // one in each range that a second byte may be in
		for n := range 4 {
			rest = [3]byte{first, 0x80, 0x80}
			whole := append(append([]byte{}, b...), rest[:n]...)
			if c, size := utf8.DecodeRune(whole); size == len(whole) && (c != utf8.RuneError || size == 3) {
				return true
			}
		}
	}
	return false
}
