package message

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// parse reads the PUB or HPUB at the start of what a client sent.
func parse(t testing.TB, sent string) *protocol.Op {
	t.Helper()
	p := protocol.Parser{Limits: protocol.Limits{Headers: true}}
	op := new(protocol.Op)
	if n, err := p.Next([]byte(sent), op); n != len(sent) || err != nil {
		t.Fatalf("parsing %q: %d bytes, %v", sent, n, err)
	}
	return op
}

// loaded returns the message that a client sent.
func loaded(t testing.TB, sent string) *Message {
	t.Helper()
	m := new(Message)
	m.Load(parse(t, sent), nil, nil, false)
	return m
}

// wire is a frame as the subscription with sid 7 gets it.
func wire(f *chunk.Frame) string {
	return string(f.Head) + "7 " + string(f.Mid) + string(f.Body)
}

// layout is what receivers of both kinds get of a message, and what it counts
// for.
type layout struct {
	Full, Plain         string
	FullSize, PlainSize int
}

func layoutOf(m *Message) layout {
	full, plain := m.Full(), m.Plain()
	return layout{wire(full), wire(plain), full.Size, plain.Size}
}

// same is the layout of a message without headers.
func same(wire string, size int) layout { return layout{wire, wire, size, size} }

const block = "NATS/1.0\r\nA: b\r\n\r\n" // 18 bytes

var long = strings.Repeat("long.", 60) + "end"

var layoutTests = []struct {
	name, sent string
	want       layout
}{
	{"message", "PUB a 3\r\nhey\r\n", same("MSG a 7 3\r\nhey\r\n", 3)},
	{"empty payload", "PUB a 0\r\n\r\n", same("MSG a 7 0\r\n\r\n", 0)},
	{"reply", "PUB a r 3\r\nhey\r\n", same("MSG a 7 r 3\r\nhey\r\n", 3)},
	{"odd spacing", "pub \t a  r\t 3 \r\nhey\r\n", same("MSG a 7 r 3\r\nhey\r\n", 3)},
	{"bare line feed", "PUB a 3\nhey\r\n", same("MSG a 7 3\r\nhey\r\n", 3)},
	{"leading zeros", "PUB a 003\r\nhey\r\n", same("MSG a 7 003\r\nhey\r\n", 3)},
	{"leading zeros, odd spacing", "PUB a  003 \r\nhey\r\n", same("MSG a 7 003\r\nhey\r\n", 3)},
	{"payload with line ends", "PUB a 4\r\n\r\n\r\n\r\n", same("MSG a 7 4\r\n\r\n\r\n\r\n", 4)},
	{"subject and reply longer than the scratch space", "PUB " + long + " " + long + "  1\r\nx\r\n",
		same("MSG "+long+" 7 "+long+" 1\r\nx\r\n", 1)},
	{"header", "HPUB a 18 21\r\n" + block + "hey\r\n",
		layout{"HMSG a 7 18 21\r\n" + block + "hey\r\n", "MSG a 7 3\r\nhey\r\n", 21, 3}},
	{"header and reply", "HPUB a r 18 21\r\n" + block + "hey\r\n",
		layout{"HMSG a 7 r 18 21\r\n" + block + "hey\r\n", "MSG a 7 r 3\r\nhey\r\n", 21, 3}},
	{"header, odd spacing and leading zeros", "hpub\ta  r 0018  00021\t\r\n" + block + "hey\r\n",
		layout{"HMSG a 7 r 0018 00021\r\n" + block + "hey\r\n", "MSG a 7 r 3\r\nhey\r\n", 21, 3}},
	{"header alone", "HPUB a 18 18\r\n" + block + "\r\n",
		layout{"HMSG a 7 18 18\r\n" + block + "\r\n", "MSG a 7 0\r\n\r\n", 18, 0}},
	{"header of no bytes", "HPUB a 0 3\r\nhey\r\n", same("MSG a 7 3\r\nhey\r\n", 3)},
	{"header of no bytes, leading zeros", "HPUB a r 00 03\r\nhey\r\n", same("MSG a 7 r 03\r\nhey\r\n", 3)},
	{"header that is none", "HPUB a 5 7\r\nhellono\r\n",
		layout{"HMSG a 7 5 7\r\nhellono\r\n", "MSG a 7 2\r\nno\r\n", 7, 2}},
	{"header, subject and reply longer than the scratch space", "HPUB " + long + " " + long + " 18 19\r\n" + block + "x\r\n",
		layout{"HMSG " + long + " 7 " + long + " 18 19\r\n" + block + "x\r\n", "MSG " + long + " 7 " + long + " 1\r\nx\r\n", 19, 1}},
}

