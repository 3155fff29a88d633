package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// workspace is what every fixture begins with; a case adds to it or replaces.
var workspace = map[string]string{
	"go.work":              "go 1.26.0\n\nuse (\n\t./protocol\n\t./server\n\t./tests\n)\n",
	"protocol/go.mod":      "module " + base + "/protocol\n",
	"protocol/doc.go":      "// Package protocol is a fixture.\npackage protocol\n",
	"server/go.mod":        "module " + base + "/server\n",
	"server/doc.go":        "// Package server is a fixture.\npackage server\n",
	"tests/go.mod":         "module " + base + "/tests\n",
	"tests/doc.go":         "// Package tests is a fixture.\npackage tests\n",
	"protocol/lint/go.mod": "module nested\n", // a nested module is not looked at
	"protocol/lint/bad.go": "package lint\nfunc init() {}\n",
}

func TestCheck(t *testing.T) {
	t.Parallel()
	imports := func(pkg string, paths ...string) string {
		var b strings.Builder
		fmt.Fprintf(&b, "package %s\n", pkg)
		for _, p := range paths {
			fmt.Fprintf(&b, "import _ %q\n", p)
		}
		return b.String()
	}
	doc := func(pkg string) string { return "// Package " + pkg + " is a fixture.\npackage " + pkg + "\n" }
	tests := map[string]struct {
		files map[string]string
		want  []string
	}{
		"nothing to report": {},
		"a module imports what its row does not name": {
			files: map[string]string{"protocol/a.go": imports("protocol", "bytes", base+"/server", "golang.org/x/sync/errgroup")},
			want: []string{
				"protocol/a.go:3: [import] protocol must not import github.com/dunlin-mq/dunlin/server: module protocol may import the standard library only",
				"protocol/a.go:4: [import] protocol must not import golang.org/x/sync/errgroup: module protocol may import the standard library only",
			},
		},
		"a socket where there must be none": {
			files: map[string]string{
				"protocol/a.go":      imports("protocol", "net/netip", "net/http/httptest", "os/exec"),
				"protocol/a_test.go": imports("protocol", "net", "os"),
			},
			want: []string{
				"protocol/a.go:3: [import] protocol must not import net/http/httptest: this package reaches no socket and no file",
				"protocol/a.go:4: [import] protocol must not import os/exec: this package reaches no socket and no file",
			},
		},
		"test files may compare": {
			files: map[string]string{
				"protocol/a_test.go": imports("protocol", "github.com/google/go-cmp/cmp"),
				"protocol/b.go":      imports("protocol", "github.com/google/go-cmp/cmp"),
				"tests/help.go":      imports("tests", "github.com/google/go-cmp/cmp", base+"/server"),
			},
			want: []string{
				"protocol/b.go:2: [import] protocol must not import github.com/google/go-cmp/cmp: module protocol may import the standard library only",
			},
		},
		"a room of server goes back": {
			files: map[string]string{
				"server/a.go":                        imports("server", base+"/server/internal/router", base+"/protocol"),
				"server/internal/transport/doc.go":   doc("transport"),
				"server/internal/transport/a.go":     imports("transport", base+"/server/internal/conn", "net"),
				"server/internal/router/doc.go":      doc("router"),
				"server/internal/router/a.go":        imports("router", base+"/server/internal/client", "net"),
				"server/internal/router/a_test.go":   imports("router", base+"/server/internal/conn/conntest", base+"/server/internal/client"),
				"server/internal/conn/doc.go":        doc("conn"),
				"server/internal/conn/a.go":          imports("conn", base+"/server"),
				"server/internal/nobodyknows/doc.go": doc("nobodyknows"),
			},
			want: []string{
				"server/internal/conn/a.go:2: [import] server/internal/conn must not import github.com/dunlin-mq/dunlin/server: within server it may import internal/chunk, internal/memo",
				"server/internal/nobodyknows/doc.go: [import] package server/internal/nobodyknows has no row in rules.go: who may use it?",
				"server/internal/router/a.go:2: [import] server/internal/router must not import github.com/dunlin-mq/dunlin/server/internal/client: within server it may import internal/account, internal/chunk, internal/document, internal/message, internal/trace",
				"server/internal/router/a.go:3: [import] server/internal/router must not import net: this package reaches no socket and no file",
				"server/internal/router/a_test.go:3: [import] server/internal/router must not import github.com/dunlin-mq/dunlin/server/internal/client: within server it may import internal/account, internal/chunk, internal/document, internal/message, internal/trace",
			},
		},
		"package comments": {
			files: map[string]string{
				"protocol/header/a.go":        "package header\n",
				"protocol/subject/subject.go": doc("subject"),
				"protocol/link/doc.go":        doc("link"),
				"protocol/link/link.go":       doc("link"),
				"server/cmd/dunlin/main.go":   "// Command dunlin is a fixture.\npackage main\n",
				"tests/wire/a_test.go":        "package wire\n",
				"tests/tls/a_test.go":         doc("tls"),
			},
			want: []string{
				"protocol/header/a.go: [doc] package protocol/header has no package comment: write doc.go",
				"protocol/link/link.go: [doc] a second package comment (the other one is in doc.go)",
				"protocol/subject/subject.go: [doc] the package comment belongs in doc.go",
				"tests/wire/a_test.go: [doc] package tests/wire has no package comment: write doc.go",
			},
		},
		"exported names": {
			files: map[string]string{"protocol/a.go": `package protocol

type Bare struct{}

func (*Bare) Method() {}

func (Bare) String() string { return "" }

type hidden[T any] struct{}

func (*hidden[T]) Method() {}

// Group covers its members.
const (
	A = iota
	B
)

var (
	C = 1 // C has one behind it.
	D = 2
)
`},
			want: []string{
				"protocol/a.go:3: [doc] exported Bare has no comment",
				"protocol/a.go:5: [doc] exported Method has no comment",
				"protocol/a.go:21: [doc] exported D has no comment",
			},
		},
		"sizes": {
			files: map[string]string{
				"protocol/long.go":      "package protocol\n" + strings.Repeat("\n", maxFileLines),
				"protocol/long_test.go": "package protocol\n" + strings.Repeat("\n", maxFileLines),
				"protocol/gen.go":       "// Code generated by hand. DO NOT EDIT.\n\npackage protocol\n" + strings.Repeat("\n", maxFileLines),
				"protocol/func.go":      "package protocol\n\nfunc f() {" + strings.Repeat("\n", maxFuncLines) + "}\n",
			},
			want: []string{
				"protocol/func.go:3: [size] f has 121 lines; more than 120 fits no screen",
				"protocol/long.go: [size] 801 lines; more than 800 means that it has two subjects",
			},
		},
		"a package of many lines": {
			files: manyFiles(),
			want:  []string{"protocol/doc.go: [size] the package has 8002 lines; above 7500 it is two packages"},
		},
		"sleeping tests": {
			files: map[string]string{"protocol/a_test.go": `package protocol

import (
	"testing"
	"testing/synctest"
	clock "time"
)

func TestA(t *testing.T) {
	clock.Sleep(1)
	synctest.Test(t, func(t *testing.T) { clock.Sleep(1) })
}
`},
			want: []string{
				"protocol/a_test.go:10: [sleep] a test that sleeps is slow or flaky: wait for a condition, or use testing/synctest",
			},
		},
		"clocks and goroutines in a pure module": {
			files: map[string]string{
				"protocol/a.go": "package protocol\n\nimport \"time\"\n\nvar d time.Duration\n\nfunc f() { go f(); _ = time.Now }\n\nfunc init() {}\n",
				"server/a.go":   "package server\n\nimport \"time\"\n\nfunc f() { go f(); _ = time.Now }\n",
			},
			want: []string{
				"protocol/a.go:7: [pure] this module reads no clock (time.Now): take the time as an argument",
				"protocol/a.go:7: [pure] this module starts no goroutine: the caller has one",
				"protocol/a.go:9: [init] no work on import: make it a function that the owner calls",
			},
		},
		"excuses": {
			files: map[string]string{"server/a.go": `package server

//archcheck:allow init: the table is built from another package's
func init() {}

func init() {} //archcheck:allow init: so is this one

//archcheck:allow init
func init() {}

//archcheck:allow size: stale
`},
			want: []string{
				`server/a.go:8: [allow] want "//archcheck:allow RULE: REASON"`,
				"server/a.go:9: [init] no work on import: make it a function that the owner calls",
				"server/a.go:11: [allow] excuses nothing: remove it (rule size)",
			},
		},
		"private places": {
			files: map[string]string{"README.md": "see /wor" + "k/main\nand a/wor" + "k/b\nand proxy.golan" + "g.org\n"},
			want: []string{
				`README.md:1: [text] "/wor` + `k/" names a path of one machine`,
				`README.md:3: [text] "proxy.golan` + `g.org" names the host of a package registry: use what the Go command is configured with`,
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings, _, err := check(fixture(t, tt.files))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findings {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files map[string]string
		want  string // part of the error
	}{
		"a workspace that cannot be read": {map[string]string{"go.work": "use (\n"}, "go.work:1"},
		"a file that cannot be parsed":    {map[string]string{"server/a.go": "package\n"}, "parse: server/a.go:1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := check(fixture(t, tt.files))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// manyFiles is a package of nine files of 800 lines.
func manyFiles() map[string]string {
	files := make(map[string]string)
	for i := range 10 {
		files[fmt.Sprintf("protocol/f%d.go", i)] = "package protocol\n" + strings.Repeat("\n", maxFileLines-1)
	}
	return files
}

// fixture writes workspace and files below a new directory under git.
func fixture(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for _, set := range []map[string]string{workspace, files} {
		for name, text := range set {
			name = filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out, err := exec.Command("git", "init", "-q", root).CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
	return root
}
