package proc

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
	"unsafe"
)

// CPU returns the user plus system time that the process has used so far.
func CPU(pid int) (time.Duration, error) {
	// The clock of another process has no name in the syscall package; clock_getcpuclockid(3)
	// computes it like this: the process number inverted, above the bits for "per process" (0)
	// and "scheduler's precise sum" (2).
	const schedClock = 2
	clock := int32(^pid)<<3 | schedClock
	var ts syscall.Timespec
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&ts)), 0)
	if errno != 0 {
		return 0, fmt.Errorf("proc: cpu clock of %d: %w", pid, errno)
	}
	return time.Duration(ts.Nano()), nil
}

// RSS returns the resident memory of the process in bytes.
func RSS(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	return parseRollup(text)
}

// dieWithParent has the kernel kill the child should this process be killed without a chance to
// clean up.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
