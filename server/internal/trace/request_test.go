package trace

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/header"
	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// block makes a header block of lines.
func block(lines ...string) string {
	return "NATS/1.0\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
}

type askedTest struct {
	name  string
	block string
	want  bool
}

var askedTests = []askedTest{
	{"a destination", block("Nats-Trace-Dest: t"), true},
	{"behind other headers", block("A: b", "Nats-Trace-Dest: t"), true},
	{"without a blank", block("Nats-Trace-Dest:t"), true},
	{"without the closing line", "NATS/1.0\r\nNats-Trace-Dest: t\r\n", true},
	{"other headers", block("A: b", "Nats-Trace-Only: 1"), false},
	{"a name that only ends so", block("X-Nats-Trace-Dest: t"), false},
	{"a name that only begins so", block("Nats-Trace-Destination: t"), false},
	{"the name behind one that only ends so", block("X-Nats-Trace-Dest: t", "Nats-Trace-Dest: t"), true},
	{"a name in another case", block("nats-trace-dest: t"), false},
	{"inside a value", block("A: Nats-Trace-Dest: t"), false},
	{"a status", "NATS/1.0 100\r\nNats-Trace-Dest: t\r\n\r\n", false},
	{"a version line that ends in LF", "NATS/1.0\nNats-Trace-Dest: t\n\n", false},
	{"another version", "NATS/2.0\r\nNats-Trace-Dest: t\r\n\r\n", false},
	{"nothing but the version", "NATS/1.0\r\n", false},
	{"nothing", "", false},
}

func TestAsked(t *testing.T) {
	t.Parallel()
	for _, tt := range askedTests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, Asked([]byte(tt.block))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

type requestTest struct {
	name  string
	block string
	want  Request
}

var requestTests = []requestTest{
	{"a report", block("Nats-Trace-Dest: t.1"), Request{Dest: "t.1"}},
	{"blanks around the destination", block("Nats-Trace-Dest: \t t.1 \t"), Request{Dest: "t.1"}},
	{"the first of two destinations", block("Nats-Trace-Dest: a", "Nats-Trace-Dest: b"), Request{Dest: "a"}},
	{"only, as a number", block("Nats-Trace-Dest: t", "Nats-Trace-Only: 1"), Request{Dest: "t", Only: true}},
	{"only, as a word", block("Nats-Trace-Only: TRUE", "Nats-Trace-Dest: t"), Request{Dest: "t", Only: true}},
	{"only, as a switch", block("Nats-Trace-Dest: t", "Nats-Trace-Only: On "), Request{Dest: "t", Only: true}},
	{"not only", block("Nats-Trace-Dest: t", "Nats-Trace-Only: yes"), Request{Dest: "t"}},
	{"compressed", block("Nats-Trace-Dest: t", "Accept-Encoding: gzip, s2"), Request{Dest: "t", Accept: "gzip, s2"}},
	{"an accept header in another case", block("Nats-Trace-Dest: t", "accept-encoding: gzip"), Request{Dest: "t"}},
	{"a hop that a client made up", block("Nats-Trace-Dest: t", "Nats-Trace-Hop: 1.2"), Request{Dest: "t"}},
	{"an origin without a name", block("Nats-Trace-Dest: t", "Nats-Trace-Origin-Account: "), Request{Dest: "t"}},

	{"an empty destination", block("Nats-Trace-Dest: ", "Nats-Trace-Only: 1"), Request{}},
	{"a value on the next line", block("Nats-Trace-Dest:", "A: t"), Request{}},
	{"no line end behind the destination", "NATS/1.0\r\nNats-Trace-Dest: t", Request{}},
	{"a destination behind the block", "NATS/1.0\r\n\r\nNats-Trace-Dest: t\r\n\r\n", Request{}},
	{"disabled", block("Nats-Trace-Dest: trace disabled", "Nats-Trace-Only: 1"), Request{}},
	{"disabled, with an origin", block("Nats-Trace-Dest: trace disabled", "Nats-Trace-Origin-Account: A"), Request{}},

	{"a destination with an empty token", block("Nats-Trace-Dest: a..b"), Request{}},
	{"a destination with a wildcard", block("Nats-Trace-Dest: a.*"), Request{}},
	{"a destination with a blank", block("Nats-Trace-Dest: a b"), Request{}},
	{"a destination with a CR", block("Nats-Trace-Dest: a\rb"), Request{}},
	{"only, to a wildcard", block("Nats-Trace-Dest: a.>", "Nats-Trace-Only: 1"), Request{Only: true}},
	{"an origin", block("Nats-Trace-Dest: t", "Nats-Trace-Origin-Account: A"), Request{Disable: true}},
	{"an origin and a bad destination", block("Nats-Trace-Dest: a..b", "Nats-Trace-Origin-Account: A"), Request{Disable: true}},
	{"only, with an origin", block("Nats-Trace-Dest: t", "Nats-Trace-Only: 1", "Nats-Trace-Origin-Account: A"),
		Request{Only: true, Disable: true}},
}

func TestParseRequest(t *testing.T) {
	t.Parallel()
	for _, tt := range requestTests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, ParseRequest([]byte(tt.block))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDisableInReplacesTheDestination(t *testing.T) {
	t.Parallel()
	in := block("Nats-Trace-Dest: t", "Nats-Trace-Origin-Account: X", "A: b", "Nats-Trace-Dest: u")
	want := block("Nats-Trace-Origin-Account: X", "A: b", "Nats-Trace-Dest: trace disabled")
	if diff := cmp.Diff(want, string(DisableIn([]byte(in)))); diff != "" {
		t.Error(diff)
	}
}

func FuzzRequest(f *testing.F) {
	for _, tt := range askedTests {
		f.Add([]byte(tt.block))
	}
	for _, tt := range requestTests {
		f.Add([]byte(tt.block))
	}
	f.Fuzz(func(t *testing.T, block []byte) {
		asked := Asked(block)
		req := ParseRequest(block)
		if !subject.WireSafe(req.Dest) {
			t.Errorf("destination %q breaks a protocol line", req.Dest)
		}
		if req.Dest != "" && req.Disable {
			t.Errorf("a report and no tracing: %+v", req)
		}
		if _, named := header.Get(block, header.TraceDest); named && !asked && strings.HasPrefix(string(block), "NATS/1.0\r\n") {
			t.Error("the header names a destination, and the quick test does not see it")
		}
		if got := ParseRequest(DisableIn(block)); got != (Request{}) {
			t.Errorf("disabled, and yet %+v", got)
		}
		Begin(req, block, len(block), Ingress{})
	})
}

func TestAskedAllocatesNothing(t *testing.T) {
	in := []byte(block("Content-Type: application/json", "Nats-Msg-Id: 1234567890"))
	got := testing.AllocsPerRun(100, func() {
		if Asked(in) {
			t.Error("asked")
		}
	})
	if got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func BenchmarkAsked(b *testing.B) {
	for name, in := range map[string][]byte{
		"short": []byte(block("Nats-Msg-Id: 1234567890")),
		"long":  []byte(block(strings.Repeat("Some-Header: of some length\r\n", 20) + "A: b")),
		"yes":   []byte(block("Nats-Msg-Id: 1234567890", "Nats-Trace-Dest: t")),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Asked(in)
			}
		})
	}
}
