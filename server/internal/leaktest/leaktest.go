package leaktest

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// patience is how long what ends by itself may take to do so.
const patience = 5 * time.Second

// module is how a goroutine of ours is told from those of the runtime.
const module = "github.com/dunlin-mq/dunlin/"

// Run runs the tests and returns their exit code, or 1 if something is left
// behind. Each of checks returns what is left of one kind, in words.
//
//	func TestMain(m *testing.M) { os.Exit(leaktest.Run(m, chunk.Held)) }
func Run(m interface{ Run() int }, checks ...func() []string) int {
	code := m.Run()
	if code != 0 {
		return code // a failed test may have left anything
	}
	for _, check := range append(checks, Goroutines) {
		if left := settle(check); len(left) > 0 {
			fmt.Printf("left behind by the tests:\n%s\n", strings.Join(left, "\n\n"))
			code = 1
		}
	}
	return code
}

// settle waits until check finds nothing any more, and returns what it still
// finds when patience ends.
func settle(check func() []string) []string {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.Now().Add(patience)
	for {
		left := check()
		if len(left) == 0 || time.Now().After(end) {
			return left
		}
		<-tick.C
	}
}

// Goroutines returns the stacks of all goroutines that run this module's
// code, except for the caller's.
func Goroutines() []string {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	_, others, _ := strings.Cut(string(stacks), "\n\n")
	var ours []string
	for stack := range strings.SplitSeq(others, "\n\n") {
		if strings.Contains(stack, module) {
			ours = append(ours, stack)
		}
	}
	return ours
}
