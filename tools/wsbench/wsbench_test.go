package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/tools/wsbench/contest"
	"github.com/dunlin-mq/dunlin/tools/wsbench/libs"
)

func TestParseFlags(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"":               "",
		"-rounds=0":      "-rounds must be at least 1",
		"-time=0s":       "-time must be more than nothing",
		"-works=(":       "-works: error parsing regexp: missing closing ): `^(?:()$`",
		"-rounds=2 more": `unexpected argument "more"`,
	} {
		got := ""
		if _, err := parseFlags(strings.Fields(args), &bytes.Buffer{}); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", args, diff)
		}
	}
}

func TestListPrintsWhatMatches(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	if code := command([]string{"-list", "-works", "mask .* B|broadcast.*"}, &out, &errs); code != 0 {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	if diff := cmp.Diff("mask 16 B\nmask 128 B\nbroadcast 1 KiB\n", out.String()); diff != "" {
		t.Errorf("-list (-want +got):\n%s", diff)
	}
	if code := command([]string{"-works", "nonsense"}, &out, &errs); code != 1 {
		t.Errorf("exit code %d without work, wanted 1", code)
	}
}

// fixed returns results of those times, in order, without running anything. What
// takes 7 ns is sent as it is.
func fixed(ns ...float64) func(func(*testing.B)) testing.BenchmarkResult {
	return func(func(*testing.B)) testing.BenchmarkResult {
		wire := 99.0
		if ns[0] == 7 {
			wire = 2000
		}
		r := testing.BenchmarkResult{N: 1, Extra: map[string]float64{contest.TimeMetric: ns[0], contest.WireMetric: wire}}
		ns = ns[1:]
		return r
	}
}

func TestReportHoldsOursAgainstTheFastestOfTheSameRounds(t *testing.T) {
	t.Parallel()
	var works []contest.Work
	for _, w := range contest.Works() {
		if w.Name() == "deflate 1 KiB" || w.Name() == "mask 1 KiB" {
			works = append(works, w)
		}
	}
	all := []libs.Library{libs.Wsframe{}, libs.Coder{}, libs.Gobwas{}, libs.Gws{}}
	// Three rounds of two works; two libraries cannot mask; each round begins one further.
	rows, err := measure(works, all, 3, fixed(
		20, 40, 100, 200, 100000, 7,
		40, 20, 160, 100000, 7, 80,
		2000, 1000, 300000, 7, 40, 120,
	), &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	times(&s, rows, all)
	wire(&s, rows, all)
	want := `| | wsframe | coder | gobwas | gws | wsframe / fastest other |
|---|--:|--:|--:|--:|--:|
| mask 1 KiB | 20 ns | – | 40 ns | – | 0.50 |
| deflate 1 KiB | 80 ns | 160 ns | 100 µs | 7.0 ns¹ | 0.50 |

Processor time per message; in brackets the allocations, if there are any. – where a library has nothing to call.

¹ Sends messages as short as these as they are: not held against those that compress.

Bytes on the wire of what was deflated, on average:

| | wsframe | coder | gobwas | gws |
|---|--:|--:|--:|--:|
| deflate 1 KiB | 99 | 99 | 99 | 2000 |
`
	if diff := cmp.Diff(want, s.String()); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestWhoDoesNotCompressIsHeldAgainstThoseWhoDoNotEither(t *testing.T) {
	t.Parallel()
	r := row{work: contest.Work{Title: contest.Deflate, Size: 100}, cells: []cell{
		{ours: true, ns: []float64{10}, wire: 104},
		{ns: []float64{40}, wire: 80},
		{ns: []float64{20}, wire: 104},
	}}
	if got := r.ratio(); got != 0.5 {
		t.Errorf("ratio %v while ours stores, wanted that with the other who does, 0.5", got)
	}
	r.cells[0].wire = 80
	if got := r.ratio(); got != 0.25 {
		t.Errorf("ratio %v while ours compresses, wanted that with the other who does, 0.25", got)
	}
}

func TestMeasureNamesWhatFailed(t *testing.T) {
	t.Parallel()
	failing := func(func(*testing.B)) testing.BenchmarkResult { return testing.BenchmarkResult{} }
	_, err := measure(contest.Works()[:1], libs.All(), 1, failing, &bytes.Buffer{})
	if err == nil || err.Error() != "wsframe failed at read 16 B" {
		t.Errorf("error %v", err)
	}
}

func TestCellShowsAllocations(t *testing.T) {
	t.Parallel()
	got := []string{
		cell{}.String(),
		cell{ns: []float64{1.26}}.String(),
		cell{ns: []float64{99, 31.4, 1}, allocs: 2}.String(),
		cell{ns: []float64{12345}}.String(),
		cell{ns: []float64{123456}}.String(),
	}
	want := []string{"–", "1.3 ns", "31 ns (2)", "12.3 µs", "123 µs"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
}
