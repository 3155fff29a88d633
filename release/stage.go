package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// A stage is a copy of the tagged modules outside the repository, as a release
// would have them: each requires its siblings at the versions to be released,
// and a proxy on disk serves them.
type stage struct {
	w       *workspace
	dir     string
	gocmd   *goCommand
	proxy   proxy
	modules []*stagedModule
}

// A stagedModule is one version of a module in a stage.
type stagedModule struct {
	*workModule
	version  string
	released bool   // the version has its tag, and its content is that of the tag
	copied   string // directory of the copy; empty if released
	hash     string // of the zip, as go.sum has it
	gosum    string // the go.sum file
	// drift is what go mod tidy had to change in go.mod and go.sum, sibling
	// versions and hashes aside.
	drift []string
}

// newStage builds the stage below dir, every module at versions[its directory].
// What the Go command prints goes to out.
func newStage(w *workspace, dir string, versions map[string]string, out io.Writer) (*stage, error) {
	order, err := w.tagged()
	if err != nil {
		return nil, err
	}
	s := &stage{w: w, dir: dir, proxy: proxy{filepath.Join(dir, "proxy")}}
	if s.gocmd, err = newGoCommand(dir, s.proxy.dir, w.base, out); err != nil {
		return nil, err
	}
	for _, m := range order {
		sm := &stagedModule{workModule: m, version: versions[m.dir]}
		if sm.released, err = w.hasTag(m, sm.version); err != nil {
			return nil, err
		}
		if sm.released {
			err = s.addTag(sm)
		} else {
			err = s.addCopy(sm)
		}
		if err != nil {
			return nil, fmt.Errorf("stage %s: %w", m.dir, err)
		}
		s.modules = append(s.modules, sm)
	}
	return s, nil
}

// addTag publishes what the module's tag holds.
func (s *stage) addTag(m *stagedModule) error {
	tag := m.tag(m.version)
	gomod, err := s.w.git("show", tag+":"+m.dir+"/go.mod")
	if err != nil {
		return err
	}
	if m.gosum, err = s.w.git("show", tag+":"+m.dir+"/go.sum"); err != nil {
		m.gosum = "" // a module without requirements has none
	}
	m.hash, err = s.proxy.add(m.mod(), []byte(gomod), func(w io.Writer) error {
		return zip.CreateFromVCS(w, m.mod(), s.w.root, tag, m.dir)
	})
	return err
}

// addCopy publishes what the work tree holds, tidied.
func (s *stage) addCopy(m *stagedModule) error {
	m.copied = filepath.Join(s.dir, "src", filepath.FromSlash(m.dir))
	names, err := s.copyModule(m)
	if err != nil {
		return err
	}
	if err := s.tidy(m); err != nil {
		return err
	}
	if !slices.Contains(names, "go.sum") && exists(filepath.Join(m.copied, "go.sum")) {
		names = append(names, "go.sum")
	}
	gomod, err := os.ReadFile(filepath.Join(m.copied, "go.mod"))
	if err != nil {
		return err
	}
	m.hash, err = s.proxy.add(m.mod(), gomod, func(w io.Writer) error {
		return packDir(w, m.mod(), m.copied, names)
	})
	return err
}

// mod names the version the way x/mod does.
func (m *stagedModule) mod() module.Version {
	return module.Version{Path: m.path, Version: m.version}
}

// copyModule copies the files of the module and returns their names. A module
// without a licence of its own gets the repository's, as the Go command does it.
func (s *stage) copyModule(m *stagedModule) ([]string, error) {
	names, err := s.w.files(m.workModule)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := copyFile(filepath.Join(m.copied, name), filepath.Join(s.w.root, m.dir, name)); err != nil {
			return nil, err
		}
	}
	const licence = "LICENSE"
	if root := filepath.Join(s.w.root, licence); !slices.Contains(names, licence) && exists(root) {
		if err := copyFile(filepath.Join(m.copied, licence), root); err != nil {
			return nil, err
		}
		names = append(names, licence)
	}
	return names, nil
}

// tidy sets the sibling versions in the copy's go.mod, has the Go command work
// out the rest, and notes what else it changed.
func (s *stage) tidy(m *stagedModule) error {
	modName, sumName := filepath.Join(m.copied, "go.mod"), filepath.Join(m.copied, "go.sum")
	gomod, err := s.w.withSiblings(m.copied, s.versionOf)
	if err != nil {
		return err
	}
	gosum, err := readIfAny(sumName)
	if err != nil {
		return err
	}
	_, foreign := splitSums(gosum, s.w.base)
	if err := os.WriteFile(modName, gomod, 0o666); err != nil {
		return err
	}
	if gosum != "" { // an empty file would become part of the module
		if err := os.WriteFile(sumName, []byte(foreign), 0o666); err != nil {
			return err
		}
	}
	if err := s.gocmd.run(m.copied, "mod", "tidy"); err != nil {
		return err
	}
	tidyMod, err := os.ReadFile(modName)
	if err != nil {
		return err
	}
	if m.gosum, err = readIfAny(sumName); err != nil {
		return err
	}
	_, tidyForeign := splitSums(m.gosum, s.w.base)
	m.drift = append(lineDiff("go.mod", string(gomod), string(tidyMod)), lineDiff("go.sum", foreign, tidyForeign)...)
	return nil
}

// versionOf is the version that the stage has of a sibling.
func (s *stage) versionOf(path string) string {
	for _, m := range s.modules {
		if m.path == path {
			return m.version
		}
	}
	return ""
}

// withSiblings is the go.mod file in dir with the version of each sibling that
// it requires replaced by what version says; an empty answer leaves it.
func (w *workspace) withSiblings(dir string, version func(path string) string) ([]byte, error) {
	name := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f, err := modfile.Parse(name, data, nil)
	if err != nil {
		return nil, err
	}
	for _, r := range f.Require {
		v := version(r.Mod.Path)
		if w.find(r.Mod.Path) == nil || v == "" || v == r.Mod.Version {
			continue
		}
		if err := f.AddRequire(r.Mod.Path, v); err != nil {
			return nil, err
		}
	}
	return f.Format()
}

// splitSums divides the lines of a go.sum file into those of modules below base
// and the others.
func splitSums(text, base string) (ours, others string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, base+"/") {
			ours += line
		} else {
			others += line
		}
	}
	return ours, others
}

// lineDiff lists the lines that only one of two texts has.
func lineDiff(name, before, after string) []string {
	var out []string
	for _, side := range []struct{ sign, text, other string }{{"-", before, after}, {"+", after, before}} {
		others := strings.Split(side.other, "\n")
		for line := range strings.Lines(side.text) {
			line = strings.TrimSuffix(line, "\n")
			if !slices.Contains(others, line) {
				out = append(out, name+": "+side.sign+strings.TrimSpace(line))
			}
		}
	}
	return out
}

// exists reports whether there is a file of that name.
func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// readIfAny reads a file; one that is not there is empty.
func readIfAny(name string) (string, error) {
	data, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return "", nil
	}
	return string(data), err
}

// copyFile copies a regular file and makes the directories above it.
func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}
