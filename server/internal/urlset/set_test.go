package urlset

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddressStaysUntilTheLastReferenceIsGone(t *testing.T) {
	t.Parallel()
	var s Set
	for _, step := range []struct {
		name    string
		do      func() bool
		changed bool
		all     []string
	}{
		{"own", func() bool { return s.SetOwn("me:1", "me:2") }, true, []string{"me:1", "me:2"}},
		{"own again", func() bool { return s.SetOwn("me:1", "me:2") }, false, []string{"me:1", "me:2"}},
		{"learned", func() bool { return s.Add("b:1", "a:1") }, true, []string{"me:1", "me:2", "a:1", "b:1"}},
		{"learned from another", func() bool { return s.Add("a:1") }, false, []string{"me:1", "me:2", "a:1", "b:1"}},
		{"one old, one new", func() bool { return s.Add("a:1", "c:1") }, true, []string{"me:1", "me:2", "a:1", "b:1", "c:1"}},
		{"one reference less", func() bool { return s.Remove("a:1") }, false, []string{"me:1", "me:2", "a:1", "b:1", "c:1"}},
		{"unknown", func() bool { return s.Remove("z:1") }, false, []string{"me:1", "me:2", "a:1", "b:1", "c:1"}},
		{"last reference", func() bool { return s.Remove("b:1") }, true, []string{"me:1", "me:2", "a:1", "c:1"}},
		{"own, as others see it", func() bool { return s.Add("me:1") }, true, []string{"me:1", "me:2", "a:1", "c:1"}},
		{"own changes", func() bool { return s.SetOwn("me:3") }, true, []string{"me:3", "a:1", "c:1", "me:1"}},
		{"the rest", func() bool { return s.Remove("a:1", "a:1", "c:1", "me:1") }, true, []string{"me:3"}},
	} {
		if changed := step.do(); changed != step.changed {
			t.Errorf("%s: changed: %v", step.name, changed)
		}
		if diff := cmp.Diff(step.all, s.All()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", step.name, diff)
		}
	}
	if got := s.Learned(); len(got) != 0 {
		t.Errorf("left over: %q", got)
	}
}

// A list in which every reference stands for itself says the same.
func TestSetEqualsAListOfReferences(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		var s Set
		var refs []string
		for range 100 {
			u := fmt.Sprint("host:", r.IntN(5))
			i := slices.Index(refs, u)
			if r.IntN(2) == 0 {
				if got := s.Add(u); got != (i < 0) {
					t.Fatalf("seed %d: Add(%s) = %v with %q", seed, u, got, refs)
				}
				refs = append(refs, u)
				continue
			}
			last := false
			if i >= 0 {
				refs = slices.Delete(refs, i, i+1)
				last = !slices.Contains(refs, u)
			}
			if got := s.Remove(u); got != last {
				t.Fatalf("seed %d: Remove(%s) = %v with %q", seed, u, got, refs)
			}
		}
		want := slices.Compact(slices.Sorted(slices.Values(refs)))
		if diff := cmp.Diff(want, s.Learned()); diff != "" && len(want)+len(s.Learned()) > 0 {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}
