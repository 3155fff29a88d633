package account

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// What a subscription gets over a border is exactly what a naive reader of the
// configuration would say, for random imports, subscriptions and subjects.
func TestStreamsAgreeWithAModel(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	tokens := []string{"a", "b", "*"}
	pattern := func() string {
		var list []string
		for range 1 + rnd.IntN(3) {
			list = append(list, tokens[rnd.IntN(len(tokens))])
		}
		if rnd.IntN(3) == 0 {
			list = append(list, ">")
		}
		return strings.Join(list, ".")
	}
	literal := func() string { return strings.ReplaceAll(strings.ReplaceAll(pattern(), "*", "c"), ">", "d") }
	for range 3000 {
		remote, sub, published := pattern(), pattern(), literal()
		local := remote
		if rnd.IntN(2) == 0 {
			local = "l." + remote
		}
		spec := Spec{Name: "B", Imports: []Import{{From: "A", Local: local, Remote: remote}}}
		if local != remote {
			imp := &spec.Imports[0]
			numbered, n := local, 0
			for strings.Contains(numbered, "*") {
				n++
				numbered = strings.Replace(numbered, "*", "$"+string(rune('0'+n)), 1)
			}
			in, err := subject.NewStrictTransform(remote, numbered)
			if err != nil {
				t.Fatalf("%s to %s: %v", remote, numbered, err)
			}
			out, ok := in.Reverse()
			if !ok {
				t.Fatalf("%s to %s cannot be reversed", remote, numbered)
			}
			imp.In, imp.Out = in, out
		}
		set := NewSet(nil)
		set.Replace([]Spec{{Name: "A"}, spec})
		f, _ := subscribe(t, set.Get("B"), sub)
		publish(set.Get("A"), published)

		arrives := published
		if local != remote {
			arrives = "l." + published
		}
		want := ""
		if subject.Match(remote, []byte(published)) && subject.Match(sub, []byte(arrives)) {
			want = arrives
		}
		if got := strings.Join(f.take(), ","); got != want {
			t.Fatalf("A publishes %s, B imports %s as %s and subscribes to %s: it gets %q, want %q", published, remote, local, sub, got, want)
		}
	}
}
