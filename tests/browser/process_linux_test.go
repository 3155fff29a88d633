package browser

import "syscall"

// dieWithParent makes the kernel end the child when the test process ends,
// however it ends. Chromium's other processes end with its first.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
