package perm

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// randomPattern makes a pattern of few tokens, so that many have something in
// common.
func randomPattern(r *rand.Rand) string {
	tokens := make([]string, 1+r.IntN(4))
	for i := range tokens {
		tokens[i] = []string{"a", "b", "*", "c"}[r.IntN(4)]
	}
	if r.IntN(4) == 0 {
		tokens[len(tokens)-1] = ">"
	}
	return strings.Join(tokens, ".")
}

// The tree finds what a look at every entry finds.
func TestTreeAgreesWithAList(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 11))
		list := make([]entry, r.IntN(12))
		for i := range list {
			list[i] = entry{subject: randomPattern(r)}
		}
		root := newTree(list)
		for range 30 {
			pattern := randomPattern(r)
			check := func(what string, walk func(func(*entry) bool) bool, want func(p string) bool) {
				var got, all []string
				stopped := walk(func(e *entry) bool { got = append(got, e.subject); return false })
				for _, e := range list {
					if want(e.subject) {
						all = append(all, e.subject)
					}
				}
				slices.Sort(got)
				slices.Sort(all)
				if diff := cmp.Diff(all, got); diff != "" || stopped {
					t.Fatalf("seed %d: %v: %s %s: %s", seed, list, what, pattern, diff)
				}
				if first := walk(func(*entry) bool { return true }); first != (len(all) > 0) {
					t.Fatalf("seed %d: %v: %s %s: stops: %v", seed, list, what, pattern, first)
				}
			}
			check("covering", func(v func(*entry) bool) bool { return root.covering(pattern, false, v) }, func(p string) bool { return subject.Subset(pattern, p) })
			check("covering loosely", func(v func(*entry) bool) bool { return root.covering(pattern, true, v) }, func(p string) bool { return subject.Match(p, pattern) })
			check("overlapping", func(v func(*entry) bool) bool { return root.overlapping(pattern, v) }, func(p string) bool { return subject.Overlap(p, pattern) })
		}
	}
}
