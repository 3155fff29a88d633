//go:build !linux

package browser

import "syscall"

func dieWithParent() *syscall.SysProcAttr { return nil }
