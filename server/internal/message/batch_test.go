package message

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/memo"
)

// peer is a connection that drains after a while, or never.
type peer struct {
	name  string
	drain time.Duration
	log   *[]string
}

func (p *peer) Flush(*memo.Memo) { *p.log = append(*p.log, "flush "+p.name) }

func (p *peer) AwaitDrain(limit time.Duration) time.Duration {
	*p.log = append(*p.log, "await "+p.name+" "+limit.String())
	return min(p.drain, limit)
}

func TestFlushReachesEverybodyTouchedOnce(t *testing.T) {
	t.Parallel()
	var log []string
	a, b := &peer{name: "a", log: &log}, &peer{name: "b", log: &log}
	var batch Batch
	batch.Touch(a)
	batch.Touch(b)
	batch.Flush()
	if diff := cmp.Diff([]string{"flush a", "flush b"}, log); diff != "" {
		t.Error(diff)
	}
	log = nil
	batch.Flush()
	batch.Touch(b)
	batch.Flush()
	if diff := cmp.Diff([]string{"flush b"}, log); diff != "" {
		t.Errorf("in the next batch: %s", diff)
	}
}

func TestStall(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, tt := range []struct {
		name  string
		peers []time.Duration // how long each takes to drain
		order []int           // who is found congested, in this order
		want  time.Duration
		log   []string
	}{
		{"nobody", nil, nil, 0, nil},
		{"one that drains", []time.Duration{3 * ms}, []int{0}, 3 * ms, []string{"await a 10ms"}},
		{"one found several times", []time.Duration{3 * ms}, []int{0, 0, 0}, 3 * ms, []string{"await a 10ms"}},
		{"one that never drains", []time.Duration{time.Hour}, []int{0}, 10 * ms, []string{"await a 10ms"}},
		{"two that drain", []time.Duration{3 * ms, 4 * ms}, []int{0, 1}, 7 * ms, []string{"await a 10ms", "await b 7ms"}},
		{"the time is used up", []time.Duration{time.Hour, 1 * ms}, []int{0, 1}, 10 * ms, []string{"await a 10ms"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log []string
			var batch Batch
			peers := make([]*peer, len(tt.peers))
			for i, d := range tt.peers {
				peers[i] = &peer{string(rune('a' + i)), d, &log}
			}
			for _, i := range tt.order {
				batch.Congested(peers[i])
			}
			if diff := cmp.Diff(tt.want, batch.Stall()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.log, log); diff != "" {
				t.Error(diff)
			}
			if again := batch.Stall(); again != 0 {
				t.Errorf("stalled a second time, for %v", again)
			}
		})
	}
}

func TestStallRemembersABoundedNumberOfPeers(t *testing.T) {
	t.Parallel()
	var log []string
	a, b := &peer{name: "a", log: &log}, &peer{name: "b", log: &log}
	var batch Batch
	for range 10 * maxCongested {
		batch.Congested(a)
		batch.Congested(b)
	}
	batch.Stall()
	if len(log) != maxCongested {
		t.Errorf("waited for %d peers, not %d", len(log), maxCongested)
	}
}

// With a fixed start the numbers are always the same, so the bounds below
// either hold or do not.
func TestRandIsFair(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, 4, 7, 10, 100, 1000} {
		const draws = 200_000
		batch := Batch{random: 1}
		counts := make([]int, n)
		for range draws {
			counts[batch.Rand(n)]++
		}
		if chi := chiSquared(counts, draws); chi > chiBound(n-1) {
			t.Errorf("Rand(%d): chi squared is %.1f, more than %.1f", n, chi, chiBound(n-1))
		}
	}
}

// A publisher that alternates between two groups must not tie one choice to
// the other.
func TestRandIsIndependentOfTheDrawBefore(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3, 4, 10} {
		const draws = 200_000
		batch := Batch{random: 1}
		pairs := make([]int, n*n)
		last := batch.Rand(n)
		for range draws {
			next := batch.Rand(n)
			pairs[last*n+next]++
			last = next
		}
		if chi := chiSquared(pairs, draws); chi > chiBound(n*n-1) {
			t.Errorf("pairs of Rand(%d): chi squared is %.1f, more than %.1f", n, chi, chiBound(n*n-1))
		}
	}
}

func TestRandOfTwoBatchesDiffers(t *testing.T) {
	t.Parallel()
	var a, b Batch
	same := 0
	for range 100 {
		if a.Rand(1<<30) == b.Rand(1<<30) {
			same++
		}
	}
	if same > 3 {
		t.Errorf("%d of 100 numbers are the same", same)
	}
}

func chiSquared(counts []int, total int) (chi float64) {
	want := float64(total) / float64(len(counts))
	for _, c := range counts {
		d := float64(c) - want
		chi += d * d / want
	}
	return chi
}

// chiBound is four standard deviations above the mean of chi squared.
func chiBound(freedom int) float64 {
	return float64(freedom) + 4*math.Sqrt(2*float64(freedom))
}

func BenchmarkRand(b *testing.B) {
	var batch Batch
	b.ReportAllocs()
	for b.Loop() {
		batch.Rand(10)
	}
}
