package process

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Command is what a running server can be told with a signal.
type Command string

// The commands, by the words of --signal.
const (
	CommandStop   Command = "stop"   // end at once, nothing is tidied up
	CommandQuit   Command = "quit"   // shut down
	CommandTerm   Command = "term"   // shut down, unless it is a lame duck
	CommandReopen Command = "reopen" // open the log file anew
	CommandReload Command = "reload" // read the configuration again
	CommandLDM    Command = "ldm"    // lame duck mode
)

// Send tells other processes what to do. target is a process number, the
// path of a pid file, a number prefix with a * at its end, or empty for the
// only process that runs the program called name.
func Send(word, target, name string) error {
	if !known(Command(word)) {
		return fmt.Errorf("unknown signal %q", word)
	}
	pids, err := resolve(target, name)
	if err != nil {
		return err
	}
	var errs []error
	for _, pid := range pids {
		if err := deliver(Command(word), pid); err != nil {
			errs = append(errs, fmt.Errorf("\nsignal %q %d: %w", word, pid, err))
		}
	}
	return errors.Join(errs...)
}

func known(c Command) bool {
	switch c {
	case CommandStop, CommandQuit, CommandTerm, CommandReopen, CommandReload, CommandLDM:
		return true
	}
	return false
}

// resolve finds the processes that target means.
func resolve(target, name string) ([]int, error) {
	prefix, glob := strings.CutSuffix(target, "*")
	switch {
	case target != "" && !glob:
		pid, err := readPID(target)
		if err != nil {
			return nil, err
		}
		return []int{pid}, nil
	case prefix != "" && !digits(prefix):
		return nil, fmt.Errorf("invalid pid: %s", prefix)
	}
	all, err := running(name)
	if err != nil {
		return nil, errors.New("unable to resolve pid, try providing one")
	}
	var pids []int
	for _, pid := range all {
		if strings.HasPrefix(strconv.Itoa(pid), prefix) {
			pids = append(pids, pid)
		}
	}
	switch {
	case len(pids) == 0:
		return nil, fmt.Errorf("no %s processes running", name)
	case len(pids) > 1 && !glob:
		return nil, fmt.Errorf("multiple %s processes running:\n%s", name, lines(pids))
	}
	return pids, nil
}

// readPID takes a process number as it is, or out of a pid file. Numbers below
// 1 are none: they would mean whole groups of processes.
func readPID(target string) (int, error) {
	word := target
	if !digits(word) {
		data, err := os.ReadFile(target)
		if err != nil {
			return 0, fmt.Errorf("invalid pid: %s", target)
		}
		word = strings.TrimSpace(string(data))
	}
	pid, err := strconv.Atoi(word)
	if err != nil || pid <= 0 {
		return 0, fmt.Errorf("invalid pid: %s", word)
	}
	return pid, nil
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

func lines(pids []int) string {
	var b strings.Builder
	for _, pid := range pids {
		fmt.Fprintln(&b, pid)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
