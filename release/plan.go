package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

// A proposal is what plan says about one module.
type proposal struct {
	module  *workModule
	last    string // the last released version, or empty
	version string // the one to release, or last
	why     string
}

// plan prints, for each tagged module, what has changed since its last tag and
// the version that follows from it. With write it puts them in the versions file.
func plan(w *workspace, out io.Writer, write bool) error {
	proposals, err := w.propose()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "MODULE\tLAST\tNEXT\tWHY")
	versions := make(map[string]string)
	for _, p := range proposals {
		last, next := p.last, p.version
		if last == "" {
			last = "-"
		}
		if next == p.last {
			next = "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", p.module.dir, last, next, p.why)
		versions[p.module.dir] = p.version
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if !write {
		return nil
	}
	return writeVersions(filepath.Join(w.root, versionsFile), versions)
}

// propose goes through the modules in dependency order, because one that moves
// takes along those that require it.
func (w *workspace) propose() ([]proposal, error) {
	order, err := w.tagged()
	if err != nil {
		return nil, err
	}
	var proposals []proposal
	moves := make(map[string]bool) // by path
	for _, m := range order {
		p, err := w.proposeModule(m, moves)
		if err != nil {
			return nil, err
		}
		moves[m.path] = p.version != p.last
		proposals = append(proposals, p)
	}
	return proposals, nil
}

// proposeModule judges one module by the files that changed since its last tag
// and by what its change log says about them.
func (w *workspace) proposeModule(m *workModule, moves map[string]bool) (proposal, error) {
	p := proposal{module: m}
	var err error
	if p.last, err = w.lastVersion(m); err != nil {
		return p, err
	}
	if p.last == "" {
		p.version, p.why = m.version, "first release"
		return p, nil
	}
	files, err := w.changedSince(m, m.tag(p.last))
	if err != nil {
		return p, err
	}
	log, err := readIfAny(filepath.Join(w.root, m.dir, "CHANGELOG.md"))
	if err != nil {
		return p, err
	}
	var reasons []string
	place := -1
	if len(files) > 0 {
		headings := unreleased(log)
		place = 2
		reasons = append(reasons, fmt.Sprintf("%d files changed", len(files)))
		if len(headings) == 0 {
			reasons = append(reasons, "nothing under Unreleased in CHANGELOG.md")
		}
		for _, h := range headings {
			if h != "Fixed" && h != "Security" {
				place = 1
			}
			reasons = append(reasons, h)
		}
	}
	for _, s := range w.siblings(m) {
		if moves[s.path] {
			if place < 0 {
				place = 2
			}
			reasons = append(reasons, s.dir+" moves")
		}
	}
	p.version, p.why = p.last, "unchanged"
	if len(reasons) > 0 {
		p.version, p.why = bump(p.last, place), strings.Join(reasons, ", ")
	}
	return p, nil
}

// unreleased lists the headings (Added, Fixed …) of a change log's section
// Unreleased that have text below them.
func unreleased(log string) []string {
	var out []string
	inside, heading := false, ""
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "## "):
			inside = strings.Trim(strings.TrimSpace(line[3:]), "[]") == "Unreleased"
			heading = "Changed" // for text without a heading of its own
		case strings.HasPrefix(line, "### "):
			heading = strings.TrimSpace(line[4:])
		case inside && line != "" && heading != "":
			out = append(out, heading)
			heading = ""
		}
	}
	return out
}
