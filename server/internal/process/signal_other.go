//go:build !unix

package process

import (
	"errors"
	"fmt"
	"os"
)

// Handled are the signals that a server acts on.
func Handled() []os.Signal { return []os.Signal{os.Interrupt} }

// CommandOf returns what a signal asks for.
func CommandOf(os.Signal) Command { return CommandQuit }

// deliver knows only how to end a process: there are no other signals here.
func deliver(c Command, pid int) error {
	if c != CommandStop {
		return fmt.Errorf("%q: %w", c, errors.ErrUnsupported)
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Kill()
}

func running(string) ([]int, error) { return nil, errors.ErrUnsupported }
