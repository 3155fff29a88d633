package header_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/header"
)

const absent = "(absent)"

func get(block, key string) string {
	value, ok := header.Get([]byte(block), key)
	if !ok {
		return absent
	}
	return string(value)
}

var lookups = []struct{ name, block, want string }{
	{"plain", "NATS/1.0\r\nK: v\r\n\r\n", "v"},
	{"no blank", "NATS/1.0\r\nK:v\r\n\r\n", "v"},
	{"blanks in front are skipped", "NATS/1.0\r\nK: \t v\r\n\r\n", "v"},
	{"blanks behind are kept", "NATS/1.0\r\nK: v \r\n\r\n", "v "},
	{"empty value", "NATS/1.0\r\nK:\r\n\r\n", ""},
	{"colon in the value", "NATS/1.0\r\nK: a:b\r\n\r\n", "a:b"},
	{"second line", "NATS/1.0\r\nA: b\r\nK: v\r\n\r\n", "v"},
	{"first of several", "NATS/1.0\r\nK: v\r\nK: w\r\n\r\n", "v"},
	{"behind a status", "NATS/1.0 100 Idle Heartbeat\r\nK: v\r\n\r\n", "v"},
	{"lone CR is part of the value", "NATS/1.0\r\nK: a\rb\r\n\r\n", "a\rb"},

	{"other case", "NATS/1.0\r\nk: v\r\n\r\n", absent},
	{"longer name", "NATS/1.0\r\nKK: v\r\n\r\n", absent},
	{"longer name in front", "NATS/1.0\r\nAK: v\r\n\r\n", absent},
	{"blank before the colon", "NATS/1.0\r\nK : v\r\n\r\n", absent},
	{"blank before the name", "NATS/1.0\r\n K: v\r\n\r\n", absent},
	{"inside another value", "NATS/1.0\r\nA: K: v\r\n\r\n", absent},
	{"in the version line", "NATS/1.0 K: v\r\n\r\n", absent},
	{"no lines", "NATS/1.0\r\n\r\n", absent},

	{"line ends in LF", "NATS/1.0\nA: b\nK: v\n\n", "v"},
	{"behind the empty line", "NATS/1.0\r\n\r\nK: v\r\n\r\n", absent},
	{"behind an empty line in LF", "NATS/1.0\r\nA: b\n\nK: v\r\n\r\n", absent},
	{"truncated line", "NATS/1.0\r\nK: v", absent},
	{"truncated line with CR", "NATS/1.0\r\nK: v\r", absent},
	{"empty line missing", "NATS/1.0\r\nK: v\r\n", "v"},
	{"no colon", "NATS/1.0\r\nK\r\n\r\n", absent},
	{"empty block", "", absent},
	{"version only", "NATS/1.0", absent},
	{"other version", "NATS/1.1\r\nK: v\r\n\r\n", absent},
	{"longer version", "NATS/1.00\r\nK: v\r\n\r\n", absent},
	{"no version", "K: v\r\n\r\n", absent},
	{"garbage", "\r\n\x00:\r\nK: v\r\n", absent},
}

func TestGet(t *testing.T) {
	t.Parallel()
	for _, row := range lookups {
		if got := get(row.block, "K"); got != row.want {
			t.Errorf("%s: Get(%q) = %q, want %q", row.name, row.block, got, row.want)
		}
	}
}

func TestGetFold(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"traceparent: x":     "x",
		"Traceparent:x":      "x",
		"TRACEPARENT:  x":    "x",
		"traceparent : x":    absent,
		"tracepar\u212At: x": absent,
		"traceparent":        absent,
		"tracepar: x":        absent,
	} {
		value, ok := header.GetFold([]byte("NATS/1.0\r\nA: b\r\n"+line+"\r\n\r\n"), header.TraceParent)
		if !ok {
			value = []byte(absent)
		}
		if string(value) != want {
			t.Errorf("%q: got %q, want %q", line, value, want)
		}
	}
}

type field struct{ Name, Value string }

func all(block []byte) (list []field) {
	for name, value := range header.All(block) {
		list = append(list, field{string(name), string(value)})
	}
	return list
}

func TestAllKeepsOrderAndDuplicates(t *testing.T) {
	t.Parallel()
	got := all([]byte("NATS/1.0 503\r\nB: 1\r\nA:\t2\r\nno colon\r\n: 3\r\nB:4\n\r\nC: 5\r\n\r\n"))
	want := []field{{"B", "1"}, {"A", "2"}, {"", "3"}, {"B", "4"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAllStopsWhenAskedTo(t *testing.T) {
	t.Parallel()
	n := 0
	for range header.All([]byte("NATS/1.0\r\nA: 1\r\nB: 2\r\n\r\n")) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d lines seen", n)
	}
}

func TestParseStatus(t *testing.T) {
	t.Parallel()
	type status struct {
		Code        int
		Description string
		OK          bool
	}
	for block, want := range map[string]status{
		"NATS/1.0 503\r\n\r\n":                         {503, "", true},
		"NATS/1.0 100 Idle Heartbeat\r\n\r\n":          {100, "Idle Heartbeat", true},
		"NATS/1.0 100 FlowControl Request\r\nA: b\r\n": {100, "FlowControl Request", true},
		"NATS/1.0\t 404 \tNo Messages\n\n":             {404, "No Messages", true},
		"NATS/1.0 503 \r\n\r\n":                        {503, "", true},
		"NATS/1.0\r\n\r\n":                             {},
		"NATS/1.0 \r\n\r\n":                            {},
		"NATS/1.0 50\r\n\r\n":                          {},
		"NATS/1.0 5033\r\n\r\n":                        {},
		"NATS/1.0 5x3\r\n\r\n":                         {},
		"NATS/1.0 -12\r\n\r\n":                         {},
		"NATS/1.0503\r\n\r\n":                          {},
		"NATS/1.0 503":                                 {},
		"NATS/1.0":                                     {},
		"503\r\n":                                      {},
		"":                                             {},
	} {
		code, description, ok := header.ParseStatus([]byte(block))
		if diff := cmp.Diff(want, status{code, string(description), ok}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", block, diff)
		}
	}
}
