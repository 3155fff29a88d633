package message

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// load parses the one command in wire and loads it.
func load(tb testing.TB, wire string) *Message {
	tb.Helper()
	p := protocol.Parser{Limits: protocol.Limits{Headers: true}}
	var op protocol.Op
	if n, err := p.Next([]byte(wire), &op); err != nil || n != len(wire) {
		tb.Fatalf("Next(%q) = %d, %v", wire, n, err)
	}
	m := new(Message)
	m.Load(&op, nil, nil, false)
	return m
}

// written is a frame as the subscription with that sid receives it.
func written(f *chunk.Frame, sid string) string {
	return string(bytes.Join([][]byte{f.Head, []byte(sid + " "), f.Mid, f.Body}, nil))
}

type layoutTest struct {
	name        string
	wire        string
	change      func(*Message) // nil for none
	full, plain string         // as sid 9 receives it
}

const hello = "NATS/1.0\r\nA: b\r\n\r\n" // 18 bytes

var (
	long = strings.Repeat("x.", 300) + "x"

	setSubject = func(m *Message) { m.SetSubject([]byte("mapped.subject")) }
	setLong    = func(m *Message) { m.SetSubject([]byte(long)) }
	setHeader  = func(m *Message) { m.SetHeader([]byte("NATS/1.0\r\n\r\n")) }
	noHeader   = func(m *Message) { m.SetHeader(nil) }
	compose    = func(m *Message) { m.Compose([]byte("s"), []byte(hello), []byte("hi")) }
	composeNo  = func(m *Message) { m.Compose([]byte("s"), nil, []byte("hi")) }
)

