package syntax

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIncludesAddTheirEntriesWhereTheyStand(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"bare", "include p.conf", `{"port":4222}`},
		{"single quotes", "include 'p.conf'", `{"port":4222}`},
		{"double quotes", `include "p.conf"`, `{"port":4222}`},
		{"any case", "INCLUDE p.conf", `{"port":4222}`},
		{"tab", "include\tp.conf", `{"port":4222}`},
		{"comment behind", "include p.conf # c\nb: 1", `{"b":1,"port":4222}`},
		{"semicolon", "include p.conf;b: 1", `{"b":1,"port":4222}`},
		{"in a map", "a { include i.conf }", `{"a":{"x":1,"y":2}}`},
		{"in a map with more", "a { include 'i.conf', z: 3 }", `{"a":{"x":1,"y":2,"z":3}}`},
		{"in braces", "{ include p.conf }", `{"port":4222}`},
		{"nested", "include nested.conf", `{"debug":true,"port":4222}`},
		{"wrapped file", "include top.conf", `{"port":4222}`},
		{"empty file", "include e.conf", `{}`},
		{"environment inside", "include env.conf", `{"x":5}`},
		{"its keys as variables", "include v.conf\na: $VV", `{"VV":3,"a":3}`},
		{"cleaned path", "include ./sub/../p.conf", `{"port":4222}`},
		{"later keys overwrite", "port: 1\ninclude p.conf\ndebug: off\ninclude d.conf", `{"debug":true,"port":4222}`},
		{"ordinary key", "include: p.conf", `{"include":"p.conf"}`},
		{"quoted key", "'include' p.conf", `{"include":"p.conf"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, outcome(tc.text, testOptions)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestIncludesAreRelativeToTheIncludingFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(path, text string) {
		t.Helper()
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("main.conf", "include sub/a.conf\n")
	write("sub/a.conf", "a: 1\ninclude b.conf\ninclude /deep/c.conf\n")
	write("sub/b.conf", "b: 2\n")
	write("sub/deep/c.conf", "\n  c: 3\n")

	m, err := ParseFile(filepath.Join(dir, "main.conf"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"a":1,"b":2,"c":3}`, toJSON(m)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	want := Pos{File: filepath.Join(dir, "sub", "deep", "c.conf"), Line: 2, Col: 3}
	if diff := cmp.Diff(want, m.Get("c").KeyPos); diff != "" {
		t.Errorf("position (-want +got)\n%s", diff)
	}
}

func TestFilesThatCannotBeReadAreReported(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "main.conf")
	if _, err := ParseFile(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: got %v", err)
	}
	if err := os.WriteFile(path, []byte("a: 1\ninclude nope.conf"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := ParseFile(path)
	var perr *Error
	if !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &perr) || perr.Pos.Line != 2 {
		t.Errorf("missing include: got %#v", err)
	}
	if _, err := Parse("c.conf", []byte("include x"), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no reader given: got %v", err)
	}
}

func TestIncludesAreBounded(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"loop.conf":  "include loop.conf",
		"ping.conf":  "include pong.conf",
		"pong.conf":  "include ping.conf",
		"back.conf":  "include c.conf",
		"large.conf": "a: " + strings.Repeat("x", 2000),
	}
	// Each of these names two others, so 20 levels would be a million files.
	read := func(path string) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		return []byte("include " + path + "a\ninclude " + path + "b"), nil
	}
	opts := Options{ReadFile: read, MaxBytes: 20000, MaxIncludeDepth: 5}
	for _, tc := range []struct{ name, text, want string }{
		{"itself", "include loop.conf", "loop.conf:1:0 error parsing include file 'loop.conf', error parsing include file 'loop.conf', include cycle at 'loop.conf'"},
		{"each other", "include ping.conf", "pong.conf:1:0 error parsing include file 'ping.conf', error parsing include file 'pong.conf', error parsing include file 'ping.conf', include cycle at 'ping.conf'"},
		{"the first file", "include back.conf", "back.conf:1:0 error parsing include file 'back.conf', error parsing include file 'c.conf', include cycle at 'c.conf'"},
		{"too deep", "include t", "taaaa:1:0 error parsing include file 't', error parsing include file 'ta', error parsing include file 'taa', error parsing include file 'taaa', error parsing include file 'taaaa', error parsing include file 'taaaaa', files include files more than 5 levels deep"},
		{"too large", strings.Repeat("include large.conf\n", 10), "large.conf:1:0 error parsing include file 'large.conf', configuration is larger than 20000 bytes with its includes and variables"},
		{"too many", strings.Repeat("include e.conf\n", 50), "c.conf:38:1 error parsing include file 'e.conf', configuration is larger than 20000 bytes with its includes and variables"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"e.conf": ""}
			opts := opts
			if tc.name == "too many" {
				opts.ReadFile = func(path string) ([]byte, error) { return []byte(files[path]), nil }
			}
			if diff := cmp.Diff(tc.want, outcome(tc.text, opts)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestNestingIsBounded(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"maps":   strings.Repeat("a {", 101),
		"arrays": "a: " + strings.Repeat("[", 101),
		"blocks": strings.Repeat("{", 101),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("c.conf", []byte(text), Options{})
			if !errors.Is(err, ErrLimit) {
				t.Errorf("got %v, want ErrLimit", err)
			}
		})
	}
	if _, err := Parse("c.conf", []byte("a: "+strings.Repeat("[", 100)+strings.Repeat("]", 100)), Options{}); err != nil {
		t.Errorf("100 levels: %v", err)
	}
}
