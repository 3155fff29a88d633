package main

import (
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/dunlin-mq/dunlin/tools/bench/stats"
	"github.com/dunlin-mq/dunlin/tools/wsbench/contest"
	"github.com/dunlin-mq/dunlin/tools/wsbench/libs"
)

// row is what was measured of one work.
type row struct {
	work  contest.Work
	cells []cell // by library, in their order
}

// cell is one library at one work.
type cell struct {
	ours   bool
	ns     []float64 // processor time per message or receiver, round by round; none if the library cannot do this
	allocs int64     // per operation, in the last round
	wire   float64   // bytes on the wire per message, where the work tells
}

func (c cell) median() float64 { return stats.Summarize(c.ns).Median }

// stored tells that what was to be deflated was not.
func (r row) stored(c cell) bool {
	return r.work.Title == contest.Deflate && c.wire >= float64(r.work.Size)
}

// fastest returns the fastest of the others, nothing if there is none. Who does
// not compress does not count, unless ours is one of them.
func (r row) fastest() cell {
	var best cell
	for _, c := range r.cells {
		if c.ours || len(c.ns) == 0 || r.stored(c) && !r.stored(r.cells[0]) {
			continue
		}
		if len(best.ns) == 0 || c.median() < best.median() {
			best = c
		}
	}
	return best
}

// ratio is ours by the fastest other, 0 if one of them is missing. Ours is the first.
func (r row) ratio() float64 {
	return stats.Summarize(stats.Ratios(r.cells[0].ns, r.fastest().ns)).Median
}

// measure runs all libraries at all work, rounds times. run is testing.Benchmark.
func measure(works []contest.Work, all []libs.Library, rounds int,
	run func(func(*testing.B)) testing.BenchmarkResult, progress io.Writer) ([]row, error) {
	rows := make([]row, len(works))
	for i, w := range works {
		rows[i] = row{work: w, cells: make([]cell, len(all))}
		for k, l := range all {
			rows[i].cells[k].ours = slices.Contains(libs.Ours, l)
		}
	}
	for round := range rounds {
		fmt.Fprintf(progress, "round %d of %d\n", round+1, rounds)
		for i, w := range works {
			// Each round begins with another library, so that none is always measured first.
			for k := range all {
				k = (k + round) % len(all)
				bench := w.Benchmark(all[k])
				if bench == nil {
					continue
				}
				result := run(bench)
				if result.N == 0 {
					return nil, fmt.Errorf("%s failed at %s", all[k].Name(), w.Name())
				}
				rows[i].cells[k].add(result, w.Per)
			}
		}
	}
	return rows, nil
}

func (c *cell) add(r testing.BenchmarkResult, per int) {
	c.ns = append(c.ns, r.Extra[contest.TimeMetric]/float64(per))
	c.allocs = r.AllocsPerOp()
	c.wire = r.Extra[contest.WireMetric]
}