var layoutTests = []layoutTest{
	{"as written", "PUB f 2\r\nhi\r\n", nil, "MSG f 9 2\r\nhi\r\n", "MSG f 9 2\r\nhi\r\n"},
	{"with a reply", "PUB f r.1 2\r\nhi\r\n", nil, "MSG f 9 r.1 2\r\nhi\r\n", "MSG f 9 r.1 2\r\nhi\r\n"},
	{"empty", "PUB f 0\r\n\r\n", nil, "MSG f 9 0\r\n\r\n", "MSG f 9 0\r\n\r\n"},
	{"verb in lower case", "pub f 2\r\nhi\r\n", nil, "MSG f 9 2\r\nhi\r\n", "MSG f 9 2\r\nhi\r\n"},
	{"spaced at will", "PUB  \tf\t r.1   2 \r\nhi\r\n", nil, "MSG f 9 r.1 2\r\nhi\r\n", "MSG f 9 r.1 2\r\nhi\r\n"},
	{"line ends in LF", "PUB f r 2\nhi\r\n", nil, "MSG f 9 r 2\r\nhi\r\n", "MSG f 9 r 2\r\nhi\r\n"},
	{"leading zeros", "PUB f 002\r\nhi\r\n", nil, "MSG f 9 002\r\nhi\r\n", "MSG f 9 002\r\nhi\r\n"},
	{"leading zeros, spaced at will", "PUB f  r  002\r\nhi\r\n", nil, "MSG f 9 r 002\r\nhi\r\n", "MSG f 9 r 002\r\nhi\r\n"},
	{"line longer than the scratch space", "PUB " + long + "  2\r\nhi\r\n", nil,
		"MSG " + long + " 9 2\r\nhi\r\n", "MSG " + long + " 9 2\r\nhi\r\n"},

	{"header", "HPUB f 18 20\r\n" + hello + "hi\r\n", nil,
		"HMSG f 9 18 20\r\n" + hello + "hi\r\n", "MSG f 9 2\r\nhi\r\n"},
	{"header and reply", "HPUB f r 18 20\r\n" + hello + "hi\r\n", nil,
		"HMSG f 9 r 18 20\r\n" + hello + "hi\r\n", "MSG f 9 r 2\r\nhi\r\n"},
	{"header only", "HPUB f 18 18\r\n" + hello + "\r\n", nil, "HMSG f 9 18 18\r\n" + hello + "\r\n", "MSG f 9 0\r\n\r\n"},
	{"header, spaced at will", "HPUB f  r\t018  0020\r\n" + hello + "hi\r\n", nil,
		"HMSG f 9 r 018 0020\r\n" + hello + "hi\r\n", "MSG f 9 r 2\r\nhi\r\n"},
	{"header that is none", "HPUB f 5 7\r\nhellohi\r\n", nil, "HMSG f 9 5 7\r\nhellohi\r\n", "MSG f 9 2\r\nhi\r\n"},
	{"header of no bytes", "HPUB f 0 2\r\nhi\r\n", nil, "MSG f 9 2\r\nhi\r\n", "MSG f 9 2\r\nhi\r\n"},
	{"header of no bytes and a reply", "HPUB f r 00 02\r\nhi\r\n", nil, "MSG f 9 r 02\r\nhi\r\n", "MSG f 9 r 02\r\nhi\r\n"},
	{"header and a line longer than the scratch space", "HPUB " + long + " " + long + "  18 20\r\n" + hello + "hi\r\n", nil,
		"HMSG " + long + " 9 " + long + " 18 20\r\n" + hello + "hi\r\n", "MSG " + long + " 9 " + long + " 2\r\nhi\r\n"},

	{"mapped", "PUB f r 002\r\nhi\r\n", setSubject, "MSG mapped.subject 9 r 002\r\nhi\r\n", "MSG mapped.subject 9 r 002\r\nhi\r\n"},
	{"mapped to a long subject", "PUB f r 2\r\nhi\r\n", setLong, "MSG " + long + " 9 r 2\r\nhi\r\n", "MSG " + long + " 9 r 2\r\nhi\r\n"},
	{"mapped, with a header", "HPUB f 18 20\r\n" + hello + "hi\r\n", setSubject,
		"HMSG mapped.subject 9 18 20\r\n" + hello + "hi\r\n", "MSG mapped.subject 9 2\r\nhi\r\n"},
	{"another header", "HPUB f r 018 020\r\n" + hello + "hi\r\n", setHeader,
		"HMSG f 9 r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "MSG f 9 r 2\r\nhi\r\n"},
	{"a header where none was", "PUB f 2\r\nhi\r\n", setHeader,
		"HMSG f 9 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "MSG f 9 2\r\nhi\r\n"},
	{"header removed", "HPUB f 18 20\r\n" + hello + "hi\r\n", noHeader, "MSG f 9 2\r\nhi\r\n", "MSG f 9 2\r\nhi\r\n"},
	{"composed", "HPUB f r 5 5\r\nhello\r\n", compose, "HMSG s 9 18 20\r\n" + hello + "hi\r\n", "MSG s 9 2\r\nhi\r\n"},
	{"composed without a header", "HPUB f r 5 5\r\nhello\r\n", composeNo, "MSG s 9 2\r\nhi\r\n", "MSG s 9 2\r\nhi\r\n"},
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	for _, tt := range layoutTests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, order := range []string{"full first", "plain first", "full before the change"} {
				m := load(t, tt.wire)
				switch order {
				case "plain first":
					m.Plain()
				case "full before the change":
					m.Full()
				}
				if tt.change != nil {
					tt.change(m)
				}
				full, plain := m.Full(), m.Plain()
				if diff := cmp.Diff(tt.full, written(full, "9")); diff != "" {
					t.Errorf("%s: full: %s", order, diff)
				}
				if diff := cmp.Diff(tt.plain, written(plain, "9")); diff != "" {
					t.Errorf("%s: plain: %s", order, diff)
				}
				want := []int{m.Size(), len(m.Payload)}
				if diff := cmp.Diff(want, []int{full.Size, plain.Size}); diff != "" {
					t.Errorf("%s: sizes: %s", order, diff)
				}
				if m.Full() != full || m.Plain() != plain {
					t.Errorf("%s: laid out twice", order)
				}
			}
		})
	}
}

