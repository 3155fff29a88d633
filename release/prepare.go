package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// prepare carries the versions of the versions file into the repository: sibling
// versions in go.mod, their hashes in go.sum, replaces in go.work. It is
// complete before any tag exists, for a module's hash depends on its files only.
func prepare(w *workspace, out io.Writer) error {
	return inStage(w, w.versions(), out, func(s *stage) error {
		for _, m := range s.modules {
			same, err := s.prepared(m)
			if err != nil {
				return err
			}
			if same {
				continue
			}
			if err := s.carry(m); err != nil {
				return err
			}
			fmt.Fprintf(out, "release: wrote go.mod and go.sum of %s\n", m.dir)
		}
		if err := s.tidyUntagged(); err != nil {
			return err
		}
		changed, err := openWorkspace(w.root)
		if err != nil {
			return err
		}
		return syncWork(changed, out, false)
	})
}

// versions is the versions file as a map.
func (w *workspace) versions() map[string]string {
	versions := make(map[string]string)
	for _, m := range w.modules {
		if m.version != "" {
			versions[m.dir] = m.version
		}
	}
	return versions
}

// prepared reports whether go.mod and go.sum of a module already are what a
// release needs. A version that is out needs nothing more.
func (s *stage) prepared(m *stagedModule) (bool, error) {
	if m.released {
		return true, nil
	}
	home := filepath.Join(s.w.root, m.dir)
	gomod, err := os.ReadFile(filepath.Join(home, "go.mod"))
	if err != nil {
		return false, err
	}
	gosum, err := readIfAny(filepath.Join(home, "go.sum"))
	if err != nil {
		return false, err
	}
	staged, err := os.ReadFile(filepath.Join(m.copied, "go.mod"))
	return bytes.Equal(gomod, staged) && gosum == m.gosum, err
}

// carry copies go.mod and go.sum from the stage into the repository.
func (s *stage) carry(m *stagedModule) error {
	gomod, err := os.ReadFile(filepath.Join(m.copied, "go.mod"))
	if err != nil {
		return err
	}
	return writeModule(filepath.Join(s.w.root, m.dir), gomod, m.gosum)
}
