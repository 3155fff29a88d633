package contest

import (
	"fmt"
	"testing"

	"github.com/dunlin-mq/dunlin/tools/wsbench/libs"
)

// Receivers is how many connections a broadcast goes to.
const Receivers = 1000

// What a benchmark reports beside what all benchmarks do.
const (
	// TimeMetric is the processor time, which is what to compare: it is hardly
	// disturbed by who else uses the machine, and it includes what a library leaves
	// to other goroutines and to the garbage collector.
	TimeMetric = "cpu-ns/op"
	// WireMetric is how many bytes a message became, where they are written.
	WireMetric = "wire-B/op"
)

// Deflate is the title of the work that is bought with bytes on the wire, so
// that they belong to the answer.
const Deflate = "deflate"

// Work is a row of the table.
type Work struct {
	// Title says what is done, for instance "read".
	Title string
	// Size of the messages in bytes.
	Size int
	// Per is what the time is for, if it is not one message: an operation is
	// divided by so many.
	Per int

	// bench returns the benchmark of l, nil if l has no way to do this.
	bench func(l libs.Library, size int) func(*testing.B)
}

// Name tells the work from all others.
func (w Work) Name() string { return w.Title + " " + Size(w.Size) }

// Benchmark returns the benchmark of l at this work; nil if l offers nothing for
// it to its users.
func (w Work) Benchmark(l libs.Library) func(*testing.B) { return w.bench(l, w.Size) }

// Size writes a number of bytes the way people do.
func Size(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}

// Works lists all work in the order of the table.
func Works() []Work {
	frames := []int{16, 128, 1 << 10, 16 << 10, 64 << 10, 1 << 20}
	texts := []int{128, 1 << 10, 16 << 10}
	var all []Work
	add := func(title string, sizes []int, per int, bench func(libs.Library, int) func(*testing.B)) {
		for _, n := range sizes {
			all = append(all, Work{Title: title, Size: n, Per: per, bench: bench})
		}
	}
	add("read", frames, 1, read)
	add("write", frames, 1, write)
	add("mask", frames, 1, mask)
	add("inflate", texts, 1, inflate)
	add(Deflate, texts, 1, deflate)
	add("broadcast", []int{1 << 10}, Receivers, broadcast)
	return all
}