func TestBodyKeepsItsOwnerUntilItIsReplaced(t *testing.T) {
	t.Parallel()
	owner := chunk.Get(1)
	defer owner.Release()
	m := load(t, "HPUB f 18 20\r\n"+hello+"hi\r\n")
	m.owner = owner
	if m.Full().Owner != owner || m.Plain().Owner != owner {
		t.Error("a frame without the owner of its body")
	}
	m.SetSubject([]byte("g"))
	if m.Full().Owner != owner {
		t.Error("a new subject took the owner away")
	}
	m.SetHeader(nil)
	if m.Full().Owner != nil {
		t.Error("the owner of a body that was replaced")
	}
}

func TestComposeIsNobodysMessage(t *testing.T) {
	t.Parallel()
	m := load(t, "PUB f r 2\r\nhi\r\n")
	m.Origin, m.NoEcho = t, true
	m.Compose([]byte("s"), nil, []byte("hi"))
	if m.Origin != nil || m.NoEcho || len(m.Reply) > 0 {
		t.Errorf("origin %v, no echo %v, reply %q", m.Origin, m.NoEcho, m.Reply)
	}
}

// What a receiver reads is what the publisher wrote, whichever way the line
// was put together.
func FuzzLayouts(f *testing.F) {
	for _, tt := range layoutTests {
		f.Add([]byte(tt.wire), "", []byte(nil), false)
		f.Add([]byte(tt.wire), "n.x", []byte(hello), true)
	}
	f.Fuzz(func(t *testing.T, wire []byte, mapped string, block []byte, replace bool) {
		p := protocol.Parser{Limits: protocol.Limits{Headers: true}}
		var op protocol.Op
		if n, err := p.Next(wire, &op); n == 0 || err != nil || op.Kind != protocol.KindPub && op.Kind != protocol.KindHPub {
			return
		}
		var m Message
		m.Load(&op, nil, nil, false)
		if mapped != "" && subject.WireSafe(mapped) {
			m.SetSubject([]byte(mapped))
		}
		if replace {
			m.SetHeader(block)
		}
		full := parts{string(m.Subject), string(m.Reply), string(m.Header), string(m.Payload)}
		if diff := cmp.Diff(full, received(t, m.Full())); diff != "" {
			t.Errorf("full: %s", diff)
		}
		plain := full
		plain.Header = ""
		if diff := cmp.Diff(plain, received(t, m.Plain())); diff != "" {
			t.Errorf("plain: %s", diff)
		}
	})
}

// parts are what a subscriber finds in a message.
type parts struct{ Subject, Reply, Header, Payload string }

// received parses a frame as a client library does.
func received(t *testing.T, f *chunk.Frame) parts {
	wire := written(f, "sid")
	p := protocol.Parser{Role: protocol.FromServer, Limits: protocol.Limits{MaxControlLine: len(wire) + 1}}
	var op protocol.Op
	if n, err := p.Next([]byte(wire), &op); err != nil || n != len(wire) {
		t.Fatalf("a client reads %d of %q: %v", n, wire, err)
	}
	if string(op.SID) != "sid" {
		t.Errorf("sid %q in %q", op.SID, wire)
	}
	return parts{string(op.Subject), string(op.Reply), string(op.Header), string(op.Payload)}
}

func TestLayoutsAllocateNothing(t *testing.T) {
	for name, wire := range map[string]string{
		"PUB": "PUB f r 2\r\nhi\r\n", "HPUB": "HPUB  f r 18 20\r\n" + hello + "hi\r\n",
	} {
		m := load(t, wire)
		mapped := []byte("n.x")
		if got := testing.AllocsPerRun(100, func() {
			m.SetSubject(mapped)
			m.Full()
			m.Plain()
		}); got != 0 {
			t.Errorf("%s: %v allocations", name, got)
		}
	}
}

func BenchmarkLayouts(b *testing.B) {
	for name, wire := range map[string]string{
		"canonical": "PUB foo.bar 2\r\nhi\r\n", "spaced": "PUB  foo.bar r.1 2\r\nhi\r\n",
		"header": "HPUB foo.bar 18 20\r\n" + hello + "hi\r\n",
	} {
		b.Run(name, func(b *testing.B) {
			m := load(b, wire)
			b.ReportAllocs()
			for b.Loop() {
				m.layouts.forget()
				m.Full()
				m.Plain()
			}
		})
	}
}
