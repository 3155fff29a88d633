package sublist

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
)

// tracked is a subscription whose life the readers can follow. The times are
// ticks of the arena's clock; zero means not yet.
type tracked struct {
	subject  string
	entry    *Entry[*tracked]
	removing atomic.Int64 // before Remove is called
	removed  atomic.Int64 // after it has returned
}

// arena lets writers churn the subscriptions of an index while readers check
// every answer.
type arena struct {
	x     *Index[*tracked]
	clock atomic.Int64
	slots []atomic.Pointer[tracked] // subscriptions whose Insert has returned
	sub   func(slot int) (subject, queue string)
	topic func(rnd *rand.Rand) string
}

// churn fills and drains the slots [lo, hi) a few times, and in between
// replaces single ones at random.
func (a *arena) churn(t *testing.T, lo, hi int, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 0))
	for range 3 {
		for i := lo; i < hi; i++ {
			a.toggle(t, i, true)
		}
		for range hi - lo {
			i := lo + rnd.IntN(hi-lo)
			a.toggle(t, i, a.slots[i].Load() == nil)
		}
		for _, i := range rnd.Perm(hi - lo) {
			a.toggle(t, lo+i, false)
		}
	}
}

// toggle makes the slot taken or free. Each slot has one writer.
func (a *arena) toggle(t *testing.T, slot int, taken bool) {
	s := a.slots[slot].Load()
	if (s != nil) == taken {
		return
	}
	if taken {
		s = new(tracked)
		subject, queue := a.sub(slot)
		s.subject = subject
		var err error
		if s.entry, err = a.x.Insert(subject, queue, s); err != nil {
			t.Error(err)
			return
		}
		a.slots[slot].Store(s)
		return
	}
	a.slots[slot].Store(nil)
	s.removing.Store(a.clock.Add(1))
	if !a.x.Remove(s.entry) {
		t.Error("Remove = false for a subscription that was there")
	}
	s.removed.Store(a.clock.Add(1))
}

// check publishes once and judges the answer.
func (a *arena) check(t *testing.T, r *Result[*tracked], rnd *rand.Rand, expected []*tracked) {
	topic := a.topic(rnd)
	expected = expected[:0]
	for i := range a.slots {
		if s := a.slots[i].Load(); s != nil && matches(s.subject, topic) {
			expected = append(expected, s)
		}
	}
	start := a.clock.Add(1)
	a.x.Match([]byte(topic), r)
	end := a.clock.Add(1)
	found := map[*tracked]int{}
	see := func(s *tracked) {
		if s == nil {
			t.Error("found a zero value")
			return
		}
		if found[s]++; found[s] > 1 {
			t.Errorf("%s found twice for %s", s.subject, topic)
		}
		if at := s.removed.Load(); at != 0 && at < start {
			t.Errorf("%s found for %s after it was removed", s.subject, topic)
		}
	}
	for _, vs := range r.Plain {
		for _, s := range vs {
			see(s)
		}
	}
	for i := range r.Queues {
		for j := range r.Queues[i].Len() {
			see(r.Queues[i].At(j))
		}
		for _, other := range r.Queues[:i] {
			if other.Name == r.Queues[i].Name {
				t.Errorf("group %s found twice for %s", other.Name, topic)
			}
		}
	}
	for _, s := range expected {
		if at := s.removing.Load(); (at == 0 || at > end) && found[s] == 0 {
			t.Errorf("%s not found for %s", s.subject, topic)
		}
	}
}

