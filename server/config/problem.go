package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	// Pos is the place of the key that the problem is about; its Line is 0
	// when there is no such place.
	Pos syntax.Pos
	// Warning marks a problem that does not keep a server from starting.
	Warning bool
	Message string
}

// String renders the problem as one line: file:line:col: message.
func (p Problem) String() string {
	switch {
	case p.Pos.Line > 0:
		return p.Pos.String() + ": " + p.Message
	case p.Pos.File != "":
		return p.Pos.File + ": " + p.Message
	default:
		return p.Message
	}
}

// Error is a configuration that was read but cannot be used.
type Error struct {
	// Problems holds all of them: the warnings, then the errors, each in the
	// order in which they were written.
	Problems []Problem
}

// Error lists the problems, one per line.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// report collects problems while a configuration is read.
type report struct {
	problems []Problem
	failed   bool // some problem is no warning
}

func (r *report) errorf(pos syntax.Pos, format string, args ...any) {
	r.failed = true
	r.problems = append(r.problems, Problem{Pos: pos, Message: fmt.Sprintf(format, args...)})
}

func (r *report) warnf(pos syntax.Pos, format string, args ...any) {
	r.problems = append(r.problems, Problem{Pos: pos, Warning: true, Message: fmt.Sprintf(format, args...)})
}

// sorted returns the problems with the warnings first.
func (r *report) sorted() []Problem {
	out := slices.Clone(r.problems)
	slices.SortStableFunc(out, func(a, b Problem) int {
		switch {
		case a.Warning == b.Warning:
			return 0
		case a.Warning:
			return -1
		default:
			return 1
		}
	})
	return out
}

// err returns what was collected as an error, or nil if nothing failed.
func (r *report) err() error {
	if !r.failed {
		return nil
	}
	return &Error{Problems: r.sorted()}
}
