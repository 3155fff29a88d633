//go:build !linux

package proc

import (
	"os/exec"
	"time"
)

// CPU returns ErrUnsupported.
func CPU(int) (time.Duration, error) { return 0, ErrUnsupported }

// RSS returns ErrUnsupported.
func RSS(int) (int64, error) { return 0, ErrUnsupported }

func dieWithParent(*exec.Cmd) {}
