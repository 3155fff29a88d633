package main

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// A finding is one broken rule at one place.
type finding struct {
	file string // relative to the root, with slashes
	line int    // 0 where the file as a whole is meant
	rule string // the word that //archcheck:allow names
	text string
}

func (f finding) String() string {
	if f.line == 0 {
		return fmt.Sprintf("%s: [%s] %s", f.file, f.rule, f.text)
	}
	return fmt.Sprintf("%s:%d: [%s] %s", f.file, f.line, f.rule, f.text)
}

// A report collects findings and takes out what the code excuses in place.
type report struct {
	findings []finding
	allows   []*allow
}

// An allow is one //archcheck:allow comment.
type allow struct {
	file string
	line int
	rule string
	used bool
}

const allowPrefix = "//archcheck:allow"

// add records a broken rule at line of file.
func (r *report) add(file string, line int, rule, format string, args ...any) {
	r.findings = append(r.findings, finding{file, line, rule, fmt.Sprintf(format, args...)})
}

// collectAllows reads the excuses of f. One without a rule or a reason is itself
// a finding.
func (r *report) collectAllows(fset *token.FileSet, f *file) {
	for _, group := range f.syntax.Comments {
		for _, c := range group.List {
			rest, found := strings.CutPrefix(c.Text, allowPrefix)
			if !found {
				continue
			}
			line := fset.Position(c.Pos()).Line
			rule, reason, _ := strings.Cut(strings.TrimSpace(rest), ":")
			if rule == "" || strings.TrimSpace(reason) == "" {
				r.add(f.path, line, "allow", "want %q", allowPrefix+" RULE: REASON")
				continue
			}
			r.allows = append(r.allows, &allow{file: f.path, line: line, rule: rule})
		}
	}
}

// result applies the excuses, each of which covers its own line and the next,
// reports those that excuse nothing, and sorts.
func (r *report) result() []finding {
	var out []finding
	for _, f := range r.findings {
		if !r.excused(f) {
			out = append(out, f)
		}
	}
	for _, a := range r.allows {
		if !a.used {
			out = append(out, finding{a.file, a.line, "allow", "excuses nothing: remove it (rule " + a.rule + ")"})
		}
	}
	slices.SortFunc(out, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.text, b.text))
	})
	return out
}

// excused reports whether an allow covers f. A finding about a whole file is
// covered by an allow anywhere in it.
func (r *report) excused(f finding) bool {
	for _, a := range r.allows {
		if a.file == f.file && a.rule == f.rule && (f.line == 0 || a.line == f.line || a.line == f.line-1) {
			a.used = true
			return true
		}
	}
	return false
}