func TestReadersSeeWhatIsThere(t *testing.T) {
	t.Parallel()
	const writers, readers, perWriter = 3, 2, 700
	tests := []struct {
		name  string
		sub   func(slot int) (string, string)
		topic func(rnd *rand.Rand) string
	}{
		{"one subject",
			func(int) (string, string) { return "a.b", "" },
			func(*rand.Rand) string { return "a.b" }},
		{"one group",
			func(int) (string, string) { return "a.b", "q" },
			func(*rand.Rand) string { return "a.b" }},
		{"many groups of one subject",
			func(i int) (string, string) { return "a.b", fmt.Sprint("q", i) },
			func(*rand.Rand) string { return "a.b" }},
		{"many subjects",
			func(i int) (string, string) { return fmt.Sprint("a.", i), "" },
			func(rnd *rand.Rand) string { return fmt.Sprint("a.", rnd.IntN(writers*perWriter)) }},
		{"few subscribers each",
			func(i int) (string, string) { return fmt.Sprint("a.", i%200), []string{"", "", "q"}[i%3] },
			func(rnd *rand.Rand) string { return fmt.Sprint("a.", rnd.IntN(200)) }},
		{"wildcards",
			func(i int) (string, string) {
				return fmt.Sprintf([]string{"a.*.%d", "a.%[1]d.>", "*.%d.*", "*.*.%d", ">"}[i%5], i%7), ""
			},
			func(rnd *rand.Rand) string { return fmt.Sprintf("a.%d.%d", rnd.IntN(7), rnd.IntN(7)) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := &arena{x: New[*tracked](), slots: make([]atomic.Pointer[tracked], writers*perWriter), sub: tt.sub, topic: tt.topic}
			a.race(t, writers, readers)
			if a.x.Len() != 0 {
				t.Errorf("Len = %d after all subscriptions were removed", a.x.Len())
			}
		})
	}
}

// race runs the writers to their end, and readers as long as there are any.
func (a *arena) race(t *testing.T, writers, readers int) {
	var writing, reading sync.WaitGroup
	var done atomic.Bool
	per := len(a.slots) / writers
	for w := range writers {
		writing.Go(func() { a.churn(t, w*per, (w+1)*per, uint64(w)) })
	}
	for n := range readers {
		reading.Go(func() {
			var r Result[*tracked]
			rnd := rand.New(rand.NewPCG(uint64(n), 1))
			var expected []*tracked
			for !done.Load() && !t.Failed() {
				a.check(t, &r, rnd, expected)
			}
		})
	}
	writing.Wait()
	done.Store(true)
	reading.Wait()
}

// TestReadersWhileTheTableGrows keeps some subjects while the shards around
// them split and merge.
func TestReadersWhileTheTableGrows(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"s.%d", "*.%d"} {
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			const stable, others = 200, 4 * maxSlots
			x := New[int]()
			for i := range stable {
				if _, err := x.Insert(fmt.Sprintf(pattern, i), "", i+1); err != nil {
					t.Fatal(err)
				}
			}
			var done atomic.Bool
			var reading sync.WaitGroup
			reading.Go(func() {
				var r Result[int]
				for i := 0; !done.Load(); i = (i + 1) % stable {
					x.Match(fmt.Appendf(nil, "s.%d", i), &r)
					if len(r.Plain) != 1 || r.Plain[0][0] != i+1 {
						t.Errorf("subject %d: found %v", i, r.Plain)
						return
					}
				}
			})
			reading.Go(func() {
				for !done.Load() {
					seen := map[int]int{}
					for it := range x.All() {
						seen[it.Value]++
					}
					for i := range stable {
						if seen[i+1] != 1 {
							t.Errorf("All: subject %d seen %d times", i, seen[i+1])
							return
						}
					}
				}
			})
			for range 2 {
				var entries []*Entry[int]
				for i := range others {
					e, err := x.Insert(fmt.Sprintf(pattern, stable+i), "", -i)
					if err != nil {
						t.Fatal(err)
					}
					entries = append(entries, e)
				}
				for _, e := range entries {
					x.Remove(e)
				}
			}
			done.Store(true)
			reading.Wait()
		})
	}
}

func TestConcurrentRemovesOfOneEntry(t *testing.T) {
	t.Parallel()
	x := New[int]()
	for _, subject := range []string{"a", "a.*"} {
		for range 200 {
			e, err := x.Insert(subject, "", 1)
			if err != nil {
				t.Fatal(err)
			}
			var removed atomic.Int32
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					if x.Remove(e) {
						removed.Add(1)
					}
				})
			}
			wg.Wait()
			if removed.Load() != 1 {
				t.Fatalf("%d Removes of one entry were true, want 1", removed.Load())
			}
		}
	}
}
