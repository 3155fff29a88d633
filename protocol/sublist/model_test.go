package sublist

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// model is the naive index: a list of subscriptions, each compared in turn.
type model struct {
	subs []*modelSub
}

type modelSub struct {
	subject, queue, value string
	entry                 *Entry[string]
}

func (m *model) match(subject string) []string {
	got := []string{}
	for _, s := range m.subs {
		if !matches(s.subject, subject) {
			continue
		}
		if s.queue == "" {
			got = append(got, s.value)
		} else {
			got = append(got, s.queue+":"+s.value)
		}
	}
	slices.Sort(got)
	return got
}

// matches is the subject rule, token by token.
func matches(pattern, subject string) bool {
	tokens := strings.Split(subject, ".")
	if slices.Contains(tokens, "") {
		return false
	}
	for _, p := range strings.Split(pattern, ".") {
		switch {
		case len(tokens) == 0:
			return false
		case p == ">":
			return true
		case p != "*" && p != tokens[0]:
			return false
		}
		tokens = tokens[1:]
	}
	return len(tokens) == 0
}

func validPattern(pattern string) bool {
	tokens := strings.Split(pattern, ".")
	i := slices.Index(tokens, ">")
	return !slices.Contains(tokens, "") && (i < 0 || i == len(tokens)-1)
}

// run makes both an index and the model do what the bytes of script say, and
// compares them all along.
func run(tb testing.TB, script []byte) {
	x := New[string]()
	var m model
	var r Result[string]
	next := func() int {
		if len(script) == 0 {
			return 0
		}
		b := script[0]
		script = script[1:]
		return int(b)
	}
	subject := func() string {
		var sb strings.Builder
		for i := range next()%5 + 1 {
			if i > 0 {
				sb.WriteByte('.')
			}
			sb.WriteString([]string{"a", "b", "c", "*", "*", ">", "ab", "*a", ""}[next()%9])
		}
		return sb.String()
	}
	for step := 0; len(script) > 0; step++ {
		switch op := next() % 8; {
		case op < 3:
			s := &modelSub{subject: subject(), value: fmt.Sprint("v", step)}
			s.queue = []string{"", "", "q", "p"}[next()%4]
			var err error
			s.entry, err = x.Insert(s.subject, s.queue, s.value)
			if (err == nil) != validPattern(s.subject) {
				tb.Fatalf("Insert(%q) = %v", s.subject, err)
			}
			if err == nil {
				m.subs = append(m.subs, s)
			}
		case op < 5 && len(m.subs) > 0:
			i := next() % len(m.subs)
			if !x.Remove(m.subs[i].entry) || x.Remove(m.subs[i].entry) {
				tb.Fatalf("Remove of %+v: want true once", m.subs[i])
			}
			m.subs = slices.Delete(m.subs, i, i+1)
		default:
			s := subject()
			x.Match([]byte(s), &r)
			want := m.match(s)
			if diff := cmp.Diff(want, flatten(&r)); diff != "" {
				tb.Fatalf("step %d: Match(%q) (-want +got):\n%s", step, s, diff)
			}
			if got := x.HasInterest([]byte(s)); got != (len(want) > 0) {
				tb.Fatalf("step %d: HasInterest(%q) = %v", step, s, got)
			}
		}
		if x.Len() != len(m.subs) {
			tb.Fatalf("Len = %d, want %d", x.Len(), len(m.subs))
		}
	}
	all := 0
	for range x.All() {
		all++
	}
	if all != len(m.subs) {
		tb.Fatalf("All yields %d items, want %d", all, len(m.subs))
	}
	for _, s := range m.subs {
		x.Remove(s.entry)
	}
	if !x.wild.root.idle() || x.Len() != 0 {
		tb.Fatal("something is left after all subscriptions were removed")
	}
}

func TestIndexEqualsModel(t *testing.T) {
	t.Parallel()
	seeds := uint64(100)
	if raceEnabled {
		seeds = 20 // one goroutine: there is nothing to race with
	}
	for seed := range seeds {
		rnd := rand.New(rand.NewPCG(seed, 1))
		script := make([]byte, 3000)
		for i := range script {
			script[i] = byte(rnd.Uint32())
		}
		run(t, script)
	}
}

func FuzzIndexEqualsModel(f *testing.F) {
	f.Add([]byte("\x00\x01\x00\x04\x00\x07\x01\x00\x01"))
	f.Add([]byte("\x00\x02\x00\x03\x05\x02\x01\x02\x00\x03\x05\x02\x06\x02\x00\x01\x02"))
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x07\x00\x00"))
	f.Fuzz(func(t *testing.T, script []byte) { run(t, script) })
}
