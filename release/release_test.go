package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A house is a scratch repository with two tagged modules, one of which needs
// the other and has a command, and one that is never tagged.
type house struct {
	t    *testing.T
	root string
}

// newHouse commits testdata/house in a new repository, and keeps the Go command
// from asking anybody outside.
func newHouse(t *testing.T) *house {
	t.Helper()
	for name, value := range map[string]string{
		"GOPROXY": "off", "GOFLAGS": "", "GOWORK": "",
		"GIT_CONFIG_GLOBAL": os.DevNull,
		"GIT_AUTHOR_NAME":   "t", "GIT_AUTHOR_EMAIL": "t@example.test",
		"GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.test",
	} {
		t.Setenv(name, value)
	}
	h := &house{t, t.TempDir()}
	if err := os.CopyFS(h.root, os.DirFS("testdata/house")); err != nil {
		t.Fatal(err)
	}
	h.command("git", "init", "-q")
	h.commit()
	return h
}

// command runs a program in the repository and returns what it prints.
func (h *house) command(name string, args ...string) string {
	h.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = h.root
	out, err := cmd.CombinedOutput()
	if err != nil {
		h.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// commit commits everything.
func (h *house) commit() {
	h.t.Helper()
	h.command("git", "add", "-A")
	h.command("git", "commit", "-q", "-m", "a change")
}

// edit replaces the one occurrence of a text in a file.
func (h *house) edit(name, before, after string) {
	h.t.Helper()
	text := h.read(name)
	if strings.Count(text, before) != 1 {
		h.t.Fatalf("%s holds %q %d times", name, before, strings.Count(text, before))
	}
	if err := os.WriteFile(filepath.Join(h.root, name), []byte(strings.Replace(text, before, after, 1)), 0o666); err != nil {
		h.t.Fatal(err)
	}
}

// read returns a file of the repository.
func (h *house) read(name string) string {
	h.t.Helper()
	data, err := os.ReadFile(filepath.Join(h.root, name))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(data)
}

// release runs the command under test and returns what it prints.
func (h *house) release(args ...string) string {
	h.t.Helper()
	var out bytes.Buffer
	if err := run(h.root, args, &out); err != nil {
		h.t.Fatalf("release %v: %v\n%s", args, err, out.String())
	}
	return out.String()
}

// refuses runs the command under test, which has to fail with that text.
func (h *house) refuses(text string, args ...string) {
	h.t.Helper()
	var out bytes.Buffer
	if err := run(h.root, args, &out); err == nil || !strings.Contains(err.Error(), text) {
		h.t.Fatalf("release %v: error %v, want one with %q\n%s", args, err, text, out.String())
	}
}

// TestTwoReleases goes the whole way twice.
func TestTwoReleases(t *testing.T) {
	h := newHouse(t)
	const noTool = "release: no gorelease in tools/lint, so the exported names are not compared\n"
	want := noTool + `MODULE    LAST  NEXT    WHY
protocol  -     v0.1.0  first release
server    -     v0.1.0  first release
`
	if diff := cmp.Diff(want, h.release("plan")); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	out := h.release("verify")
	for _, part := range []string{
		"ok  \texample.test/house/server\t",
		"release: hello --version: hello v0.1.0\n",
		"release: 2 modules stand alone\n",
	} {
		if !strings.Contains(out, part) {
			t.Errorf("verify does not print %q:\n%s", part, out)
		}
	}
	if got := h.command("git", "status", "--porcelain"); got != "" {
		t.Errorf("verify changed the repository:\n%s", got)
	}

	// server's go.sum needs the hash of a version that nobody can fetch yet.
	h.refuses("server: go.mod or go.sum is not what v0.1.0 needs", "tag")
	h.release("prepare")
	h.refuses("commit or remove these first:\n?? server/go.sum", "tag")
	h.commit()
	h.release("tag", "-n")
	if got := h.command("git", "tag"); got != "" {
		t.Errorf("a dry run set tags:\n%s", got)
	}
	h.tagsAs("protocol/v0.1.0", "server/v0.1.0")
	h.refuses("every version of release/versions.yaml has its tag", "tag")

	// The library gains something; the server only needs to name it.
	h.edit("protocol/protocol.go", "const Word = \"hello\"", "const Word = \"hullo\"\n\n// More is new.\nconst More = 1")
	h.edit("protocol/CHANGELOG.md", "## Unreleased\n", "## Unreleased\n\n### Added\n\n- More.\n")
	h.commit()
	if out := h.release("verify"); !strings.Contains(out, "hullo v0.1.1-0.worktree") {
		t.Errorf("verify does not try the work tree:\n%s", out)
	}
	want = noTool + `MODULE    LAST    NEXT    WHY
protocol  v0.1.0  v0.2.0  2 files changed, Added
server    v0.1.0  v0.1.1  protocol moves
`
	if diff := cmp.Diff(want, h.release("plan", "-w")); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("# A comment that stays.\nmodules:\n  protocol: v0.2.0\n  server: v0.1.1\n", h.read(versionsFile)); diff != "" {
		t.Errorf("versions file (-want +got):\n%s", diff)
	}
	h.release("prepare")
	if got := h.read("go.work"); !strings.Contains(got, "replace example.test/house/protocol v0.2.0 => ./protocol\n") {
		t.Errorf("prepare left go.work as it was:\n%s", got)
	}
	h.command("go", "build", "work")
	h.commit()
	h.refuses("protocol: CHANGELOG.md has no section \"## 0.2.0\"\nserver: CHANGELOG.md has no section \"## 0.1.1\"", "tag")
	h.edit("protocol/CHANGELOG.md", "## Unreleased\n", "## Unreleased\n\n## 0.2.0\n")
	h.edit("server/CHANGELOG.md", "## Unreleased\n", "## Unreleased\n\n## v0.1.1 (2026-12-01)\n")
	h.release("prepare") // the change log is part of what is hashed
	h.commit()
	h.tagsAs("protocol/v0.1.0", "protocol/v0.2.0", "server/v0.1.0", "server/v0.1.1")
}

// tagsAs tags, and expects that these tags are there afterwards, that they carry
// a message, and that the hash printed is the one that go.sum has.
func (h *house) tagsAs(want ...string) {
	h.t.Helper()
	out := h.release("tag")
	if diff := cmp.Diff(want, strings.Fields(h.command("git", "tag"))); diff != "" {
		h.t.Errorf("tags (-want +got):\n%s", diff)
	}
	for _, tag := range want {
		if kind := strings.TrimSpace(h.command("git", "cat-file", "-t", tag)); kind != "tag" {
			h.t.Errorf("%s is a %s, want an annotated tag", tag, kind)
		}
	}
	sums := h.read("server/go.sum")
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(line, "release: tagged protocol/"); ok {
			version, hash, _ := strings.Cut(strings.TrimSpace(rest), "  ")
			if !strings.Contains(sums, "example.test/house/protocol "+version+" "+hash+"\n") {
				h.t.Errorf("server/go.sum lacks %s %s:\n%s", version, hash, sums)
			}
		}
	}
}

// TestPlanComparesNames removes an exported name and says nothing about it.
func TestPlanComparesNames(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join(h.root, "tools/lint", name), filepath.Join("../tools/lint", name)); err != nil {
			t.Fatal(err)
		}
	}
	if w, err := openWorkspace(h.root); err != nil || w.findGorelease() == "" {
		t.Skipf("gorelease is not in the module cache: .ci/run tools brings it (%v)", err)
	}
	h.release("prepare")
	h.commit()
	h.release("tag")
	h.edit("server/server.go", "// Greeting is what the command says.\nfunc Greeting", "func greeting")
	h.edit("server/server_test.go", `Greeting() == ""`, `greeting() == ""`)
	h.edit("server/cmd/hello/main.go", "server.Greeting(), ", "")
	h.edit("server/cmd/hello/main.go", "\t\"example.test/house/server\"\n", "")
	h.commit()
	want := `MODULE    LAST    NEXT    WHY
protocol  v0.1.0  -       unchanged
server    v0.1.0  v0.2.0  3 files changed, nothing under Unreleased in CHANGELOG.md, exported names changed

# example.test/house/server
## incompatible changes
Greeting: removed
`
	if diff := cmp.Diff(want, quiet(h.release("plan"))); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

