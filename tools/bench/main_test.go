package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/tools/bench/load"
)

// childMode tells a copy of the test binary to play a server that does nothing but greet.
const childMode = "BENCH_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childMode) == "" {
		os.Exit(m.Run())
	}
	if slices.Contains(os.Args, "--version") {
		fmt.Println("greeter: v1")
		os.Exit(0)
	}
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", os.Args[len(os.Args)-1]))
	for err == nil {
		var c net.Conn
		if c, err = l.Accept(); err == nil {
			fmt.Fprintf(c, "INFO {} \r\n")
			c.Close()
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestParseFlags(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args    []string
		wantErr string
	}{
		"defaults":           {nil, ""},
		"all":                {strings.Fields("-workloads x -rounds 1 -a A -b B -json J -md M -quick -settle 1s"), ""},
		"unknown flag":       {[]string{"-nope"}, "nope"},
		"argument":           {[]string{"pub-16"}, `unexpected argument "pub-16"`},
		"no rounds":          {[]string{"-rounds", "0"}, "-rounds"},
		"negative settle":    {[]string{"-settle", "-1s"}, "-settle"},
		"two references":     {[]string{"-b", "x", "-install"}, "exclude"},
		"rounds not numbers": {[]string{"-rounds", "many"}, "rounds"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseFlags(tt.args, new(bytes.Buffer))
			if (err == nil) != (tt.wantErr == "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("error is %v, want %q", err, tt.wantErr)
			}
		})
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want int
	}{
		"help":             {[]string{"-h"}, 0},
		"list":             {[]string{"-list"}, 0},
		"bad flag":         {[]string{"-nope"}, 2},
		"no such workload": {[]string{"-workloads", "nope"}, 1},
		"bad expression":   {[]string{"-workloads", "("}, 1},
		"bad output file":  {[]string{"-json", "/nonexistent/dir/file"}, 1},
		"no such server":   {[]string{"-a", "/nonexistent/server", "-b", "/nonexistent/server"}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if got := command(t.Context(), tt.args, &stdout, &stderr); got != tt.want {
				t.Errorf("exit code %d, want %d; stderr: %s", got, tt.want, &stderr)
			}
		})
	}
}

func TestListShowsEveryWorkload(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	command(t.Context(), []string{"-list"}, &stdout, &stderr)
	for _, w := range workloads() {
		if !strings.Contains(stdout.String(), w.ID+" ") {
			t.Errorf("%s is missing", w.ID)
		}
	}
}

func TestCommandLineCanBePasted(t *testing.T) {
	t.Parallel()
	got := commandLine([]string{"-workloads", "1to1-(16|128)", "-md", "a.md", "it's", ""})
	want := `go run ./tools/bench -workloads '1to1-(16|128)' -md a.md 'it'\''s' ''`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRoundsTakeServersInTurn(t *testing.T) {
	t.Setenv(childMode, "yes")
	var seen []string
	w := Workload{ID: "fake", Run: func(_ context.Context, s load.Server, _ Scale) (Values, error) {
		seen = append(seen, s.Addr())
		return Values{rate: float64(len(seen))}, nil
	}}
	var steps []string
	p := Program{Path: os.Args[0]}
	got, err := runRounds(t.Context(), w, [2]Program{p, p}, 2, Scale{}, func(s string) { steps = append(steps, s) })
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][2]float64{{1, 2}, {3, 4}} {
		if r := got.Rounds[i]; r[0][rate] != want[0] || r[1][rate] != want[1] {
			t.Errorf("round %d measured %v, want %v", i, r, want)
		}
	}
	want := "fake: round 1 of 2, server A|fake: round 1 of 2, server B|fake: round 2 of 2, server A|fake: round 2 of 2, server B"
	if s := strings.Join(steps, "|"); s != want {
		t.Errorf("steps were %s", s)
	}
}

func TestRoundsStopAtTheFirstError(t *testing.T) {
	t.Setenv(childMode, "yes")
	broken := errors.New("broken")
	w := Workload{ID: "fake", Run: func(context.Context, load.Server, Scale) (Values, error) { return nil, broken }}
	p := Program{Path: os.Args[0]}
	_, err := runRounds(t.Context(), w, [2]Program{p, p}, 2, Scale{}, func(string) {})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "fake on ") {
		t.Errorf("error is %v", err)
	}
}

func TestProgramTellsItsVersion(t *testing.T) {
	t.Setenv(childMode, "yes")
	t.Chdir(filepath.Dir(os.Args[0]))
	got, err := program(t.Context(), "./"+filepath.Base(os.Args[0]))
	if err != nil || got.Version != "greeter: v1" || !filepath.IsAbs(got.Path) {
		t.Errorf("program = %+v, %v", got, err)
	}
}

func TestBuildNamesGoAndCommit(t *testing.T) {
	t.Parallel()
	set := func(kv ...string) *debug.BuildInfo {
		info := &debug.BuildInfo{GoVersion: "go1.26.0"}
		for i := 0; i < len(kv); i += 2 {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: kv[i], Value: kv[i+1]})
		}
		return info
	}
	for want, info := range map[string]*debug.BuildInfo{
		"go1.26.0":                                   set("CGO_ENABLED", "0"),
		"go1.26.0, commit 0123456789ab":              set("vcs.revision", "0123456789abcdef", "vcs.modified", "false"),
		"go1.26.0, commit 0123456789ab with changes": set("vcs.revision", "0123456789abcdef", "vcs.modified", "true"),
		"go1.26.0, commit 01":                        set("vcs.revision", "01"),
	} {
		if got := buildOf(info); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
