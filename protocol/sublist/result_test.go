package sublist

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMatchedResultStays matches, changes the index, and looks at what was
// matched before.
func TestMatchedResultStays(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, chunkLen, 3 * chunkLen} {
		x := New[string]()
		var subs []string
		for range n {
			subs = append(subs, "a", "a q")
		}
		entries := insert(t, x, subs...)
		var r Result[string]
		x.Match([]byte("a"), &r)
		want := flatten(&r)
		for _, e := range entries[1:] {
			x.Remove(e)
		}
		insert(t, x, "a", "a r", "a q")
		if diff := cmp.Diff(want, flatten(&r)); diff != "" {
			t.Errorf("%d subscribers: the result has changed (-before +after):\n%s", n, diff)
		}
	}
}

func TestResetDropsEverything(t *testing.T) {
	t.Parallel()
	x := New[*sub]()
	for _, s := range [][2]string{{"a.b", ""}, {"a.*", "q"}, {"a.b", "q"}, {">", "p"}, {"a.>", ""}} {
		if _, err := x.Insert(s[0], s[1], new(sub)); err != nil {
			t.Fatal(err)
		}
	}
	var r Result[*sub]
	if !r.Empty() {
		t.Error("a new result is not empty")
	}
	x.Match([]byte("a.b"), &r)
	if r.Empty() {
		t.Error("the result is empty after a match")
	}
	r.Reset()
	if !r.Empty() {
		t.Error("the result is not empty after Reset")
	}
	for _, vs := range r.Plain[:cap(r.Plain)] {
		if vs != nil {
			t.Error("Plain still refers to subscribers")
		}
	}
	for _, g := range r.Queues[:cap(r.Queues)] {
		if g.Name != "" {
			t.Errorf("a group still has the name %q", g.Name)
		}
		for _, s := range g.segments[:cap(g.segments)] {
			if s.vals != nil {
				t.Error("a group still refers to subscribers")
			}
		}
	}
	for _, b := range append(r.here[:cap(r.here)], r.next[:cap(r.next)]...) {
		if b != nil {
			t.Error("the result still refers to the trie")
		}
	}
}

func TestGroupAt(t *testing.T) {
	t.Parallel()
	for _, sizes := range [][]int{{1}, {5}, {1, 1}, {3, 1, 4, 1, 5}} {
		var g Group[int]
		next := 0
		for _, n := range sizes {
			vals := make([]int, n)
			for i := range vals {
				vals[i] = next
				next++
			}
			g.add(vals)
		}
		if g.Len() != next {
			t.Errorf("%v: Len = %d, want %d", sizes, g.Len(), next)
		}
		for i := range next {
			if got := g.At(i); got != i {
				t.Errorf("%v: At(%d) = %d", sizes, i, got)
			}
		}
	}
}
