package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"

	"golang.org/x/mod/semver"
)

const versionsFile = "release/versions.yaml"

// readVersions reads the versions file: comments, the line "modules:", and below
// it lines of two spaces, a directory, a colon and a version. It is YAML so that
// other tools can read it; more of YAML than that is refused.
func readVersions(name string) (map[string]string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return parseVersions(name, string(data))
}

var versionLine = regexp.MustCompile(`^  ([a-z][a-z0-9/_-]*): (\S+)$`)

// parseVersions is readVersions on text; name is for messages.
func parseVersions(name, text string) (map[string]string, error) {
	versions := make(map[string]string)
	inside := false
	for i, line := range strings.Split(text, "\n") {
		fail := func(format string, args ...any) error {
			return fmt.Errorf("%s:%d: %s", name, i+1, fmt.Sprintf(format, args...))
		}
		line = strings.TrimRight(line, " \r")
		if text := strings.TrimLeft(line, " "); text == "" || text[0] == '#' {
			continue
		}
		if !inside {
			if line != "modules:" {
				return nil, fail("want %q, found %q", "modules:", line)
			}
			inside = true
			continue
		}
		m := versionLine.FindStringSubmatch(line)
		if m == nil {
			return nil, fail("want %q, found %q", "  DIRECTORY: VERSION", line)
		}
		dir, version := m[1], m[2]
		if semver.Canonical(version) != version || semver.Build(version) != "" {
			return nil, fail("%s: %q is no version like v1.2.3", dir, version)
		}
		if semver.Compare(semver.Major(version), "v1") > 0 {
			return nil, fail("%s: %s would need another module path", dir, version)
		}
		if _, twice := versions[dir]; twice {
			return nil, fail("%s stands here twice", dir)
		}
		versions[dir] = version
	}
	if len(versions) == 0 {
		return nil, fmt.Errorf("%s: no modules", name)
	}
	return versions, nil
}

// writeVersions changes the versions in the file and nothing else in it.
func writeVersions(name string, versions map[string]string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	lines := bytes.Split(data, []byte("\n"))
	for i, line := range lines {
		if m := versionLine.FindSubmatch(line); m != nil && versions[string(m[1])] != "" {
			lines[i] = fmt.Appendf(nil, "  %s: %s", m[1], versions[string(m[1])])
		}
	}
	return os.WriteFile(name, bytes.Join(lines, []byte("\n")), 0o666)
}
