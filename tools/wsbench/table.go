package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/dunlin-mq/dunlin/tools/wsbench/contest"
	"github.com/dunlin-mq/dunlin/tools/wsbench/libs"
)

// report is the whole answer in Markdown.
func report(rows []row, all []libs.Library, rounds int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s %s/%s, medians of %d rounds; %s.\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, rounds, strings.Join(versions(all), ", "))
	times(&s, rows, all)
	wire(&s, rows, all)
	return s.String()
}

// times writes the table of times.
func times(s *strings.Builder, rows []row, all []libs.Library) {
	s.WriteString("| |")
	for _, l := range all {
		fmt.Fprintf(s, " %s |", l.Name())
	}
	s.WriteString(" wsframe / fastest other |\n|---|" + strings.Repeat("--:|", len(all)+1) + "\n")
	broadcast, stored := false, false
	for _, r := range rows {
		fmt.Fprintf(s, "| %s |", r.work.Name())
		for _, c := range r.cells {
			mark := ""
			if r.stored(c) {
				mark, stored = "¹", true
			}
			fmt.Fprintf(s, " %s%s |", c, mark)
		}
		if ratio := r.ratio(); ratio > 0 {
			fmt.Fprintf(s, " %.2f |\n", ratio)
		} else {
			s.WriteString(" – |\n")
		}
		broadcast = broadcast || r.work.Per > 1
	}
	s.WriteString("\nProcessor time per message; in brackets the allocations, if there are any.")
	if broadcast {
		fmt.Fprintf(s, " A broadcast compresses one message and writes it to %d connections:"+
			" the time is for each of them, the allocations are for all.", contest.Receivers)
	}
	s.WriteString(" – where a library has nothing to call.\n")
	if stored {
		s.WriteString("\n¹ Sends messages as short as these as they are: not held against those that compress.\n")
	}
}

// String is the time and, if there are any, the allocations.
func (c cell) String() string {
	if len(c.ns) == 0 {
		return "–"
	}
	if c.allocs == 0 {
		return duration(c.median())
	}
	return fmt.Sprintf("%s (%d)", duration(c.median()), c.allocs)
}

// wire writes what the messages were compressed to: speed is bought with it.
func wire(s *strings.Builder, rows []row, all []libs.Library) {
	var body strings.Builder
	for _, r := range rows {
		if r.work.Title != contest.Deflate {
			continue
		}
		fmt.Fprintf(&body, "| %s |", r.work.Name())
		for _, c := range r.cells {
			if len(c.ns) == 0 {
				body.WriteString(" – |")
				continue
			}
			fmt.Fprintf(&body, " %.0f |", c.wire)
		}
		body.WriteString("\n")
	}
	if body.Len() == 0 {
		return
	}
	s.WriteString("\nBytes on the wire of what was deflated, on average:\n\n| |")
	for _, l := range all {
		fmt.Fprintf(s, " %s |", l.Name())
	}
	s.WriteString("\n|---|" + strings.Repeat("--:|", len(all)) + "\n" + body.String())
}

// duration writes nanoseconds with about three digits.
func duration(ns float64) string {
	switch {
	case ns < 9.95:
		return fmt.Sprintf("%.1f ns", ns)
	case ns < 9995:
		return fmt.Sprintf("%.0f ns", ns)
	case ns < 99.5e3:
		return fmt.Sprintf("%.1f µs", ns/1e3)
	default:
		return fmt.Sprintf("%.0f µs", ns/1e3)
	}
}

// versions names the libraries with the versions that this program was built with.
func versions(all []libs.Library) []string {
	built := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			built[m.Path] = m.Version
		}
	}
	var named []string
	for _, l := range all {
		if slices.Contains(libs.Ours, l) {
			continue
		}
		v := built[l.Module()]
		if v == "" {
			v = "(version unknown)"
		}
		named = append(named, l.Module()+" "+v)
	}
	return named
}
