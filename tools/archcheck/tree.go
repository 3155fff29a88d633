package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// A tree is the workspace as far as its syntax tells.
type tree struct {
	root string
	fset *token.FileSet
	dirs []*dir // sorted by path
}

// A dir is one directory with Go files: a package and its tests.
type dir struct {
	path   string // relative to the root: "server/internal/conn"
	module string // the first element: "server"
	rel    string // what follows: "internal/conn", "" for the root package
	files  []*file
}

// A file is one Go file.
type file struct {
	path      string // relative to the root
	name      string // last element
	test      bool
	generated bool
	lines     int
	syntax    *ast.File
}

// isMain reports whether the directory holds a command.
func (d *dir) isMain() bool {
	for _, f := range d.files {
		if !f.test {
			return f.syntax.Name.Name == "main"
		}
	}
	return false
}

// load reads every Go file of the modules that go.work in root names.
func load(root string) (*tree, error) {
	uses, err := workspaceDirs(root)
	if err != nil {
		return nil, err
	}
	t := &tree{root: root, fset: token.NewFileSet()}
	for _, use := range uses {
		if err := t.loadModule(use); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// workspaceDirs lists the module directories of go.work, sorted.
func workspaceDirs(root string) ([]string, error) {
	name := filepath.Join(root, "go.work")
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	work, err := modfile.ParseWork(name, data, nil)
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, u := range work.Use {
		dirs = append(dirs, path.Clean(u.Path))
	}
	slices.Sort(dirs)
	return dirs, nil
}

// loadModule walks one module and leaves out what the Go command ignores: nested
// modules, testdata, and names that begin with a dot or an underscore.
func (t *tree) loadModule(module string) error {
	top := filepath.Join(t.root, module)
	return filepath.WalkDir(top, func(name string, e os.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		if name != top {
			base := e.Name()
			if base == "testdata" || base == "vendor" || base[0] == '.' || base[0] == '_' {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
				return filepath.SkipDir
			}
		}
		return t.loadDir(module, name)
	})
}

// loadDir parses the Go files of one directory, if it has any.
func (t *tree) loadDir(module, name string) error {
	entries, err := os.ReadDir(name)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(t.root, name)
	if err != nil {
		return err
	}
	d := &dir{path: filepath.ToSlash(rel), module: module}
	d.rel = strings.TrimPrefix(strings.TrimPrefix(d.path, module), "/")
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") || e.Name()[0] == '_' || e.Name()[0] == '.' {
			continue
		}
		f, err := t.parse(filepath.Join(name, e.Name()), path.Join(d.path, e.Name()))
		if err != nil {
			return err
		}
		d.files = append(d.files, f)
	}
	if len(d.files) > 0 {
		t.dirs = append(t.dirs, d)
	}
	return nil
}

// parse reads one file. Positions carry the path relative to the root.
func (t *tree) parse(name, rel string) (*file, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	syntax, err := parser.ParseFile(t.fset, rel, data, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	return &file{
		path:      rel,
		name:      path.Base(rel),
		test:      strings.HasSuffix(rel, "_test.go"),
		generated: ast.IsGenerated(syntax),
		lines:     bytes.Count(data, []byte("\n")),
		syntax:    syntax,
	}, nil
}

// line is the line of p in its file.
func (t *tree) line(p token.Pos) int { return t.fset.Position(p).Line }
