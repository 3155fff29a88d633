package message

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// peer notes what a batch asks of it.
type peer struct {
	flushed int
	waits   time.Duration   // how long it takes to drain
	limits  []time.Duration // that it was given
}

func (p *peer) Flush() { p.flushed++ }

func (p *peer) AwaitDrain(limit time.Duration) time.Duration {
	p.limits = append(p.limits, limit)
	return min(p.waits, limit)
}

func TestFlushReachesEveryTouchedPeerOnce(t *testing.T) {
	t.Parallel()
	var b Batch
	peers := []*peer{{}, {}, {}}
	flushed := func() (n []int) {
		for _, p := range peers {
			n = append(n, p.flushed)
		}
		return n
	}
	b.Flush()
	b.Touch(peers[0])
	b.Touch(peers[2])
	b.Flush()
	if diff := cmp.Diff([]int{1, 0, 1}, flushed()); diff != "" {
		t.Errorf("first batch, -want +got:\n%s", diff)
	}
	b.Touch(peers[1])
	b.Flush()
	b.Flush()
	if diff := cmp.Diff([]int{1, 1, 1}, flushed()); diff != "" {
		t.Errorf("second batch, -want +got:\n%s", diff)
	}
	for _, p := range b.touched[:cap(b.touched)] {
		if p != nil {
			t.Error("the batch keeps hold of a peer")
		}
	}
}

func TestStallSpendsOneBudgetOnAll(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, tt := range []struct {
		name   string
		drains []time.Duration // of the congested peers, in order
		spent  time.Duration
		limits [][]time.Duration // that each of them is given
	}{
		{"nobody", nil, 0, nil},
		{"one that has caught up", []time.Duration{0}, 0, [][]time.Duration{{10 * ms}}},
		{"one", []time.Duration{3 * ms}, 3 * ms, [][]time.Duration{{10 * ms}}},
		{"two", []time.Duration{3 * ms, 4 * ms}, 7 * ms, [][]time.Duration{{10 * ms}, {7 * ms}}},
		{"more than the budget", []time.Duration{6 * ms, 6 * ms, 6 * ms}, 10 * ms, [][]time.Duration{{10 * ms}, {4 * ms}, nil}},
		{"one that is stuck", []time.Duration{time.Hour, ms}, 10 * ms, [][]time.Duration{{10 * ms}, nil}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b Batch
			var peers []*peer
			for _, d := range tt.drains {
				p := &peer{waits: d}
				peers = append(peers, p)
				b.Congested(p)
			}
			if spent := b.Stall(); spent != tt.spent {
				t.Errorf("stalled for %v, want %v", spent, tt.spent)
			}
			if again := b.Stall(); again != 0 {
				t.Errorf("stalled again, for %v", again)
			}
			var limits [][]time.Duration
			for _, p := range peers {
				limits = append(limits, p.limits)
			}
			if diff := cmp.Diff(tt.limits, limits); diff != "" {
				t.Errorf("limits, -want +got:\n%s", diff)
			}
		})
	}
}

func TestCongestedForgetsRepetitionsAndIsBounded(t *testing.T) {
	t.Parallel()
	var b Batch
	one := &peer{}
	for range 1000 {
		b.Congested(one)
	}
	b.Stall()
	if len(one.limits) != 1 {
		t.Errorf("waited %d times for a peer that said 1000 times that it is congested", len(one.limits))
	}
	peers := make([]peer, 2*maxCongested)
	for i := range peers {
		b.Congested(&peers[i])
	}
	b.Stall()
	waited := 0
	for i := range peers {
		waited += len(peers[i].limits)
	}
	if waited != maxCongested {
		t.Errorf("waited for %d peers, want %d", waited, maxCongested)
	}
	for _, p := range b.congested[:cap(b.congested)] {
		if p != nil {
			t.Error("the batch keeps hold of a peer")
		}
	}
}

func TestRandStaysInRange(t *testing.T) {
	t.Parallel()
	var b Batch
	for _, n := range []int{1, 2, 3, 7, 64, 1000, math.MaxUint32} {
		for range 1000 {
			if got := b.Rand(n); got < 0 || got >= n {
				t.Fatalf("Rand(%d) is %d", n, got)
			}
		}
	}
}

// TestRandIsUniform uses a fixed state: by chance it never fails.
func TestRandIsUniform(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3, 5, 10, 100} {
		b := Batch{random: 0x9e3779b97f4a7c15}
		const each = 10000
		counts := make([]int, n)
		for range n * each {
			counts[b.Rand(n)]++
		}
		for i, got := range counts {
			// five standard deviations
			if math.Abs(float64(got-each)) > 5*math.Sqrt(each) {
				t.Errorf("%d of %d came up %d times, want about %d", i, n, got, each)
			}
		}
	}
}

func TestBatchesDoNotShareRandomness(t *testing.T) {
	t.Parallel()
	var a, b Batch
	same := 0
	for range 64 {
		if a.Rand(1<<30) == b.Rand(1<<30) {
			same++
		}
	}
	if same > 8 {
		t.Errorf("two batches drew the same number %d times out of 64", same)
	}
}

func TestBatchAllocatesNothingOnceWarm(t *testing.T) {
	var b Batch
	peers := make([]peer, 16)
	for i := range peers {
		peers[i].limits = make([]time.Duration, 0, 1000)
	}
	if n := testing.AllocsPerRun(50, func() {
		for i := range peers {
			b.Touch(&peers[i])
			b.Congested(&peers[i])
		}
		b.Flush()
		b.Stall()
	}); n != 0 {
		t.Errorf("%v allocations per batch", n)
	}
}
