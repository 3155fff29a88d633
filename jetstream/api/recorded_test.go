package api_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/google/go-cmp/cmp"
)

// exchange is what a client asked of nats-server 2.15, line by line, and what it was
// answered, as testdata has it: a line is a word and what belongs to it.
type exchange struct {
	name  string
	lines []line
}

type line struct{ word, text string }

var long = regexp.MustCompile(`LONG\d+`)

// recorded reads a file of exchanges. LONG stands for that many letters, and the
// version of the server that answered for the one of this.
func recorded(t testing.TB, file string) []exchange {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(b), `"_nats.ver":"2.15.2"`, `"_nats.ver":"`+api.Version+`"`)
	var all []exchange
	for _, l := range strings.Split(text, "\n") {
		if name, ok := strings.CutPrefix(l, "=== "); ok {
			all = append(all, exchange{name: name})
			continue
		}
		if l == "" || l[0] == '#' {
			continue
		}
		word, rest, _ := strings.Cut(l, " ")
		rest = long.ReplaceAllStringFunc(rest, func(s string) string {
			n, _ := strconv.Atoi(s[len("LONG"):])
			return strings.Repeat("x", n)
		})
		x := &all[len(all)-1]
		x.lines = append(x.lines, line{word, rest})
	}
	return all
}

// answer is the last line: what the server made of the rest.
func (x *exchange) answer() line { return x.lines[len(x.lines)-1] }

// has reports whether there is a line of a word.
func (x *exchange) has(word string) bool {
	for _, l := range x.lines {
		if l.word == word {
			return true
		}
	}
	return false
}

// bounds are those of the server in an exchange.
func (x *exchange) bounds() *api.Bounds {
	if x.has("bounded") {
		return &api.Bounds{Duplicates: 600e9, MaxAckPending: 500, MaxBatch: 300}
	}
	return &api.Bounds{}
}

// expect compares an answer to the recorded one, byte by byte.
func (x *exchange) expect(t *testing.T, config any, e *api.Error) {
	t.Helper()
	got := line{"is", ""}
	var v any = config
	if e != nil {
		got.word, v = "error", e
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	got.text = string(b)
	want := x.answer()
	// What Go's decoder calls a type is not a promise of anybody.
	want.text = strings.ReplaceAll(want.text, "server.", "api.")
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("%s", diff)
	}
}

// create carries out a request about a stream as far as it concerns no other stream.
func create(text string, b *api.Bounds, strict bool) (*api.StreamConfig, *api.Error) {
	var req api.StreamConfigRequest
	if text != "" {
		if e := api.Decode([]byte(text), &req, strict); e != nil {
			return nil, e
		}
	}
	if req.Name == "" {
		return nil, api.ErrStreamMismatch
	}
	full, e := req.Complete(b)
	if e == nil {
		e = full.Validate(b)
	}
	return full, e
}

func TestStreamsAreAsRecorded(t *testing.T) {
	t.Parallel()
	for _, x := range recorded(t, "streams.txt") {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			b := x.bounds()
			full, e := create(x.lines[len(x.lines)-2].text, b, !x.has("lenient"))
			if e != nil {
				x.expect(t, nil, e)
				return
			}
			shown := full.ForClients()
			x.expect(t, shown, nil)
			if again := full.WithDefaults(b); !full.Same(again) {
				t.Errorf("defaults change what is complete: %v", cmp.Diff(full, again))
			}
		})
	}
}

// reencode is a JSON text as it is after having been read into v.
func reencode(t *testing.T, text string, v any) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
