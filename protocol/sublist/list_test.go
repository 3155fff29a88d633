package sublist

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (l *list[V]) values() []V {
	vs := []V{}
	l.segments(func(s []V) { vs = append(vs, s...) })
	return vs
}

func TestListHoldsWhatIsAdded(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, chunkLen - 1, chunkLen, chunkLen + 1, 5 * chunkLen} {
		var l list[int]
		places := map[int]*place{}
		check := func() {
			t.Helper()
			want := []int{}
			for v := range places {
				want = append(want, v)
			}
			slices.Sort(want)
			got := l.values()
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("n = %d: values (-want +got):\n%s", n, diff)
			}
			if l.len() != len(want) {
				t.Fatalf("n = %d: len = %d, want %d", n, l.len(), len(want))
			}
		}
		next := 0
		add := func() {
			places[next] = new(place)
			l.add(next, places[next])
			next++
		}
		check()
		for range 3 {
			for len(places) < n {
				add()
			}
			check()
			// Down to nothing, with a step up between the steps down.
			rnd := rand.New(rand.NewPCG(uint64(n), 0))
			for len(places) > 0 {
				order := slices.Sorted(maps.Keys(places))
				for range min(2+rnd.IntN(9), len(order)) {
					i := rnd.IntN(len(order))
					l.remove(places[order[i]])
					delete(places, order[i])
					order = slices.Delete(order, i, i+1)
				}
				if len(places) > 0 {
					add()
					l.remove(places[next-1])
					delete(places, next-1)
				}
				check()
			}
		}
	}
}

// TestListNeverLooksShort has a reader count the values at the moments when a
// list changes its shape.
func TestListNeverLooksShort(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		from int
		move func(l *list[int], places []*place)
		low  int // the fewest values a reader may ever see
		n    int // rounds
	}{
		{"becoming wide", chunkLen, func(l *list[int], _ []*place) { l.add(0, new(place)) }, chunkLen, 5000},
		{"removing", chunkLen + 9, func(l *list[int], ps []*place) { l.remove(ps[3]) }, chunkLen + 8, 5000},
		{"packing", 5 * chunkLen, func(l *list[int], ps []*place) {
			for _, p := range ps[:4*chunkLen] {
				l.remove(p)
			}
		}, chunkLen, 300},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var current atomic.Pointer[list[int]]
			var done atomic.Bool
			var wg sync.WaitGroup
			wg.Go(func() {
				for !done.Load() {
					l := current.Load()
					if l == nil {
						continue
					}
					n := 0
					l.segments(func(vs []int) { n += len(vs) })
					if n < tt.low {
						t.Errorf("a reader saw %d values of at least %d", n, tt.low)
						return
					}
				}
			})
			rounds := tt.n
			if raceEnabled {
				rounds /= 20
			}
			for range rounds {
				l := new(list[int])
				places := make([]*place, tt.from)
				for i := range places {
					places[i] = new(place)
					l.add(i, places[i])
				}
				current.Store(l)
				tt.move(l, places)
			}
			done.Store(true)
			wg.Wait()
		})
	}
}
