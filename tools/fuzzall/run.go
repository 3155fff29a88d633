package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"
)

// A result is what became of one target.
type result struct {
	target target
	failed bool
	execs  string // inputs tried, as Go counts them
	took   time.Duration
	output string // everything Go printed
}

// runAll fuzzes the targets, jobs of them at a time, and hands each result to
// done as it comes, never two at once. When ctx ends, what is running is stopped
// and what was not begun has no result.
func runAll(ctx context.Context, targets []target, jobs int, d time.Duration, done func(result)) {
	queue := make(chan target)
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range jobs {
		workers.Go(func() {
			for t := range queue {
				r := run(ctx, t, d)
				mu.Lock()
				done(r)
				mu.Unlock()
			}
		})
	}
	for _, t := range targets {
		if ctx.Err() != nil {
			break
		}
		queue <- t
	}
	close(queue)
	workers.Wait()
}

// run fuzzes one target. When the time is over, the Go command sometimes takes
// its own deadline for a failure of the target; that is no finding, and the
// target gets a second try.
func run(ctx context.Context, t target, d time.Duration) result {
	start := time.Now()
	for try := 1; ; try++ {
		out, err := goTest(ctx, t, d)
		if err != nil && try == 1 && ctx.Err() == nil && deadlineOnly(out) {
			continue
		}
		return result{
			target: t,
			failed: err != nil,
			execs:  lastExecs(out),
			took:   time.Since(start),
			output: out,
		}
	}
}

// goTest is one go test -fuzz. The seeds run first and count as findings too.
func goTest(ctx context.Context, t target, d time.Duration) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "test",
		"-run=^$", "-fuzz=^"+t.Name+"$", "-fuzztime="+d.String(), "-parallel=1",
		// Go spends up to a minute on making one interesting input shorter, and
		// finds nothing meanwhile.
		"-fuzzminimizetime=10x", t.Package)
	cmd.Dir = t.Dir
	// An interrupt makes the Go command stop its workers and keep what they found.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// deadlineOnly reports whether a failure shows nothing but the end of the time.
func deadlineOnly(output string) bool {
	return strings.Contains(output, "context deadline exceeded") &&
		!strings.Contains(output, "Failing input") &&
		!strings.Contains(output, "panic:")
}

var (
	execsLine = regexp.MustCompile(`execs: (\d+)`)
	rerunLine = regexp.MustCompile(`go test -run=(Fuzz\S+)`)
)

// lastExecs reads how many inputs Go has tried.
func lastExecs(output string) string {
	all := execsLine.FindAllStringSubmatch(output, -1)
	if all == nil {
		return "0"
	}
	return all[len(all)-1][1]
}

// reproduce is the command that runs the failing input of r alone.
func (r result) reproduce() string {
	which := r.target.Name // a seed in the code
	if m := rerunLine.FindStringSubmatch(r.output); m != nil {
		which = m[1]
	}
	return fmt.Sprintf("go test -run='^%s$' %s", which, r.target.Package)
}
