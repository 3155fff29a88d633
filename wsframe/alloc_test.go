package wsframe

import (
	"strings"
	"testing"
)

// Reading and writing cost no allocation, however the bytes are cut. Not
// parallel: AllocsPerRun counts for the whole process.
func TestNothingAllocates(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	stream := join(
		frame(Text, "text é"), frame(Binary, "bytes"), fragment(Text, false, false, "a\xc3"), frame(Ping, "ping"),
		fragment(Continuation, true, false, "\xa9"), fragment(Binary, true, true, "packed"), frame(Pong, ""),
		frame(Binary, string(make([]byte, 300))), frame(Close, "\x03\xe8bye"))
	rules := Rules{CheckUTF8: true, Compression: true, MaxMessage: 1 << 20, MaxFragments: 10}
	buf, dst := make([]byte, len(stream)), make([]byte, 64)
	var r Reader
	reading := func(step int, copying bool) func() {
		return func() {
			r.Reset(rules)
			copy(buf, stream)
			for from := 0; from < len(buf); from += step {
				for b := buf[from:min(from+step, len(buf))]; len(b) > 0; {
					var n int
					var err error
					if copying {
						_, n, err = r.NextTo(dst, b)
					} else {
						_, n, err = r.Next(b)
					}
					if err != nil {
						t.Fatal(err)
					}
					b = b[n:]
				}
			}
		}
	}
	m := NewMessages(Rules{}, 0, nil)
	fragments := join(fragment(Text, false, false, "a"), fragment(Continuation, true, false, "b"))
	long := strings.Repeat("é", MaxControl)
	out, payload := make([]byte, 0, 512), make([]byte, 125)
	rows := []struct {
		name string
		run  func()
	}{
		{"Next", reading(len(stream), false)},
		{"Next byte by byte", reading(1, false)},
		{"NextTo", reading(len(stream), true)},
		{"NextTo byte by byte", reading(1, true)},
		{"Messages", func() {
			copy(buf, fragments)
			if p, _, err := m.Next(buf[:len(fragments)]); err != nil || string(p.Payload) != "ab" {
				t.Fatal(p, err)
			}
		}},
		{"ParseHeader", func() {
			if _, n, err := ParseHeader(stream); n == 0 || err != nil {
				t.Fatal(n, err)
			}
		}},
		{"AppendFrame", func() { AppendFrame(out, Binary, payload) }},
		{"AppendMaskedFragment", func() { AppendMaskedFragment(out, Binary, false, true, testKey, payload) }},
		{"AppendClose", func() { AppendClose(out, StatusGoingAway, long) }},
		{"AppendMaskedClose", func() { AppendMaskedClose(out, testKey, StatusGoingAway, "bye") }},
	}
	for _, row := range rows {
		if n := testing.AllocsPerRun(100, row.run); n != 0 {
			t.Errorf("%s: %v allocations", row.name, n)
		}
	}
}
