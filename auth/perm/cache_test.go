package perm

import (
	"fmt"
	"strings"
	"testing"
)

// However many subjects there are, a decision that is remembered is the one that
// was made.
func TestCacheAgreesWithTheSet(t *testing.T) {
	t.Parallel()
	s := compiledSet(t, &Rules{Publish: &Subjects{Deny: []string{"*.1", "*.4", "long.>"}}})
	other := compiledSet(t, &Rules{Publish: &Subjects{Allow: []string{"*.1"}}})
	var c Cache
	for i := range 10_000 {
		subj := fmt.Appendf(nil, "a%d.%d", i*7%300, i%5)
		for _, set := range []*Set{s, s, nil} {
			if got, want := c.Publish(set, subj), set.Publish(subj); got != want {
				t.Fatalf("%s: %v", subj, got)
			}
		}
		if i%1000 == 0 && c.Publish(other, subj) != other.Publish(subj) {
			t.Fatalf("%s: the answer of another set", subj)
		}
	}
	if len(c.slots) != maxCached {
		t.Errorf("%d slots", len(c.slots))
	}
	long := []byte("long." + strings.Repeat("x", maxCachedSubject))
	for range 2 {
		if c.Publish(s, long) {
			t.Error("a long subject is allowed")
		}
	}
	for _, e := range c.slots {
		if len(e.subject) > maxCachedSubject {
			t.Errorf("%d bytes are kept", len(e.subject))
		}
	}
}

func TestCacheThatHasGrownAllocatesNothing(t *testing.T) {
	s := twenty(t)
	subjects := make([][]byte, 1000)
	for i := range subjects {
		subjects[i] = fmt.Appendf(nil, "allow.%d.order.%09d", i%20, i)
	}
	var c Cache
	all := func() {
		for _, subj := range subjects {
			c.Publish(s, subj)
		}
	}
	all()
	all()
	if got := testing.AllocsPerRun(10, all); got != 0 {
		t.Errorf("%v allocations", got)
	}
}
