//go:build unix

package process

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// signals are the numbers that the commands travel as.
var signals = map[Command]syscall.Signal{
	CommandStop:   syscall.SIGKILL,
	CommandQuit:   syscall.SIGINT,
	CommandTerm:   syscall.SIGTERM,
	CommandReopen: syscall.SIGUSR1,
	CommandReload: syscall.SIGHUP,
	CommandLDM:    syscall.SIGUSR2,
}

// Handled are the signals that a server acts on.
func Handled() []os.Signal {
	return []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP}
}

// CommandOf returns what a signal asks for.
func CommandOf(sig os.Signal) Command {
	for c, s := range signals {
		if s == sig {
			return c
		}
	}
	return ""
}

func deliver(c Command, pid int) error {
	return syscall.Kill(pid, signals[c])
}

// running lists the processes that run a program, this one excepted. The name
// has to be the whole one: a signal is nothing for programs called similarly.
func running(name string) ([]int, error) {
	out, err := exec.Command("pgrep", "-x", name).Output()
	if err != nil {
		if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode() == 1 {
			return nil, nil // none found
		}
		return nil, err
	}
	var pids []int
	for _, f := range strings.Fields(string(out)) {
		if pid, err := strconv.Atoi(f); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
