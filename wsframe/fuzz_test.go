package wsframe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func FuzzHeader(f *testing.F) {
	for _, row := range headers {
		f.Add([]byte(row.bytes))
	}
	f.Add([]byte("\x82\xff\x80"))
	f.Add([]byte("\x82\x7e\x00\x06"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, err := ParseHeader(b)
		if err != nil {
			if len(b) < 3 || b[1]&0x7f != 127 || b[2] < 0x80 {
				t.Fatalf("%v", err)
			}
			return
		}
		if n == 0 {
			if len(b) >= MaxHeader {
				t.Fatal("incomplete with more than the longest header")
			}
			return
		}
		again := AppendHeader(nil, h)
		if len(again) > n {
			t.Fatalf("a header of %d bytes becomes %q", n, again)
		}
		if size := int(h.Length); uint64(size) == h.Length && len(again) != HeaderSize(size, h.Masked) {
			t.Fatalf("HeaderSize of %d is not %d", size, len(again))
		}
		h2, n2, err := ParseHeader(again)
		if d := cmp.Diff(h, h2); d != "" || n2 != len(again) || err != nil {
			t.Fatalf("%q: n = %d of %d, %v (-first +second):\n%s", b, n2, len(again), err, d)
		}
		if len(again) == n && !bytes.Equal(again, b[:n]) {
			t.Fatalf("%q becomes %q", b[:n], again)
		}
	})
}

// FuzzReader reads a stream whole, cut into the chunks that cuts gives, and with
// NextTo into a buffer of any size. All must see the same, and what came of it
// must keep to the rules.
func FuzzReader(f *testing.F) {
	streams := [][]byte{
		frame(Text, "hello"),
		join(fragment(Text, false, false, "a\xc3"), frame(Ping, "p"), fragment(Continuation, true, false, "\xa9"), frame(Close, "\x03\xe8bye")),
		join(fragment(Binary, false, true, "packed"), fragment(Continuation, false, false, ""), fragment(Continuation, true, false, "more")),
		frame(Binary, string(make([]byte, 200))), frame(Close, "\x03"), frame(Close, "\x03\xed"), frame(Text, "\xff"),
		AppendFrame(nil, Text, []byte("plain")), raw(0x82, 0xff, "\x80"), raw(0x82, 0xff, "\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00abc"),
		raw(0xc9, 0x80, ""), raw(0x83, 0x80, ""), raw(0x81, 0xfe, "\x00\x02\x00\x00\x00\x00ab"),
	}
	for i, stream := range streams {
		f.Add(stream, []byte{1, 3, 2}, byte(i), uint16(i*7))
	}
	f.Fuzz(func(t *testing.T, stream, cuts []byte, flags byte, size uint16) {
		rules := Rules{
			FromServer: flags&1 != 0, MaskOptional: flags&2 != 0, Compression: flags&4 != 0, CheckUTF8: flags&8 != 0,
		}
		if flags&16 != 0 {
			rules.MaxMessage, rules.MaxFragments = uint64(size), int(size%8)
		}
		want := read(t, rules, 0, stream)
		chunks := cut(stream, cuts)
		for name, got := range map[string][]event{
			"in chunks":                        read(t, rules, 0, chunks...),
			"byte by byte":                     read(t, rules, 0, bytewise(stream)...),
			"NextTo":                           read(t, rules, int(size)+1, stream),
			"NextTo in chunks":                 read(t, rules, int(size)+1, chunks...),
			"NextTo in chunks to single bytes": read(t, rules, 1, chunks...),
		} {
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s (-whole +%s):\n%s", name, name, d)
			}
		}
		var total int
		for _, e := range want {
			total += len(e.Text)
			check(t, rules, e)
		}
		if total > len(stream)+200 { // the text of an error is not payload
			t.Fatalf("%d bytes of payload in a stream of %d", total, len(stream))
		}
		checkMessages(t, rules, want, stream, chunks)
	})
}

func check(t *testing.T, rules Rules, e event) {
	t.Helper()
	switch e.Kind {
	case "message":
		if rules.CheckUTF8 && e.Op == Text && !e.Compressed && !utf8.ValidString(e.Text) {
			t.Fatalf("text that is not UTF-8: %q", e.Text)
		}
		if rules.MaxMessage > 0 && uint64(len(e.Text)) > rules.MaxMessage {
			t.Fatalf("a message of %d bytes, where %d are allowed", len(e.Text), rules.MaxMessage)
		}
		if e.Compressed && !rules.Compression {
			t.Fatal("a compressed message that is not allowed")
		}
	case "ping", "pong":
		if len(e.Text) > MaxControl {
			t.Fatalf("a control frame of %d bytes", len(e.Text))
		}
	case "close":
		if !utf8.ValidString(e.Text) || e.Code != 0 && !e.Code.Valid() {
			t.Fatalf("close %d %q", e.Code, e.Text)
		}
	}
}

