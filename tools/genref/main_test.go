package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGenerate(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	text := "one\n"
	pages := []page{{"docs/a.md", func() string { return text }}}
	fails := func(want string, checkOnly bool) {
		t.Helper()
		got := ""
		if err := generate(root, pages, checkOnly, io.Discard); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("error (-want +got):\n%s", diff)
		}
	}
	holds := func(want string) {
		t.Helper()
		got, err := os.ReadFile(filepath.Join(root, "docs", "a.md"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("page (-want +got):\n%s", diff)
		}
	}

	const stale = "docs/a.md is out of date: go run ./tools/genref"
	fails(stale, true) // not there yet
	fails("", false)
	fails("", true)
	holds("one\n")
	text = "two\n"
	fails(stale, true)
	holds("one\n")
	fails("", false)
	holds("two\n")
}
