package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// verify proves that each tagged module stands alone: from outside the
// repository, with nothing but its version, it can be required, built, vetted and
// tested, and its commands can be installed and know their version. It also
// holds every go.mod and go.sum against go mod tidy.
func verify(w *workspace, out io.Writer) error {
	versions, err := w.trialVersions()
	if err != nil {
		return err
	}
	return inStage(w, versions, out, func(s *stage) error { return s.verify(out) })
}

// trialVersions is a version for each tagged module that has no tag yet: the one
// to be released next or, where that is out, one that comes after it.
func (w *workspace) trialVersions() (map[string]string, error) {
	versions := make(map[string]string)
	for _, m := range w.modules {
		if m.version == "" {
			continue
		}
		out, err := w.hasTag(m, m.version)
		if err != nil {
			return nil, err
		}
		versions[m.dir] = m.version
		if out {
			versions[m.dir] = nextPatch(m.version) + "-0.worktree"
		}
	}
	return versions, nil
}

// nextPatch is v1.2.4 for v1.2.3.
func nextPatch(v string) string { return bump(v, 2) }

// bump raises one number of a version (0 major, 1 minor, 2 patch) and sets those
// behind it to zero.
func bump(v string, place int) string {
	numbers := strings.Split(strings.TrimPrefix(strings.TrimSuffix(semver.Canonical(v), semver.Prerelease(v)), "v"), ".")
	for i := range numbers {
		n, err := strconv.Atoi(numbers[i])
		if err != nil {
			panic("bump: not a version: " + v) // the versions file is checked when it is read
		}
		switch {
		case i == place:
			n++
		case i > place:
			n = 0
		}
		numbers[i] = strconv.Itoa(n)
	}
	return "v" + strings.Join(numbers, ".")
}

// inStage hands a stage to do and removes it afterwards.
func inStage(w *workspace, versions map[string]string, out io.Writer, do func(*stage) error) error {
	dir, err := os.MkdirTemp("", "dunlin-release-")
	if err != nil {
		return err
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(out, "release: left behind:", err)
		}
	}()
	s, err := newStage(w, dir, versions, out)
	if err != nil {
		return err
	}
	return do(s)
}

// verify goes through all modules, whatever becomes of the first.
func (s *stage) verify(out io.Writer) error {
	var errs []error
	for _, m := range s.modules {
		if len(m.drift) > 0 {
			errs = append(errs, untidy(m.dir, m.drift))
		}
		if err := s.consume(m, out); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m.dir, err))
		}
		if err := s.install(m, out); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m.dir, err))
		}
	}
	for _, m := range s.w.modules {
		if m.version != "" {
			continue
		}
		fmt.Fprintf(out, "release: %s: go mod tidy -diff\n", m.dir)
		if err := s.gocmd.run(filepath.Join(s.w.root, m.dir), "mod", "tidy", "-diff"); err != nil {
			errs = append(errs, untidy(m.dir, nil))
		}
	}
	if len(errs) == 0 {
		fmt.Fprintf(out, "release: %d modules stand alone\n", len(s.modules))
	}
	return errors.Join(errs...)
}

// untidy is the error for a module whose go.mod or go.sum go mod tidy changes.
func untidy(dir string, drift []string) error {
	text := dir + ": not tidy: go run ./release tidy"
	for _, line := range drift {
		text += "\n\t" + line
	}
	return errors.New(text)
}

// consume requires the module from a new one, outside the repository, and builds
// and tests all of its packages there.
func (s *stage) consume(m *stagedModule, out io.Writer) error {
	dir := filepath.Join(s.dir, "consumer", filepath.FromSlash(m.dir))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	gomod := "module example.test/consumer\n\ngo " + m.gomod.Go.Version + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(gomod), 0o666); err != nil {
		return err
	}
	// Hashes that the module knows need not be asked for again.
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), []byte(m.gosum), 0o666); err != nil {
		return err
	}
	all := m.path + "/..."
	for _, args := range [][]string{
		{"get", "-t", all + "@" + m.version},
		{"build", all},
		{"vet", all},
		{"test", all},
	} {
		fmt.Fprintf(out, "release: %s: go %s\n", m.dir, strings.Join(args, " "))
		if err := s.gocmd.run(dir, args...); err != nil {
			return err
		}
	}
	return nil
}

// install installs the commands of the module by version, and asks each for it.
func (s *stage) install(m *stagedModule, out io.Writer) error {
	mains, err := filepath.Glob(filepath.Join(s.w.root, m.dir, "cmd", "*", "*.go"))
	if err != nil {
		return err
	}
	asked := make(map[string]bool)
	for _, name := range mains {
		command := filepath.Base(filepath.Dir(name))
		if asked[command] {
			continue
		}
		asked[command] = true
		pkg := path.Join(m.path, "cmd", command) + "@" + m.version
		fmt.Fprintf(out, "release: %s: go install %s\n", m.dir, pkg)
		// No module's go.sum applies here, but what is installed is in the
		// cache since consume, checked against one.
		if err := s.gocmd.runWith(s.dir, []string{"GOSUMDB=off"}, "install", pkg); err != nil {
			return err
		}
		if err := knowsVersion(filepath.Join(s.dir, "bin", command), m.version, out); err != nil {
			return err
		}
	}
	return nil
}

// knowsVersion runs a command with --version and looks for the version.
func knowsVersion(command, version string, out io.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	said, err := exec.CommandContext(ctx, command, "--version").CombinedOutput()
	fmt.Fprintf(out, "release: %s --version: %s\n", filepath.Base(command), strings.TrimSpace(string(said)))
	if err != nil {
		return fmt.Errorf("%s --version: %w", filepath.Base(command), err)
	}
	if !strings.Contains(string(said), version) {
		return fmt.Errorf("%s --version does not say %s", filepath.Base(command), version)
	}
	return nil
}