// checkMessages compares a Messages, of which inflating is the identity, to what
// a Reader saw.
func checkMessages(t *testing.T, rules Rules, want []event, stream []byte, chunks [][]byte) {
	t.Helper()
	rules.CheckUTF8 = false // of compressed text it is up to Messages
	if d := cmp.Diff(read(t, rules, 0, stream), want); d != "" {
		return
	}
	identity := func(message []byte, _ int, sink func([]byte) error) error { return sink(message) }
	var whole []event
	for _, e := range want {
		if e.Kind != "open" {
			whole = append(whole, e)
		}
	}
	for _, parts := range [][][]byte{{stream}, chunks} {
		if d := cmp.Diff(whole, assemble(t, rules, 0, identity, parts...)); d != "" {
			t.Fatalf("Messages in %d chunks (-reader +messages):\n%s", len(parts), d)
		}
	}
}

// cut cuts stream into chunks of the lengths in cuts, again and again.
func cut(stream, cuts []byte) [][]byte {
	var chunks [][]byte
	for i := 0; len(stream) > 0; i++ {
		n := len(stream)
		if len(cuts) > 0 {
			n = min(n, int(cuts[i%len(cuts)])+1)
		}
		chunks = append(chunks, stream[:n])
		stream = stream[n:]
	}
	return chunks
}

func FuzzMask(f *testing.F) {
	for _, n := range []int{0, 1, 7, 8, 15, 16, 31, 32, 63, 64, 65, 127, 128, 129, 160, 255, 300, 1000} {
		f.Add(counting(n), uint32(0x37fa213d), n, byte(n))
	}
	f.Fuzz(func(t *testing.T, b []byte, k uint32, phase int, align byte) {
		var key [4]byte
		binary.BigEndian.PutUint32(key[:], k)
		checkMask(t, b, key, phase&3, int(align%64))
		got := bytes.Clone(b)
		if next := Mask(got, key, phase); next != (phase+len(b))&3 || !bytes.Equal(got, naive(b, key, phase&3)) {
			t.Fatalf("phase %d, then %d", phase, next)
		}
		// Cut anywhere, the phase carries over.
		at := int(align) % (len(b) + 1)
		got = bytes.Clone(b)
		Mask(got[at:], key, Mask(got[:at], key, phase))
		if !bytes.Equal(got, naive(b, key, phase&3)) {
			t.Fatalf("cut at %d: wrong", at)
		}
	})
}

func FuzzClose(f *testing.F) {
	for _, s := range []string{"", "\x03", "\x03\xe8", "\x03\xe8bye", "\x03\xed", "\x03\xe8\xff", "\x0f\xa0é"} {
		f.Add([]byte(s))
	}
	f.Add(append([]byte{3, 0xe8}, bytes.Repeat([]byte("é"), 100)...))
	f.Fuzz(func(t *testing.T, payload []byte) {
		code, reason, err := ParseClose(payload)
		if err != nil {
			var wrong *Error
			if !errors.As(err, &wrong) || !wrong.Code.Valid() || code != 0 || reason != nil {
				t.Fatalf("%d, %q, %v", code, reason, err)
			}
			if _, _, err := ParseClose(wrong.AppendClose(nil)[2:]); err != nil {
				t.Fatalf("the answer to %q: %v", payload, err)
			}
			return
		}
		// What was read says the same when it is written.
		b := AppendClose(nil, code, string(reason))
		if len(payload) <= MaxControl && !bytes.Equal(b[2:], payload) {
			t.Fatalf("%q becomes %q", payload, b[2:])
		}
		want := []event{{Kind: "close", Op: Close, Code: code, Text: string(b[min(4, len(b)):])}}
		if d := cmp.Diff(want, read(t, Rules{FromServer: true}, 0, b)); d != "" {
			t.Fatalf("(-written +read):\n%s", d)
		}
	})
}

// FuzzAppendClose writes any code and reason: what comes out can be read.
func FuzzAppendClose(f *testing.F) {
	f.Add(uint16(1000), "bye")
	f.Add(uint16(1006), "never")
	f.Add(uint16(4000), string(bytes.Repeat([]byte("€"), 50)))
	f.Add(uint16(1002), "\xff\xfe")
	f.Fuzz(func(t *testing.T, code uint16, reason string) {
		b := AppendClose(nil, CloseCode(code), reason)
		got := read(t, Rules{FromServer: true}, 0, b)
		if len(got) != 1 || got[0].Kind != "close" {
			t.Fatalf("%d %q is read as %v", code, reason, got)
		}
		c := CloseCode(code)
		if want := c.Valid(); want != (got[0].Code == c) || !want && len(b) != 2 {
			t.Fatalf("%d is read as %d", code, got[0].Code)
		}
		if c.Valid() && utf8.ValidString(reason) && len(reason) <= MaxControl-2 && got[0].Text != reason {
			t.Fatalf("%q is read as %q", reason, got[0].Text)
		}
	})
}

func FuzzUTF8(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text), []byte{0, 2})
	}
	f.Fuzz(func(t *testing.T, text, cuts []byte) {
		checkUTF8(t, text)
		var u UTF8
		ok := true
		for chunk := range slices.Values(cut(text, cuts)) {
			ok = u.Feed(chunk) && ok
		}
		if got := ok && u.Complete(); got != utf8.Valid(text) {
			t.Fatalf("%q: %v", text, got)
		}
	})
}
