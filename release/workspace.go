package main

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// A workspace is the repository: the modules that go.work names.
type workspace struct {
	root    string // absolute
	base    string // what the paths of all modules begin with
	modules []*workModule
}

// A workModule is one module of the workspace as its go.mod describes it.
type workModule struct {
	dir     string // relative to the root, also the prefix of its tags
	path    string
	version string // from the versions file; empty if the module is never tagged
	gomod   *modfile.File
}

// tag is the name of the git tag for a version of m.
func (m *workModule) tag(version string) string { return m.dir + "/" + version }

// openWorkspace reads go.work, the go.mod files and the versions file.
func openWorkspace(root string) (*workspace, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	w := &workspace{root: root}
	work, err := w.readWork()
	if err != nil {
		return nil, err
	}
	versions, err := readVersions(filepath.Join(root, versionsFile))
	if err != nil {
		return nil, err
	}
	for _, use := range work.Use {
		m, err := w.readModule(path.Clean(use.Path), versions)
		if err != nil {
			return nil, err
		}
		w.modules = append(w.modules, m)
	}
	for dir := range versions {
		if !slices.ContainsFunc(w.modules, func(m *workModule) bool { return m.dir == dir }) {
			return nil, fmt.Errorf("%s: %s is no module of go.work", versionsFile, dir)
		}
	}
	slices.SortFunc(w.modules, func(a, b *workModule) int { return cmp.Compare(a.dir, b.dir) })
	return w, nil
}

// readWork parses go.work.
func (w *workspace) readWork() (*modfile.WorkFile, error) {
	name := filepath.Join(w.root, "go.work")
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return modfile.ParseWork(name, data, nil)
}

// readModule parses the go.mod in dir and holds it against the rules that a
// module of this repository obeys.
func (w *workspace) readModule(dir string, versions map[string]string) (*workModule, error) {
	name := filepath.Join(w.root, dir, "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f, err := modfile.Parse(name, data, nil)
	if err != nil {
		return nil, err
	}
	m := &workModule{dir: dir, path: f.Module.Mod.Path, version: versions[dir], gomod: f}
	base, ok := strings.CutSuffix(m.path, "/"+dir)
	if !ok || w.base != "" && w.base != base {
		return nil, fmt.Errorf("%s: module path %s does not end in the directory %s, or begins unlike the others", name, m.path, dir)
	}
	w.base = base
	if m.version != "" && len(f.Replace) > 0 {
		return nil, fmt.Errorf("%s: a tagged module must not replace anything: nobody could install a command from it", name)
	}
	return m, nil
}

// find returns the module with that path, or nil.
func (w *workspace) find(path string) *workModule {
	for _, m := range w.modules {
		if m.path == path {
			return m
		}
	}
	return nil
}

// siblings lists the modules of the workspace that m requires.
func (w *workspace) siblings(m *workModule) []*workModule {
	var out []*workModule
	for _, r := range m.gomod.Require {
		if s := w.find(r.Mod.Path); s != nil {
			out = append(out, s)
		}
	}
	return out
}

// tagged lists the modules that are released, each after those it requires.
func (w *workspace) tagged() ([]*workModule, error) {
	var order []*workModule
	visiting := make(map[*workModule]bool)
	var visit func(m *workModule) error
	visit = func(m *workModule) error {
		if slices.Contains(order, m) {
			return nil
		}
		if visiting[m] {
			return fmt.Errorf("%s requires itself through its siblings", m.path)
		}
		visiting[m] = true
		for _, s := range w.siblings(m) {
			if s.version == "" {
				return fmt.Errorf("%s requires %s, which is never tagged", m.path, s.path)
			}
			if err := visit(s); err != nil {
				return err
			}
		}
		order = append(order, m)
		return nil
	}
	for _, m := range w.modules {
		if m.version == "" {
			continue
		}
		if err := visit(m); err != nil {
			return nil, err
		}
	}
	return order, nil
}
