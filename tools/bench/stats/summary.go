package stats

import (
	"math"
	"slices"
)

// Summary describes repeated measurements of one quantity. The median is what gets quoted: one
// round disturbed by something else on the machine moves a mean, but not a median.
type Summary struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	N      int     `json:"n"`
}

// Summarize returns the summary of the finite numbers among values; its zero value stands for none.
func Summarize(values []float64) Summary {
	finite := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			finite = append(finite, v)
		}
	}
	if len(finite) == 0 {
		return Summary{}
	}
	slices.Sort(finite)
	n := len(finite)
	median := finite[n/2]
	if n%2 == 0 {
		median = finite[n/2-1] + (finite[n/2]-finite[n/2-1])/2
	}
	return Summary{Median: median, Min: finite[0], Max: finite[n-1], N: n}
}

// Ratios divides a by b pair by pair, up to the shorter of the two. Pairs measured right after one
// another share the machine's mood of the moment, so their ratio is steadier than that of medians.
func Ratios(a, b []float64) []float64 {
	n := min(len(a), len(b))
	out := make([]float64, n)
	for i := range n {
		out[i] = a[i] / b[i]
	}
	return out
}
