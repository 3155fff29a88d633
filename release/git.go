package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
)

// git runs git in the repository and returns what it prints.
func (w *workspace) git(args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-C", w.root}, args...)...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w\n%s", args[0], err, complaint.String())
	}
	return string(out), nil
}

// files lists the files of a module that git has or would take and that exist,
// relative to the module's directory.
func (w *workspace) files(m *workModule) ([]string, error) {
	out, err := w.git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", m.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range strings.FieldsFunc(out, func(c rune) bool { return c == 0 }) {
		if info, err := os.Lstat(filepath.Join(w.root, name)); err == nil && info.Mode().IsRegular() {
			names = append(names, strings.TrimPrefix(name, m.dir+"/"))
		}
	}
	return names, nil
}

// lastVersion is the highest version of m that has a tag, or empty.
func (w *workspace) lastVersion(m *workModule) (string, error) {
	out, err := w.git("tag", "--list", m.dir+"/v*")
	if err != nil {
		return "", err
	}
	var versions []string
	for _, tag := range strings.Fields(out) {
		if v := strings.TrimPrefix(tag, m.dir+"/"); semver.IsValid(v) {
			versions = append(versions, v)
		}
	}
	if len(versions) == 0 {
		return "", nil
	}
	return slices.MaxFunc(versions, semver.Compare), nil
}

// hasTag reports whether the version of m has its tag.
func (w *workspace) hasTag(m *workModule, version string) (bool, error) {
	out, err := w.git("tag", "--list", m.tag(version))
	return strings.TrimSpace(out) != "", err
}

// changedSince lists the files of m that differ between a tag and the work tree.
func (w *workspace) changedSince(m *workModule, tag string) ([]string, error) {
	out, err := w.git("diff", "--name-only", tag, "--", m.dir)
	return strings.Fields(out), err
}

// clean returns an error if the work tree holds anything that is not committed.
func (w *workspace) clean() error {
	out, err := w.git("status", "--porcelain")
	if err != nil {
		return err
	}
	if out != "" {
		return fmt.Errorf("commit or remove these first:\n%s", out)
	}
	return nil
}
