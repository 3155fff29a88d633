//go:build unix

package contest

import (
	"syscall"
	"time"
)

// processorTime is what this process has used of the processors so far, all
// threads and the garbage collector's work included.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // only for a bad argument
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