func TestLayout(t *testing.T) {
	t.Parallel()
	for _, tt := range layoutTests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := loaded(t, tt.sent)
			if diff := cmp.Diff(tt.want, layoutOf(m)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if m.Size() != tt.want.FullSize {
				t.Errorf("the message counts for %d bytes, want %d", m.Size(), tt.want.FullSize)
			}
		})
	}
}

func TestLayoutAfterChange(t *testing.T) {
	t.Parallel()
	const pub, hpub = "PUB a r 3\r\nhey\r\n", "HPUB a r 18 21\r\n" + block + "hey\r\n"
	for _, tt := range []struct {
		name, sent string
		change     func(*Message)
		want       layout
	}{
		{"mapped", pub, func(m *Message) { m.SetSubject([]byte("b.c")) }, same("MSG b.c 7 r 3\r\nhey\r\n", 3)},
		{"mapped twice", pub, func(m *Message) { m.SetSubject([]byte("b")); m.SetSubject([]byte("c")) }, same("MSG c 7 r 3\r\nhey\r\n", 3)},
		{"mapped with header", hpub, func(m *Message) { m.SetSubject([]byte("b")) },
			layout{"HMSG b 7 r 18 21\r\n" + block + "hey\r\n", "MSG b 7 r 3\r\nhey\r\n", 21, 3}},
		{"mapped, leading zeros and odd spacing", "PUB a  003 \r\nhey\r\n", func(m *Message) { m.SetSubject([]byte("b")) },
			same("MSG b 7 003\r\nhey\r\n", 3)},
		{"header replaced", hpub, func(m *Message) { m.SetHeader([]byte("NATS/1.0\r\n\r\n")) },
			layout{"HMSG a 7 r 12 15\r\nNATS/1.0\r\n\r\nhey\r\n", "MSG a 7 r 3\r\nhey\r\n", 15, 3}},
		{"header added", pub, func(m *Message) { m.SetHeader([]byte(block)) },
			layout{"HMSG a 7 r 18 21\r\n" + block + "hey\r\n", "MSG a 7 r 3\r\nhey\r\n", 21, 3}},
		{"header removed", hpub, func(m *Message) { m.SetHeader(nil) }, same("MSG a 7 r 3\r\nhey\r\n", 3)},
		{"composed", hpub, func(m *Message) { m.Compose([]byte("c"), []byte(block), []byte("yo")) },
			layout{"HMSG c 7 18 20\r\n" + block + "yo\r\n", "MSG c 7 2\r\nyo\r\n", 20, 2}},
		{"composed without header", pub, func(m *Message) { m.Compose([]byte("c"), nil, nil) }, same("MSG c 7 0\r\n\r\n", 0)},
		{"loaded again", hpub, func(m *Message) { *m = *loaded(t, pub) }, same("MSG a 7 r 3\r\nhey\r\n", 3)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := loaded(t, tt.sent)
			layoutOf(m) // what was laid out before must not come back
			tt.change(m)
			if diff := cmp.Diff(tt.want, layoutOf(m)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCanonicalBytesAreShared(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, sent, body string
		mid              string
	}{
		{"canonical: everything behind the subject", "PUB a r 3\r\nhey\r\n", "r 3\r\nhey\r\n", ""},
		{"canonical with header", "HPUB a 18 21\r\n" + block + "hey\r\n", "18 21\r\n" + block + "hey\r\n", ""},
		{"odd spacing: the payload", "PUB a r  3\r\nhey\r\n", "hey\r\n", "r 3\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			owner := chunk.Get(len(tt.sent))
			defer owner.Release()
			buf := owner.Buf[:copy(owner.Buf, tt.sent)]
			var op protocol.Op
			p := protocol.Parser{Limits: protocol.Limits{Headers: true}}
			if _, err := p.Next(buf, &op); err != nil {
				t.Fatal(err)
			}
			var m Message
			m.Load(&op, owner, nil, false)
			f := m.Full()
			if string(f.Body) != tt.body || string(f.Mid) != tt.mid {
				t.Errorf("mid %q, body %q; want %q, %q", f.Mid, f.Body, tt.mid, tt.body)
			}
			if &f.Body[0] != &buf[len(buf)-len(tt.body)] || f.Owner != owner {
				t.Error("the body is not the publisher's own bytes")
			}
			if again := m.Full(); again != f {
				t.Error("a second receiver gets a frame of its own")
			}
			m.SetHeader(nil)
			if f := m.Full(); f.Owner != nil {
				t.Error("a copied body still names the publisher's chunk")
			}
		})
	}
}

func TestOriginAndEcho(t *testing.T) {
	t.Parallel()
	var m Message
	me := new(int)
	m.Load(parse(t, "PUB a r 3\r\nhey\r\n"), nil, me, true)
	if m.Origin != any(me) || !m.NoEcho {
		t.Errorf("origin %v, no echo %v; want those of Load", m.Origin, m.NoEcho)
	}
	m.Compose([]byte("b"), nil, []byte("x"))
	if m.Origin != nil || m.NoEcho || len(m.Reply) != 0 {
		t.Errorf("a composed message keeps origin %v, no echo %v, reply %q", m.Origin, m.NoEcho, m.Reply)
	}
}

func TestLayoutAllocatesNothing(t *testing.T) {
	ops := make([]*protocol.Op, 0, len(layoutTests))
	for _, tt := range layoutTests {
		if !strings.Contains(tt.sent, long) { // these do not fit the scratch space
			ops = append(ops, parse(t, tt.sent))
		}
	}
	var m Message
	mapped := []byte("mapped")
	if n := testing.AllocsPerRun(100, func() {
		for _, op := range ops {
			m.Load(op, nil, nil, false)
			m.Full()
			m.SetSubject(mapped)
			m.Full()
			m.Plain()
		}
	}); n != 0 {
		t.Errorf("%v allocations per run", n)
	}
}

// FuzzLayout checks that whatever a client publishes, both frames parse back
// to the same message, also under another subject.
func FuzzLayout(f *testing.F) {
	for _, tt := range layoutTests {
		f.Add([]byte(tt.sent), "mapped.to")
		f.Add([]byte(tt.sent), "")
	}
	f.Fuzz(func(t *testing.T, sent []byte, mapped string) {
		p := protocol.Parser{Limits: protocol.Limits{Headers: true}}
		var op protocol.Op
		var m Message
		for len(sent) > 0 {
			n, err := p.Next(sent, &op)
			if n == 0 || err != nil {
				return
			}
			sent = sent[n:]
			if op.Kind != protocol.KindPub && op.Kind != protocol.KindHPub {
				continue
			}
			m.Load(&op, nil, nil, false)
			checkFrames(t, &m)
			if mapped != "" && !strings.ContainsAny(mapped, " \t\r\n\x00") {
				m.SetSubject([]byte(mapped))
				checkFrames(t, &m)
			}
		}
	})
}

// received is a message as a client reads it.
type received struct{ Subject, SID, Reply, Header, Payload string }

func checkFrames(t *testing.T, m *Message) {
	t.Helper()
	want := received{string(m.Subject), "7", string(m.Reply), string(m.Header), string(m.Payload)}
	if diff := cmp.Diff(want, receive(t, m.Full())); diff != "" {
		t.Errorf("full, -want +got:\n%s", diff)
	}
	want.Header = ""
	if diff := cmp.Diff(want, receive(t, m.Plain())); diff != "" {
		t.Errorf("plain, -want +got:\n%s", diff)
	}
}

func receive(t *testing.T, f *chunk.Frame) received {
	t.Helper()
	b := bytes.Clone([]byte(wire(f)))
	p := protocol.Parser{Role: protocol.FromServer, Limits: protocol.Limits{Headers: true}}
	var op protocol.Op
	if n, err := p.Next(b, &op); n != len(b) || err != nil {
		t.Fatalf("a client reads %d bytes of %q: %v", n, b, err)
	}
	return received{string(op.Subject), string(op.SID), string(op.Reply), string(op.Header), string(op.Payload)}
}
