package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strings"
	"time"
)

func main() {
	d := flag.Duration("t", 10*time.Second, "how long to fuzz each target")
	expr := flag.String("run", "", "only targets that match, of the form import/path.FuzzName")
	jobs := flag.Int("j", runtime.NumCPU(), "how many targets to run at a time")
	show := flag.Bool("list", false, "print the targets and stop")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := fuzzAll(ctx, os.Stdout, ".", *expr, *jobs, *d, *show); err != nil {
		fmt.Fprintln(os.Stderr, "fuzzall:", err)
		os.Exit(1)
	}
}

// fuzzAll runs the targets of the workspace around dir that match expr and
// reports on w. Its error says how many failed.
func fuzzAll(ctx context.Context, w io.Writer, dir, expr string, jobs int, d time.Duration, listOnly bool) error {
	selected, err := regexp.Compile(expr)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	if jobs < 1 {
		return fmt.Errorf("-j %d: want at least 1", jobs)
	}
	all, err := list(dir, patterns(dir)...)
	if err != nil {
		return err
	}
	var targets []target
	for _, t := range all {
		if selected.MatchString(t.String()) {
			targets = append(targets, t)
		}
	}
	if len(targets) == 0 {
		return fmt.Errorf("no fuzz target of %d matches %q", len(all), expr)
	}
	if listOnly {
		for _, t := range targets {
			fmt.Fprintln(w, t)
		}
		return nil
	}
	fmt.Fprintf(w, "fuzzall: %d targets, %v each, %d at a time\n", len(targets), d, jobs)
	return summarise(w, len(targets), func(done func(result)) {
		runAll(ctx, targets, jobs, d, func(r result) {
			if ctx.Err() == nil {
				done(r)
			}
		})
	})
}

// patterns is what go list takes for "everything here": the whole workspace, or
// the module where there is none.
func patterns(dir string) []string {
	if _, err := os.Stat(dir + "/go.work"); err == nil {
		return []string{"work"}
	}
	return []string{"./..."}
}

// summarise prints a line for each result of each, and what failed at the end.
func summarise(w io.Writer, total int, each func(done func(result))) error {
	var failures []result
	finished := 0
	each(func(r result) {
		finished++
		verdict := "ok  "
		if r.failed {
			verdict = "FAIL"
			failures = append(failures, r)
		}
		fmt.Fprintf(w, "%s %s  %s execs  %v\n", verdict, r.target, r.execs, r.took.Round(time.Second))
	})
	for _, r := range failures {
		fmt.Fprintf(w, "\n--- %s\n%s\nreproduce: %s\n", r.target, strings.TrimSpace(r.output), r.reproduce())
	}
	if finished < total {
		return fmt.Errorf("interrupted after %d of %d targets, %d failed", finished, total, len(failures))
	}
	if len(failures) > 0 {
		return fmt.Errorf("%d of %d targets failed", len(failures), total)
	}
	fmt.Fprintf(w, "fuzzall: no finding in %d targets\n", total)
	return nil
}
