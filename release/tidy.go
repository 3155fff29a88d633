package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// tidy is go mod tidy for every module of the workspace. The tagged ones are
// tidied on a stage, and what concerns their siblings stays as it was: versions
// of siblings move with a release only.
func tidy(w *workspace, out io.Writer) error {
	versions, err := w.trialVersions()
	if err != nil {
		return err
	}
	return inStage(w, versions, out, func(s *stage) error {
		for _, m := range s.modules {
			if len(m.drift) == 0 {
				continue
			}
			for _, line := range m.drift {
				fmt.Fprintf(out, "release: %s/%s\n", m.dir, line)
			}
			if err := s.takeTidied(m); err != nil {
				return err
			}
		}
		return s.tidyUntagged()
	})
}

// tidyUntagged is go mod tidy in the modules that are never tagged. Their go.mod
// files replace every sibling, one that is new included, so that it works where
// they are; the versions they name mean nothing, and are those of the versions
// file rather than the zeros that the Go command puts there.
func (s *stage) tidyUntagged() error {
	for _, m := range s.w.modules {
		if m.version != "" {
			continue
		}
		dir := filepath.Join(s.w.root, m.dir)
		if err := s.replaceSiblings(dir); err != nil {
			return err
		}
		if err := s.gocmd.run(dir, "mod", "tidy"); err != nil {
			return err
		}
		gomod, err := s.w.withSiblings(dir, func(path string) string {
			if sibling := s.w.find(path); sibling != nil {
				return sibling.version
			}
			return ""
		})
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), gomod, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// replaceSiblings has the module in dir use the work trees of the tagged modules,
// those that it needs only through another one too, if it requires any.
func (s *stage) replaceSiblings(dir string) error {
	name := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	f, err := modfile.Parse(name, data, nil)
	if err != nil {
		return err
	}
	replaced := make(map[string]bool)
	for _, r := range f.Replace {
		replaced[r.Old.Path] = true
	}
	requires := false
	for _, r := range f.Require {
		requires = requires || s.versionOf(r.Mod.Path) != ""
	}
	if !requires {
		return nil
	}
	for _, m := range s.modules {
		if replaced[m.path] {
			continue
		}
		if err := f.AddReplace(m.path, "", "../"+m.dir, ""); err != nil {
			return err
		}
	}
	f.SortBlocks()
	if data, err = f.Format(); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o666)
}

// takeTidied copies the tidied go.mod and go.sum back into the repository, with
// the versions and hashes of siblings that stand there. A sibling that was not
// required before comes in at the version of the versions file.
func (s *stage) takeTidied(m *stagedModule) error {
	before := make(map[string]string)
	for _, r := range m.gomod.Require {
		before[r.Mod.Path] = r.Mod.Version
	}
	gomod, err := s.w.withSiblings(m.copied, func(path string) string {
		if v := before[path]; v != "" {
			return v
		}
		if sibling := s.w.find(path); sibling != nil {
			return sibling.version
		}
		return ""
	})
	if err != nil {
		return err
	}
	home := filepath.Join(s.w.root, m.dir)
	oldSum, err := readIfAny(filepath.Join(home, "go.sum"))
	if err != nil {
		return err
	}
	ours, _ := splitSums(oldSum, s.w.base)
	_, others := splitSums(m.gosum, s.w.base)
	return writeModule(home, gomod, ours+others)
}

// writeModule writes go.mod and go.sum below dir; an empty go.sum is left out.
// The lines of ours come first in go.sum, which is where they sort.
func writeModule(dir string, gomod []byte, gosum string) error {
	if _, err := modfile.Parse("go.mod", gomod, nil); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), gomod, 0o666); err != nil {
		return err
	}
	name := filepath.Join(dir, "go.sum")
	if gosum == "" && !exists(name) {
		return nil
	}
	return os.WriteFile(name, []byte(gosum), 0o666)
}