// quiet leaves out what the Go command says about downloads.
func quiet(out string) string {
	var kept string
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "go: ") {
			kept += line
		}
	}
	return kept
}

func TestSync(t *testing.T) {
	h := newHouse(t)
	h.release("sync", "-check")
	before := h.read("go.work")
	h.edit("go.work", "replace example.test/house/protocol v0.1.0 => ./protocol",
		"replace (\n\texample.test/house/protocol v0.0.9 => ./protocol\n\texample.test/other => ../other\n)")
	stale := h.read("go.work")
	h.refuses(errStale.Error(), "sync", "-check")
	if diff := cmp.Diff(stale, h.read("go.work")); diff != "" {
		t.Errorf("sync -check changed go.work:\n%s", diff)
	}
	h.release("sync")
	line := "replace example.test/house/protocol v0.1.0 => ./protocol\n"
	want := strings.Replace(before, line, "replace example.test/other => ../other\n\n"+line, 1)
	if diff := cmp.Diff(want, h.read("go.work")); diff != "" {
		t.Errorf("go.work (-want +got):\n%s", diff)
	}
}

func TestTidy(t *testing.T) {
	h := newHouse(t)
	before := h.read("server/go.mod")
	h.edit("server/go.mod", "require example.test/house/protocol v0.1.0\n", "")
	h.refuses("server: not tidy: go run ./release tidy\n\tgo.mod: +require example.test/house/protocol v0.1.0", "verify")
	untagged := h.read("tests/go.mod")
	h.edit("tests/go.mod", "house/server v0.1.0", "house/server v0.0.0-00010101000000-000000000000") // as go mod tidy would add it
	h.release("tidy")
	if diff := cmp.Diff(untagged, h.read("tests/go.mod")); diff != "" {
		t.Errorf("tests/go.mod (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, h.read("server/go.mod")); diff != "" {
		t.Errorf("server/go.mod (-want +got):\n%s", diff)
	}
	h.release("verify")
}

func TestVerifyRefuses(t *testing.T) {
	tests := map[string]struct{ file, before, after, want string }{
		"a test that fails outside": {
			"server/server_test.go", `Greeting() == ""`, `Greeting() != ""`,
			"server: go test example.test/house/server/...: exit status 1"},
		"a command that does not know its version": {
			"server/cmd/hello/main.go", "info.Main.Version", "info.Main.Path",
			"server: hello --version does not say v0.1.0"},
		"a replace in a tagged module": {
			"server/go.mod", "require", "replace example.test/house/protocol => ../protocol\n\nrequire",
			"a tagged module must not replace anything"},
		"a path that does not fit the directory": {
			"server/go.mod", "module example.test/house/server", "module example.test/house/sever",
			"does not end in the directory server"},
		"a tagged module that needs an untagged one": {
			"release/versions.yaml", "  protocol: v0.1.0\n", "",
			"server requires example.test/house/protocol, which is never tagged"},
		"a version of no module": {
			"release/versions.yaml", "protocol", "protocols",
			"protocols is no module of go.work"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.edit(tt.file, tt.before, tt.after)
			h.refuses(tt.want, "verify")
		})
	}
}

