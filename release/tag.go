package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/semver"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// tag sets the tags that the versions file asks for and that are not there, on
// the current commit, each after those it depends on. Everything is checked
// first: a tag is never moved.
func tag(w *workspace, out io.Writer, dryRun bool) error {
	if err := w.clean(); err != nil {
		return err
	}
	if err := syncWork(w, out, true); err != nil {
		return err
	}
	err := inStage(w, w.versions(), out, func(s *stage) error {
		var pending []*stagedModule
		var errs []error
		for _, m := range s.modules {
			if m.released {
				continue
			}
			pending = append(pending, m)
			errs = append(errs, s.ready(m))
		}
		if len(pending) == 0 {
			return fmt.Errorf("every version of %s has its tag: go run ./release plan", versionsFile)
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		if err := s.verify(out); err != nil {
			return err
		}
		return setTags(w, pending, out, dryRun)
	})
	if err != nil || dryRun {
		return err
	}
	fmt.Fprintln(out, "release: once more, from the tags")
	return inStage(w, w.versions(), out, func(s *stage) error { return s.verify(out) })
}

// setTags sets annotated tags and says how to publish them.
func setTags(w *workspace, modules []*stagedModule, out io.Writer, dryRun bool) error {
	push := "git push origin"
	for _, m := range modules {
		name := m.tag(m.version)
		push += " " + name
		if dryRun {
			fmt.Fprintf(out, "release: would tag %s  %s\n", name, m.hash)
			continue
		}
		if _, err := w.git("tag", "-a", "-m", name, name); err != nil {
			return err
		}
		fmt.Fprintf(out, "release: tagged %s  %s\n", name, m.hash)
	}
	fmt.Fprintln(out, "release: publish with:", push)
	return nil
}

// ready returns an error if the module cannot be tagged as the commit has it.
func (s *stage) ready(m *stagedModule) error {
	last, err := s.w.lastVersion(m.workModule)
	if err != nil {
		return err
	}
	if last != "" && semver.Compare(m.version, last) <= 0 {
		return fmt.Errorf("%s: %s is out, so %s cannot follow", m.dir, last, m.version)
	}
	same, err := s.prepared(m)
	if err != nil {
		return err
	}
	if !same {
		return fmt.Errorf("%s: go.mod or go.sum is not what %s needs: go run ./release prepare, and commit", m.dir, m.version)
	}
	log, err := readIfAny(filepath.Join(s.w.root, m.dir, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	if !hasSection(log, m.version) {
		return fmt.Errorf("%s: CHANGELOG.md has no section %q", m.dir, "## "+strings.TrimPrefix(m.version, "v"))
	}
	hash, err := s.w.hashOf(m, "HEAD")
	if err != nil {
		return err
	}
	if hash != m.hash {
		return fmt.Errorf("%s: the commit packs to %s, the work tree to %s", m.dir, hash, m.hash)
	}
	return nil
}

// hashOf is the hash that the Go command would find for the module at a revision.
func (w *workspace) hashOf(m *stagedModule, revision string) (string, error) {
	f, err := os.CreateTemp("", "dunlin-release-*.zip")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	err = zip.CreateFromVCS(f, m.mod(), w.root, revision, m.dir)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", err
	}
	return dirhash.HashZip(f.Name(), dirhash.Hash1)
}

// hasSection reports whether a change log has a heading for the version, as
// "## 1.2.3", "## v1.2.3" or "## [1.2.3]", with or without a date behind it.
func hasSection(log, version string) bool {
	for line := range strings.Lines(log) {
		title, ok := strings.CutPrefix(line, "## ")
		if !ok {
			continue
		}
		word, _, _ := strings.Cut(strings.TrimSpace(title), " ")
		if "v"+strings.TrimPrefix(strings.Trim(word, "[]"), "v") == version {
			return true
		}
	}
	return false
}
