package stats

import (
	"math/bits"
	"time"
)

// subBits sets the resolution of a Hist: every power of two is cut into 1<<subBits buckets, so a
// quantile is off by at most 1/64 (1.6 %).
const subBits = 6

// buckets covers every non-negative int64 number of nanoseconds.
const buckets = (64 - subBits) << subBits

// Hist is a log-linear histogram of durations. Adding costs a few instructions and never
// allocates, which is what a load generator can afford between two reads.
type Hist struct {
	count  uint64
	counts [buckets]uint32
}

// Add records one duration; negative ones (a clock that stepped) count as zero.
func (h *Hist) Add(d time.Duration) {
	h.counts[bucket(max(d, 0))]++
	h.count++
}

// Merge adds everything that o recorded.
func (h *Hist) Merge(o *Hist) {
	for i, n := range o.counts {
		h.counts[i] += n
	}
	h.count += o.count
}

// Reset forgets everything recorded so far.
func (h *Hist) Reset() { *h = Hist{} }

// Count returns how many durations were recorded.
func (h *Hist) Count() uint64 { return h.count }

// Quantile returns the duration below which the fraction q of the recorded ones lie, or zero if
// there are none.
func (h *Hist) Quantile(q float64) time.Duration {
	if h.count == 0 {
		return 0
	}
	rank := uint64(q * float64(h.count))
	rank = min(rank, h.count-1)
	var seen uint64
	for i, n := range h.counts {
		seen += uint64(n)
		if seen > rank {
			return lower(i)
		}
	}
	return lower(buckets - 1)
}

// bucket maps a duration to its bucket: linear up to 1<<subBits ns, logarithmic above.
func bucket(d time.Duration) int {
	v := uint64(d)
	if v < 1<<subBits {
		return int(v)
	}
	shift := bits.Len64(v) - subBits - 1
	return (shift+1)<<subBits + int(v>>shift)&(1<<subBits-1)
}

// lower is the smallest duration that falls into bucket i.
func lower(i int) time.Duration {
	if i < 1<<subBits {
		return time.Duration(i)
	}
	shift := i>>subBits - 1
	return time.Duration((1<<subBits | i&(1<<subBits-1)) << shift)
}
