package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFuzzAll(t *testing.T) {
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "")
	dir := t.TempDir() // a copy, for Go writes findings into it
	if err := os.CopyFS(dir, os.DirFS("testdata/fixture")); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		expr  string
		list  bool
		err   string
		lines []string // each must be part of the output
	}{
		"lists targets and nothing else": {
			list:  true,
			lines: []string{"example.test/fixture.FuzzGood\nexample.test/fixture.FuzzBad\nexample.test/fixture/b.FuzzSeed\n"},
		},
		"no target":      {expr: "Nothing", err: `no fuzz target of 3 matches "Nothing"`},
		"bad expression": {expr: "(", err: "-run: error parsing regexp: missing closing ): `(`"},
		"no finding": {
			expr:  "Good",
			lines: []string{"ok   example.test/fixture.FuzzGood", "no finding in 1 targets"},
		},
		"findings": {
			err: "2 of 3 targets failed",
			lines: []string{
				"ok   example.test/fixture.FuzzGood",
				"FAIL example.test/fixture.FuzzBad",
				"a byte too many",
				"reproduce: go test -run='^FuzzBad/",
				"FAIL example.test/fixture/b.FuzzSeed",
				"reproduce: go test -run='^FuzzSeed",
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			err := fuzzAll(t.Context(), &out, dir, tt.expr, 2, time.Second, tt.list)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.err, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			for _, line := range tt.lines {
				if !strings.Contains(out.String(), line) {
					t.Errorf("output lacks %q:\n%s", line, out.String())
				}
			}
		})
	}
}

func TestInterruptLeavesTheRest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	err := summarise(&out, 2, func(done func(result)) {
		runAll(ctx, []target{{Name: "FuzzA"}, {Name: "FuzzB"}}, 1, time.Second, done)
	})
	if want := "interrupted after 0 of 2 targets, 0 failed"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestDeadlineIsNoFinding(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		output string
		want   bool
	}{
		"the end of the time": {"--- FAIL: FuzzX (10.05s)\n    context deadline exceeded\nFAIL\n", true},
		"a finding at the end of the time": {
			"--- FAIL: FuzzX\n    context deadline exceeded\n    Failing input written to testdata/fuzz/FuzzX/1\n", false},
		"a finding": {"--- FAIL: FuzzX\n    Failing input written to testdata/fuzz/FuzzX/1\n", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := deadlineOnly(tt.output); got != tt.want {
				t.Errorf("deadlineOnly = %v, want %v", got, tt.want)
			}
		})
	}
}
