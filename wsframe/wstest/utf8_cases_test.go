package wstest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// Category 6: text.

// kosme is a Greek word whose characters have two and three bytes.
const kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"

// surrogate is half a UTF-16 pair, which UTF-8 has no place for.
const surrogate = "\xed\xa0\x80"

func utf8Cases() []testCase {
	const valid = "Hello-µ@ßöäüàá-UTF-8!!"
	invalid := kosme + surrogate + "edited"
	sent := func(id string, f []Frame, s string) testCase { return plain(id, whole, f, list(Text(s)), asked) }
	empty := part(wsframe.Continuation, false, "")
	all := []testCase{
		sent("6.1.1", list(Text("")), ""),
		sent("6.1.2", list(part(wsframe.Text, false, ""), empty, part(wsframe.Continuation, true, "")), ""),
		sent("6.1.3", list(part(wsframe.Text, false, ""), part(wsframe.Continuation, false, "middle"), part(wsframe.Continuation, true, "")), "middle"),
		sent("6.2.1", list(Text(valid)), valid),
		sent("6.2.2", list(part(wsframe.Text, false, valid[:12]), part(wsframe.Continuation, true, valid[12:])), valid),
		sent("6.2.3", Fragments(Text(valid), 1), valid),
		sent("6.2.4", Fragments(Text(kosme), 1), kosme),
		plain("6.3.1", whole, list(Text(invalid)), nil, notUTF8),
		plain("6.3.2", whole, Fragments(Text(invalid), 1), nil, notUTF8),
	}
	return slices.Concat(all, failFastCases(), sequenceCases())
}

// failFastCases send what cannot become UTF-8 and then wait: the end must come
// before the rest of the message would.
func failFastCases() []testCase {
	const (
		beyond = "\xf4\x90\x80\x80" // U+110000: the second byte is too large
		start  = "\xf4"
		rest   = "\x90"
	)
	waiting := func(id string, f ...Frame) testCase { return plain(id, frames, f, nil, notUTF8) }
	// chopped sends the beginning of a message of one frame.
	chopped := func(id string, chunks ...string) testCase {
		return testCase{id: id, play: func(p *Peer) error {
			all := kosme + beyond + kosme
			b := p.Append(nil, Text(all))
			head := len(b) - len(all)
			n := head
			for _, s := range chunks {
				if _, err := p.Conn().Write(b[n-head : n+len(s)]); err != nil {
					return err
				}
				n += len(s)
				head = 0
			}
			return p.ExpectEnd(wsframe.StatusInvalidPayload)
		}}
	}
	return []testCase{
		waiting("6.4.1", part(wsframe.Text, false, kosme), part(wsframe.Continuation, false, beyond)),
		waiting("6.4.2", part(wsframe.Text, false, kosme+start), part(wsframe.Continuation, false, rest)),
		chopped("6.4.3", kosme, beyond),
		chopped("6.4.4", kosme+start, rest),
	}
}

// sequenceCases are 6.5 to 6.23: what comes back if it is UTF-8, and ends the
// connection if not.
func sequenceCases() (all []testCase) {
	for group, texts := range sequences() {
		for i, s := range texts {
			id := fmt.Sprintf("6.%d.%d", group, i+1)
			if utf8.ValidString(s) {
				all = append(all, plain(id, whole, list(Text(s)), list(Text(s)), asked))
			} else {
				all = append(all, plain(id, whole, list(Text(s)), nil, notUTF8))
			}
		}
	}
	return all
}

// sequences are those of Markus Kuhn's stress test for UTF-8 decoders, and some
// more, by group.
func sequences() map[int][]string {
	return map[int][]string{
		5: {kosme, "hello\u0024world", "hello\u00a2world", "hello\u20acworld", "hello\U00024b62world"},
		6: prefixes(kosme),
		// First and last of every length, those of five and six bytes included.
		7:  {"\x00", "\u0080", "\u0800", "\U00010000"},
		8:  {"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80"},
		9:  {"\x7f", "\u07ff", "\uffff", "\U0010ffff"},
		10: {"\xf7\xbf\xbf\xbf", "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf"},
		11: {"\ud7ff", "\ue000", "\ufffd", "\U0010ffff", "\xf4\x90\x80\x80"},
		// Bytes that may only continue.
		12: {
			"\x80", "\xbf", "\x80\xbf", "\x80\xbf\x80", "\x80\xbf\x80\xbf", "\x80\xbf\x80\xbf\x80", "\x80\xbf\x80\xbf\x80\xbf",
			between(0x80, 0xbf, ""),
		},
		// Bytes that may only begin.
		13: {between(0xc0, 0xdf, " "), between(0xe0, 0xef, " "), between(0xf0, 0xf7, " "), between(0xf8, 0xfb, " "), between(0xfc, 0xfd, " ")},
		14: unfinished,
		15: {strings.Join(unfinished, "")},
		16: {"\xfe", "\xff", "\xfe\xfe\xff\xff"},
		// Longer than need be: a slash, the last of each length, and NUL.
		17: {"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf", "\xfc\x80\x80\x80\x80\xaf"},
		18: {"\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf", "\xfc\x83\xbf\xbf\xbf\xbf"},
		19: {"\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf8\x80\x80\x80\x80", "\xfc\x80\x80\x80\x80\x80"},
		20: {
			"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf", "\xed\xb0\x80", "\xed\xbe\x80", "\xed\xbf\xbf",
		},
		21: surrogatePairs(),
		22: nonCharacters(),
		23: {"\ufff9", "\ufffa", "\ufffb", "\ufffc", "\ufffd", "\ufffe", "\uffff"},
	}
}

// unfinished lack their last byte.
var unfinished = []string{
	"\xc0", "\xe0\x80", "\xf0\x80\x80", "\xf8\x80\x80\x80", "\xfc\x80\x80\x80\x80",
	"\xdf", "\xef\xbf", "\xf7\xbf\xbf", "\xfb\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf",
}

// prefixes are all beginnings of s but the empty one.
func prefixes(s string) (all []string) {
	for i := range len(s) {
		all = append(all, s[:i+1])
	}
	return all
}

// between is all bytes from one to another, with sep behind each.
func between(from, to byte, sep string) string {
	var s strings.Builder
	for c := int(from); c <= int(to); c++ {
		s.WriteByte(byte(c))
		s.WriteString(sep)
	}
	return s.String()
}

// surrogatePairs are characters as UTF-16 writes them, each half encoded.
func surrogatePairs() (all []string) {
	for _, high := range []string{"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf"} {
		for _, low := range []string{"\xed\xb0\x80", "\xed\xbf\xbf"} {
			all = append(all, high+low)
		}
	}
	return all
}

// nonCharacters are the last two of each of the 17 planes, which are valid all
// the same.
func nonCharacters() (all []string) {
	for plane := range rune(17) {
		all = append(all, string(plane<<16|0xfffe), string(plane<<16|0xffff))
	}
	return all
}
