package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// A target is one fuzz function.
type target struct {
	Package string // import path
	Dir     string // of the package
	Name    string // FuzzXxx
}

func (t target) String() string { return t.Package + "." + t.Name }

// listed is what we need of go list's description of a package.
type listed struct {
	ImportPath   string
	Dir          string
	TestGoFiles  []string
	XTestGoFiles []string
}

// list asks the Go command for the packages that match the patterns ("work" is
// all of the workspace) and returns their targets, in order.
func list(dir string, patterns ...string) ([]target, error) {
	args := append([]string{"list", "-json=ImportPath,Dir,TestGoFiles,XTestGoFiles"}, patterns...)
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var targets []target
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return targets, nil
		} else if err != nil {
			return nil, fmt.Errorf("read go list's output: %w", err)
		}
		found, err := inPackage(p)
		if err != nil {
			return nil, err
		}
		targets = append(targets, found...)
	}
}

// fuzzFunc matches the head of a fuzz function as gofmt leaves it.
var fuzzFunc = regexp.MustCompile(`(?m)^func (Fuzz[\pL\pN_]*)\(\w+ \*testing\.F\)`)

// inPackage reads the tests of one package.
func inPackage(p listed) ([]target, error) {
	var targets []target
	for _, files := range [][]string{p.TestGoFiles, p.XTestGoFiles} {
		for _, name := range files {
			data, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				return nil, err
			}
			for _, m := range fuzzFunc.FindAllSubmatch(data, -1) {
				targets = append(targets, target{Package: p.ImportPath, Dir: p.Dir, Name: string(m[1])})
			}
		}
	}
	return targets, nil
}
