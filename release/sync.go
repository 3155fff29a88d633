package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// errStale says that go.work is not what the go.mod files ask for.
var errStale = errors.New("go.work does not replace what the go.mod files require: go run ./release sync")

// syncWork makes go.work replace every version of a sibling that a go.mod
// requires. With checkOnly it changes nothing and returns errStale instead.
func syncWork(w *workspace, out io.Writer, checkOnly bool) error {
	name := filepath.Join(w.root, "go.work")
	before, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	after, err := w.syncedWork()
	if err != nil {
		return err
	}
	if bytes.Equal(before, after) {
		fmt.Fprintln(out, "release: go.work is in order")
		return nil
	}
	if checkOnly {
		return errStale
	}
	fmt.Fprintln(out, "release: wrote go.work")
	return os.WriteFile(name, after, 0o666)
}

// syncedWork is go.work as it should be. Replaces of modules from elsewhere are
// left alone, and so is a sibling that the requiring go.mod replaces itself.
func (w *workspace) syncedWork() ([]byte, error) {
	work, err := w.readWork()
	if err != nil {
		return nil, err
	}
	for _, r := range work.Replace {
		if w.find(r.Old.Path) != nil {
			if err := work.DropReplace(r.Old.Path, r.Old.Version); err != nil {
				return nil, err
			}
		}
	}
	work.Cleanup()
	return append(modfile.Format(work.Syntax), w.replaceBlock()...), nil
}

// replaceBlock is what goes at the end of go.work, by path and version.
func (w *workspace) replaceBlock() string {
	var lines []string
	for _, m := range w.modules {
		for _, r := range m.gomod.Require {
			if s := w.find(r.Mod.Path); s != nil && !replaces(m.gomod, r.Mod.Path) {
				lines = append(lines, fmt.Sprintf("%s %s => ./%s\n", r.Mod.Path, r.Mod.Version, s.dir))
			}
		}
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return "\nreplace " + lines[0]
	default:
		return "\nreplace (\n\t" + strings.Join(lines, "\t") + ")\n"
	}
}

// replaces reports whether the go.mod file replaces the module at any version.
func replaces(f *modfile.File, path string) bool {
	for _, r := range f.Replace {
		if r.Old.Path == path {
			return true
		}
	}
	return false
}
