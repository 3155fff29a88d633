package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A page that says where something is shown must not outlive the tests it
// names: "DIR TestName", "DIR FuzzName", or "FILE.txt: scenario".
var (
	namedTest     = regexp.MustCompile("`([a-z/]+) ((?:Test|Fuzz)[A-Za-z0-9_]+)`")
	namedScenario = regexp.MustCompile("`([a-z-/]+\\.txt): ([^`]+)`")
)

func TestPagesNameTestsThatExist(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	for page, scripts := range map[string]string{
		"server/docs/websocket.md": "websocket",
	} {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		tests := namedTest.FindAllStringSubmatch(string(text), -1)
		scenarios := namedScenario.FindAllStringSubmatch(string(text), -1)
		if len(tests) == 0 || len(scenarios) == 0 {
			t.Errorf("%s: %d tests and %d scenarios found", page, len(tests), len(scenarios))
		}
		for _, m := range tests {
			if !declares(t, filepath.Join(root, m[1]), m[2]) {
				t.Errorf("%s: %s has no %s", page, m[1], m[2])
			}
		}
		for _, m := range scenarios {
			name := m[1] // in the page's own folder, unless it names another one
			if !strings.Contains(name, "/") {
				name = scripts + "/" + name
			}
			script, err := os.ReadFile(filepath.Join(root, "tests", "diff", "testdata", name))
			if err != nil || !strings.Contains(string(script), "=== "+m[2]+"\n") {
				t.Errorf("%s: %s has no scenario %q (%v)", page, m[1], m[2], err)
			}
		}
	}
}

// declares reports whether a test file in dir declares the function.
func declares(t *testing.T, dir, function string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), fmt.Sprintf("\nfunc %s(", function)) {
			return true
		}
	}
	return false
}
