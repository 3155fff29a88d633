package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// options are the command line.
type options struct {
	workloads string
	rounds    int
	a, b      string
	install   bool
	json, md  string
	quick     bool
	list      bool
	settle    time.Duration
}

func parseFlags(args []string, output io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(output)
	f.StringVar(&o.workloads, "workloads", ".*", "`IDs` of the workloads to run, with commas between; regular expressions that match whole IDs will do (see -list)")
	f.IntVar(&o.rounds, "rounds", 5, "measure every workload this many `times` on each server")
	f.StringVar(&o.a, "a", "", "`path` of server A (default: dunlin, built from this repository)")
	f.StringVar(&o.b, "b", "", "`path` of server B (default: an installed "+referenceName+")")
	f.BoolVar(&o.install, "install", false, "fetch and build "+referenceName+" "+referenceVersion+" for server B")
	f.StringVar(&o.json, "json", "", "write all measurements to this `file`")
	f.StringVar(&o.md, "md", "", "write the report to this `file` instead of the terminal")
	f.BoolVar(&o.quick, "quick", false, "a tenth of the messages: to see that everything works, not to quote")
	f.BoolVar(&o.list, "list", false, "list the workloads and exit")
	f.DurationVar(&o.settle, "settle", 5*time.Second, "let idle clients rest for this `duration` before looking at memory")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case o.rounds < 1:
		return o, fmt.Errorf("-rounds must be at least 1")
	case o.install && o.b != "":
		return o, fmt.Errorf("-install and -b exclude each other")
	case o.settle < 0:
		return o, fmt.Errorf("-settle must not be negative")
	}
	return o, nil
}

func main() {
	// The context ends with the first signal, which kills the running server and lets everything
	// clean up behind itself.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// command is the program; it returns the exit code.
func command(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseFlags(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "bench:", err)
		return 2
	}
	if err := bench(ctx, o, args, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	return 0
}

// bench measures what the options ask for and writes the report.
func bench(ctx context.Context, o options, args []string, stdout, stderr io.Writer) error {
	chosen, err := selectWorkloads(workloads(), o.workloads)
	if err != nil {
		return err
	}
	if o.list {
		for _, w := range chosen {
			fmt.Fprintf(stdout, "%-20s %s\n", w.ID, w.About)
		}
		return nil
	}
	if err := prepareFiles(o.json, o.md); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	record := Record{
		Date:    time.Now().UTC().Truncate(time.Second),
		Command: commandLine(args),
		Quick:   o.quick,
		Machine: thisMachine(),
	}
	if record.Servers, err = findServers(ctx, o, dir); err != nil {
		return err
	}
	err = measure(ctx, &record, chosen, o, stderr)
	if len(record.Results) == 0 {
		return err
	}
	// What was measured before something failed is worth its minutes.
	return errors.Join(err, write(record, o, stdout))
}

// measure runs the workloads and adds their results to the record.
func measure(ctx context.Context, r *Record, chosen []Workload, o options, stderr io.Writer) error {
	scale := Scale{Divide: 1, Settle: o.settle}
	if o.quick {
		scale = Scale{Divide: 10, Settle: min(o.settle, time.Second)}
	}
	say := func(s string) { fmt.Fprintln(stderr, s) }
	for _, w := range chosen {
		result, err := runRounds(ctx, w, r.Servers, o.rounds, scale, say)
		if err != nil {
			return err
		}
		r.Results = append(r.Results, result)
	}
	return nil
}

// prepareFiles makes sure that the files can be written before minutes are spent on what goes in.
func prepareFiles(paths ...string) error {
	for _, path := range paths {
		if path == "" {
			continue
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			return err
		}
		f.Close()
	}
	return nil
}

// commandLine returns the shell command that repeats this run.
func commandLine(args []string) string {
	words := []string{"go run ./tools/bench"}
	for _, arg := range args {
		if arg == "" || strings.ContainsAny(arg, " \t\n'\"\\|&;()<>[]{}*?$`~#!^") {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}

// findServers finds, builds or installs the two servers.
func findServers(ctx context.Context, o options, dir string) (servers [2]Program, err error) {
	if o.a == "" {
		if o.a, err = buildDunlin(ctx, dir); err != nil {
			return servers, err
		}
	}
	switch {
	case o.install:
		o.b, err = installReference(ctx)
	case o.b == "":
		o.b, err = findReference()
	}
	if err != nil {
		return servers, err
	}
	for i, path := range []string{o.a, o.b} {
		if servers[i], err = program(ctx, path); err != nil {
			return servers, err
		}
	}
	return servers, nil
}

// write puts the record where the options want it.
func write(r Record, o options, stdout io.Writer) error {
	if o.json != "" {
		if err := writeFile(o.json, r.writeJSON); err != nil {
			return err
		}
	}
	report := func(w io.Writer) error { return writeReport(w, r, workloads()) }
	if o.md != "" {
		return writeFile(o.md, report)
	}
	return report(stdout)
}

func writeFile(path string, fill func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := fill(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
