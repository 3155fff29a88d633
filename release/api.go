package main

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/zip"
)

// lintDir is the module that pins gorelease.
const lintDir = "tools/lint"

// An apiReport is what gorelease thinks of a module since its last tag.
type apiReport struct {
	version string // the lowest version that follows from the exported names
	text    string
}

// compareAPIs holds the exported names of each module that has been released
// against its last tag. Without gorelease at hand there are no reports.
func (w *workspace) compareAPIs(out io.Writer) (map[string]apiReport, error) {
	gorelease := w.findGorelease()
	if gorelease == "" {
		fmt.Fprintf(out, "release: no gorelease in %s, so the exported names are not compared\n", lintDir)
		return nil, nil
	}
	versions, err := w.trialVersions()
	if err != nil {
		return nil, err
	}
	reports := make(map[string]apiReport)
	err = inStage(w, versions, out, func(s *stage) error {
		if err := s.addOldTags(); err != nil {
			return err
		}
		for _, m := range s.modules {
			last, err := w.lastVersion(m.workModule)
			if err != nil {
				return err
			}
			if last == "" || m.released {
				continue
			}
			if reports[m.dir], err = s.compareAPI(gorelease, m, last); err != nil {
				return err
			}
		}
		return nil
	})
	return reports, err
}

// findGorelease builds gorelease, as pinned, and returns its file. It is empty
// where that does not work, as it needs a registry the first time.
func (w *workspace) findGorelease() string {
	cmd := exec.Command("go", "tool", "-n", "gorelease")
	cmd.Dir = filepath.Join(w.root, filepath.FromSlash(lintDir))
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// addOldTags publishes every version that has a tag, and takes the ones that are
// being tried out of the lists: gorelease compares with the latest version only.
func (s *stage) addOldTags() error {
	for _, m := range s.modules {
		if err := s.proxy.unlist(m.path); err != nil {
			return err
		}
		tags, err := s.w.git("tag", "--list", m.dir+"/v*")
		if err != nil {
			return err
		}
		for _, tag := range strings.Fields(tags) {
			v := module.Version{Path: m.path, Version: strings.TrimPrefix(tag, m.dir+"/")}
			if !semver.IsValid(v.Version) {
				continue
			}
			gomod, err := s.w.git("show", tag+":"+m.dir+"/go.mod")
			if err != nil {
				return err
			}
			pack := func(w io.Writer) error { return zip.CreateFromVCS(w, v, s.w.root, tag, m.dir) }
			if _, err := s.proxy.add(v, []byte(gomod), pack); err != nil {
				return err
			}
		}
	}
	return nil
}

var suggested = regexp.MustCompile(`(?m)^Suggested version: (v\S+)`)

// compareAPI runs gorelease on the copy of a module. It exits with 1 where it
// has found something to refuse, which need not stop a plan.
func (s *stage) compareAPI(gorelease string, m *stagedModule, last string) (apiReport, error) {
	cmd := exec.Command(gorelease, "-base="+last)
	cmd.Dir = m.copied
	cmd.Env = s.gocmd.env
	var said bytes.Buffer
	cmd.Stdout = &said
	cmd.Stderr = &said
	err := cmd.Run()
	match := suggested.FindStringSubmatch(said.String())
	if match == nil {
		return apiReport{}, fmt.Errorf("gorelease on %s suggests no version: %v\n%s", m.dir, err, said.String())
	}
	text, _, _ := strings.Cut(said.String(), "# summary")
	return apiReport{version: match[1], text: strings.TrimSpace(text)}, nil
}
