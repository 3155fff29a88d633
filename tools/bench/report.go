package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dunlin-mq/dunlin/tools/bench/stats"
)

// quantity says how a measured quantity is printed.
type quantity struct {
	id, title string
	own       bool // compares a server with itself, so that a ratio A/B means nothing
}

// quantities lists them in the order of the report.
var quantities = []quantity{
	{id: cpuPerMillion, title: "CPU s/M msgs"},
	{id: rate, title: "msgs/s"},
	{id: p50, title: "p50 µs"},
	{id: p99, title: "p99 µs"},
	{id: rss, title: "RSS MiB"},
	{id: idleRSS, title: "KiB/client"},
	{id: startCPU, title: "start, CPU s"},
	{id: ownCPU, title: "CPU / own base", own: true},
	{id: ownRate, title: "rate / own base", own: true},
	{id: loadCPU, title: "load CPU / server CPU", own: true},
}

// writeReport writes the record as Markdown: the machine, then one row per workload and quantity.
func writeReport(w io.Writer, r Record, all []Workload) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmark of %s\n\n", r.Date.Format("2006-01-02 15:04 UTC"))
	if r.Quick {
		b.WriteString("**Quick run**: too short to quote.\n\n")
	}
	for i, p := range r.Servers {
		fmt.Fprintf(&b, "- %c: %s (%s)\n", 'A'+i, p.Version, p.Build)
	}
	fmt.Fprintf(&b, "- Machine: %s, %d cores, %s, kernel %s\n", r.Machine.CPU, r.Machine.Cores, r.Machine.OS, r.Machine.Kernel)
	fmt.Fprintf(&b, "- Command: `%s` (%s)\n\n", r.Command, r.Machine.Go)
	b.WriteString("Median (minimum–maximum) over the rounds; the ratio A/B is the median of the rounds' ratios.\n" +
		"CPU is user plus system time of the server process.\n\n")
	b.WriteString("| Workload | Quantity | A | B | A/B | Target | |\n|---|---|--:|--:|--:|--:|:-:|\n")
	for _, result := range r.Results {
		i := slices.IndexFunc(all, func(w Workload) bool { return w.ID == result.Workload })
		var targets []Target
		if i >= 0 {
			targets = all[i].Targets
		}
		writeRows(&b, result, targets)
	}
	b.WriteString("\n")
	for _, result := range r.Results {
		fmt.Fprintf(&b, "- `%s`: %s (rounds: %d)\n", result.Workload, result.About, len(result.Rounds))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeRows writes the rows of one workload.
func writeRows(b *strings.Builder, r Result, targets []Target) {
	name := r.Workload
	for _, q := range quantities {
		a := stats.Summarize(r.side(0, q.id))
		if a.N == 0 {
			continue
		}
		ratio := r.ratio(q.id)
		ratioText := format(ratio)
		if q.own {
			ratioText = ""
		}
		target, mark := "", ""
		for _, t := range targets {
			if t.Quantity == q.id {
				target, mark = t.String(), verdict(t, a, ratio)
			}
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s |\n",
			name, q.title, format(a), format(stats.Summarize(r.side(1, q.id))), ratioText, target, mark)
		name = "" // once per workload
	}
}

// verdict is the mark for a target.
func verdict(t Target, own, ratio stats.Summary) string {
	v := ratio
	if t.Own {
		v = own
	}
	if v.N > 0 && t.met(v.Median) {
		return "✓"
	}
	return "✗"
}

// format prints a summary: the median, and the range if there was more than one round.
func format(s stats.Summary) string {
	switch s.N {
	case 0:
		return ""
	case 1:
		return number(s.Median)
	}
	return fmt.Sprintf("%s (%s–%s)", number(s.Median), number(s.Min), number(s.Max))
}

// number prints about three significant digits, without exponent.
func number(v float64) string {
	switch {
	case v >= 100_000:
		return fmt.Sprintf("%.0fk", v/1000)
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
