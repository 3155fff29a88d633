package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/tools/wsbench/contest"
	"github.com/dunlin-mq/dunlin/tools/wsbench/libs"
)

// options are the command line.
type options struct {
	works  *regexp.Regexp
	rounds int
	time   time.Duration
	list   bool
}

func parseFlags(args []string, output io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("wsbench", flag.ContinueOnError)
	f.SetOutput(output)
	works := f.String("works", ".*", "do only the work whose whole name matches this `regexp` (see -list)")
	f.IntVar(&o.rounds, "rounds", 7, "measure everything this many `times`")
	f.DurationVar(&o.time, "time", 100*time.Millisecond, "measure about this `long` each time")
	f.BoolVar(&o.list, "list", false, "list the work and exit")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case o.rounds < 1:
		return o, errors.New("-rounds must be at least 1")
	case o.time <= 0:
		return o, errors.New("-time must be more than nothing")
	}
	var err error
	if o.works, err = regexp.Compile("^(?:" + *works + ")$"); err != nil {
		return o, fmt.Errorf("-works: %w", err)
	}
	return o, nil
}

func main() {
	os.Exit(command(os.Args[1:], os.Stdout, os.Stderr))
}

// command is the program; it returns the exit code.
func command(args []string, stdout, stderr io.Writer) int {
	o, err := parseFlags(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "wsbench:", err)
		return 2
	}
	if err := run(o, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "wsbench:", err)
		return 1
	}
	return 0
}

func run(o options, stdout, stderr io.Writer) error {
	var works []contest.Work
	for _, w := range contest.Works() {
		if o.works.MatchString(w.Name()) {
			works = append(works, w)
		}
	}
	if len(works) == 0 {
		return errors.New("no work has such a name (see -list)")
	}
	if o.list {
		for _, w := range works {
			fmt.Fprintln(stdout, w.Name())
		}
		return nil
	}
	if err := setBenchTime(o.time); err != nil {
		return err
	}
	rows, err := measure(works, libs.All(), o.rounds, testing.Benchmark, stderr)
	if err != nil {
		return err
	}
	_, err = io.WriteString(stdout, report(rows, libs.All(), o.rounds))
	return err
}

// setBenchTime tells package testing how long a benchmark is. There is no other way to.
func setBenchTime(d time.Duration) error {
	if flag.Lookup("test.benchtime") == nil {
		testing.Init()
	}
	return flag.Set("test.benchtime", d.String())
}
