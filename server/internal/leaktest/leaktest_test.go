package leaktest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tests stands for a test run with the given exit code.
type tests int

func (t tests) Run() int { return int(t) }

func TestRunKeepsTheExitCode(t *testing.T) {
	for _, code := range []int{0, 2} {
		if diff := cmp.Diff(code, Run(tests(code), func() []string { return nil })); diff != "" {
			t.Error(diff)
		}
	}
}

func TestGoroutinesFindsOneOfOurs(t *testing.T) {
	started, end, ended := make(chan bool), make(chan bool), make(chan bool)
	go func() {
		defer close(ended)
		close(started)
		<-end
	}()
	<-started
	if found := Goroutines(); len(found) != 1 || !strings.Contains(found[0], "TestGoroutinesFindsOneOfOurs") {
		t.Errorf("found %q", found)
	}
	close(end)
	<-ended
	if left := settle(Goroutines); len(left) > 0 {
		t.Errorf("still there: %q", left)
	}
}
