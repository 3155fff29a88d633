package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"golang.org/x/mod/semver"
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
	apis, err := w.compareAPIs(out)
	if err != nil {
		return err
	}
	proposals, err := w.propose(apis)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "MODULE\tLAST\tNEXT\tWHY")
	versions := make(map[string]string)
	for _, p := range proposals {
		next := p.version
		if next == p.last {
			next = ""
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", p.module.dir, cmp.Or(p.last, "-"), cmp.Or(next, "-"), p.why)
		versions[p.module.dir] = p.version
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, p := range proposals {
		if text := apis[p.module.dir].text; text != "" {
			fmt.Fprintf(out, "\n%s\n", text)
		}
	}
	if !write {
		return nil
	}
	return writeVersions(filepath.Join(w.root, versionsFile), versions)
}

// propose goes through the modules in dependency order, because one that moves
// takes along those that require it.
func (w *workspace) propose(apis map[string]apiReport) ([]proposal, error) {
	order, err := w.tagged()
	if err != nil {
		return nil, err
	}
	var proposals []proposal
	moves := make(map[string]bool) // by path
	for _, m := range order {
		p := proposal{module: m}
		if p.last, err = w.lastVersion(m); err != nil {
			return nil, err
		}
		if p.last == "" {
			p.version, p.why = m.version, "first release"
		} else if err := w.judge(&p, moves, apis[m.dir]); err != nil {
			return nil, err
		}
		moves[m.path] = p.version != p.last
		proposals = append(proposals, p)
	}
	return proposals, nil
}

// judge fills in the version that follows the last one: a minor version if the
// change log or the exported names tell of more than repairs, a patch version if
// any file or any sibling has moved, and the last one if nothing has.
func (w *workspace) judge(p *proposal, moves map[string]bool, api apiReport) error {
	m := p.module
	files, err := w.changedSince(m, m.tag(p.last))
	if err != nil {
		return err
	}
	log, err := readIfAny(filepath.Join(w.root, m.dir, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	var reasons []string
	place := 2
	if len(files) > 0 {
		reasons = append(reasons, fmt.Sprintf("%d files changed", len(files)))
		headings := unreleased(log)
		for _, h := range headings {
			if h != "Fixed" && h != "Security" {
				place = 1
			}
		}
		reasons = append(reasons, headings...)
		if len(headings) == 0 {
			reasons = append(reasons, "nothing under Unreleased in CHANGELOG.md")
		}
	}
	for _, s := range w.siblings(m) {
		if moves[s.path] {
			reasons = append(reasons, s.dir+" moves")
		}
	}
	p.version, p.why = p.last, "unchanged"
	if len(reasons) > 0 {
		p.version = bump(p.last, place)
		if api.version != "" && semver.Compare(api.version, p.version) > 0 {
			p.version = api.version
			reasons = append(reasons, "exported names changed")
		}
		p.why = strings.Join(reasons, ", ")
	}
	return nil
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
