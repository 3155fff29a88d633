package stats

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestSummarize(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   []float64
		want Summary
	}{
		"nothing":              {nil, Summary{}},
		"one":                  {[]float64{3}, Summary{3, 3, 3, 1}},
		"odd count":            {[]float64{9, 1, 5}, Summary{5, 1, 9, 3}},
		"even count":           {[]float64{4, 1, 2, 10}, Summary{3, 1, 10, 4}},
		"not finite left out":  {[]float64{math.NaN(), 2, math.Inf(1)}, Summary{2, 2, 2, 1}},
		"outlier moves no one": {[]float64{1, 1, 1, 1, 1000}, Summary{1, 1, 1000, 5}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Summarize(tt.in); got != tt.want {
				t.Errorf("Summarize(%v) = %+v, want %+v", tt.in, got, tt.want)
			}
		})
	}
}

func TestSummarizeLeavesItsInputAlone(t *testing.T) {
	t.Parallel()
	in := []float64{3, 1, 2}
	Summarize(in)
	if in[0] != 3 || in[1] != 1 || in[2] != 2 {
		t.Errorf("input became %v", in)
	}
}

func TestRatiosPairsRounds(t *testing.T) {
	t.Parallel()
	got := Ratios([]float64{1, 4, 9}, []float64{2, 4})
	if len(got) != 2 || got[0] != 0.5 || got[1] != 1 {
		t.Errorf("Ratios = %v, want [0.5 1]", got)
	}
}

func TestHistQuantilesAreCloseToExact(t *testing.T) {
	t.Parallel()
	var h Hist
	for i := 1; i <= 100_000; i++ {
		h.Add(time.Duration(i) * time.Microsecond)
	}
	for _, q := range []float64{0.01, 0.5, 0.9, 0.99} {
		exact := q * 100_000 * 1e3
		got := float64(h.Quantile(q))
		if math.Abs(got-exact)/exact > 1.0/64 {
			t.Errorf("Quantile(%g) = %g ns, exact %g", q, got, exact)
		}
	}
}

func TestHistBucketsHoldTheirBounds(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		d := time.Duration(rnd.Int64() >> rnd.IntN(63))
		i := bucket(d)
		if lower(i) > d || (i+1 < buckets && lower(i+1) <= d) {
			t.Fatalf("%d ns in bucket %d [%d, %d)", d, i, lower(i), lower(i+1))
		}
	}
	if i := bucket(math.MaxInt64); i != buckets-1 {
		t.Errorf("largest duration is in bucket %d of %d", i, buckets)
	}
}

func TestHistMergeAndReset(t *testing.T) {
	t.Parallel()
	var a, b Hist
	a.Add(time.Second)
	b.Add(-time.Second)
	b.Add(time.Millisecond)
	a.Merge(&b)
	if a.Count() != 3 || a.Quantile(0) != 0 {
		t.Errorf("after merge: count %d, minimum %v", a.Count(), a.Quantile(0))
	}
	a.Reset()
	if a.Count() != 0 || a.Quantile(0.5) != 0 {
		t.Errorf("after reset: count %d, median %v", a.Count(), a.Quantile(0.5))
	}
}

func BenchmarkHistAdd(b *testing.B) {
	var h Hist
	b.ReportAllocs()
	d := time.Duration(0)
	for b.Loop() {
		h.Add(d)
		d += 977
	}
}
