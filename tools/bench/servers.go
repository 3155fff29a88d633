package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// The reference that dunlin is measured against.
const (
	referenceName    = "nats-server"
	referenceModule  = "github.com/nats-io/nats-server/v2"
	referenceVersion = "v2.15.2"
)

// dunlinPackage is built when no server is given. The path is relative to the root of the
// repository, where the tool is meant to be run.
const dunlinPackage = "./server/cmd/dunlin"

// Program is one of the two servers to compare.
type Program struct {
	Path    string `json:"-"` // says more about the machine than about the program
	Version string `json:"version"`
	Build   string `json:"build"`
}

// program looks at the server at path: what it calls itself, and how it was built.
func program(ctx context.Context, path string) (Program, error) {
	path, err := exec.LookPath(path)
	if err != nil {
		return Program{}, err
	}
	// Servers run in a directory of their own.
	if path, err = filepath.Abs(path); err != nil {
		return Program{}, err
	}
	out, err := exec.CommandContext(ctx, path, "--version").CombinedOutput()
	if err != nil {
		return Program{}, fmt.Errorf("%s --version: %w", path, err)
	}
	version, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	build := "unknown build"
	if info, err := buildinfo.ReadFile(path); err == nil {
		build = buildOf(info)
	}
	return Program{Path: path, Version: version, Build: build}, nil
}

// buildOf names the Go version and, for a program built in a checkout, the commit.
func buildOf(info *debug.BuildInfo) string {
	build := info.GoVersion
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			build += ", commit " + s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			build += " with changes"
		}
	}
	return build
}

// buildDunlin compiles dunlin into dir.
func buildDunlin(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "dunlin")
	return path, run(exec.CommandContext(ctx, "go", "build", "-o", path, dunlinPackage))
}

// findReference looks for an installed reference: in the tool's own cache, on the PATH, and where
// go install puts programs.
func findReference() (string, error) {
	if dir, err := cacheDir(); err == nil {
		if path, err := exec.LookPath(filepath.Join(dir, referenceName)); err == nil {
			return path, nil
		}
	}
	if path, err := exec.LookPath(referenceName); err == nil {
		return path, nil
	}
	out, err := exec.Command("go", "env", "GOBIN", "GOPATH").Output()
	if err != nil {
		return "", err
	}
	lines := strings.Split(string(out), "\n")
	dirs := append([]string{lines[0]}, filepath.SplitList(lines[1])...)
	for i, dir := range dirs {
		if i > 0 {
			dir = filepath.Join(dir, "bin")
		}
		if path, err := exec.LookPath(filepath.Join(dir, referenceName)); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no " + referenceName + " found: name one with -b, or have it fetched with -install")
}

// installReference fetches and builds the reference into the tool's cache.
func installReference(ctx context.Context) (string, error) {
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "install", referenceModule+"@"+referenceVersion)
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOBIN="+dir)
	return filepath.Join(dir, referenceName), run(cmd)
}

// cacheDir is where the reference is installed, apart by version.
func cacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(base, "dunlin-bench", referenceVersion), nil
}

// run runs a command whose output matters only if it fails.
func run(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return nil
}