func TestParseVersions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want map[string]string
		err  string
	}{
		"comments and empty lines": {"# a\n\nmodules:\n  a: v0.1.0\n  # b\n  b-c/d: v1.2.3-rc.1\n", map[string]string{"a": "v0.1.0", "b-c/d": "v1.2.3-rc.1"}, ""},
		"nothing":                  {"", nil, "f: no modules"},
		"another key":              {"modul:\n", nil, `f:1: want "modules:", found "modul:"`},
		"another shape":            {"modules:\n- a\n", nil, `f:2: want "  DIRECTORY: VERSION", found "- a"`},
		"no version":               {"modules:\n  a: 0.1.0\n", nil, `f:2: a: "0.1.0" is no version like v1.2.3`},
		"a short version":          {"modules:\n  a: v0.1\n", nil, `f:2: a: "v0.1" is no version like v1.2.3`},
		"a build suffix":           {"modules:\n  a: v0.1.0+b\n", nil, `f:2: a: "v0.1.0+b" is no version like v1.2.3`},
		"a second major version":   {"modules:\n  a: v2.0.0\n", nil, "f:2: a: v2.0.0 would need another module path"},
		"twice":                    {"modules:\n  a: v0.1.0\n  a: v0.2.0\n", nil, "f:3: a stands here twice"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseVersions("f", tt.text)
			message := ""
			if err != nil {
				message = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("versions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.err, message); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBump(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		version string
		place   int
		want    string
	}{
		{"v0.1.2", 2, "v0.1.3"},
		{"v0.1.9", 2, "v0.1.10"},
		{"v0.1.2", 1, "v0.2.0"},
		{"v0.1.2", 0, "v1.0.0"},
		{"v1.2.3-rc.1", 2, "v1.2.4"},
	} {
		if got := bump(tt.version, tt.place); got != tt.want {
			t.Errorf("bump(%s, %d) = %s, want %s", tt.version, tt.place, got, tt.want)
		}
	}
}

func TestUnreleased(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		log  string
		want []string
	}{
		"nothing":              {"# Changes\n\n## [Unreleased]\n\n### Added\n\n### Fixed\n\n## 0.1.0\n\n### Added\n\n- a\n", nil},
		"headings with text":   {"## [Unreleased]\n\n### Added\n\n### Fixed\n\n- a\n- b\n\n### Removed\n- c\n", []string{"Fixed", "Removed"}},
		"text with no heading": {"## Unreleased\n\n- a\n", []string{"Changed"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, unreleased(tt.log)); diff != "" {
				t.Errorf("headings (-want +got):\n%s", diff)
			}
		})
	}
}
