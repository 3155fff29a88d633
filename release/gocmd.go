package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A goCommand runs the Go command outside the workspace, against the proxy on
// disk and with a module cache of its own: a version that is only being tried
// must not stay in the user's cache, where it would pass for the real one.
type goCommand struct {
	env []string
	out io.Writer // gets what the Go command prints
}

// newGoCommand sets the environment up below dir. Modules come from proxy, then
// from the user's module cache, then from wherever the user gets them.
//
// GOPRIVATE has to be empty: it makes the Go command go past every proxy.
func newGoCommand(dir, proxy, base string, out io.Writer) (*goCommand, error) {
	settings, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	cache, upstream, _ := strings.Cut(strings.TrimSpace(string(settings)), "\n")
	return &goCommand{
		out: out,
		env: append(os.Environ(),
			"GOWORK=off",
			"GOFLAGS=-modcacherw",
			"GOMODCACHE="+filepath.Join(dir, "modcache"),
			"GOBIN="+filepath.Join(dir, "bin"),
			"GOPROXY="+strings.Join([]string{fileURL(proxy), fileURL(filepath.Join(cache, "cache", "download")), upstream}, ","),
			"GOPRIVATE=", "GONOPROXY=",
			"GONOSUMDB="+base,
		),
	}, nil
}

// run is one invocation of the Go command in dir.
func (g *goCommand) run(dir string, args ...string) error {
	return g.runWith(dir, nil, args...)
}

// runWith is run with more environment.
func (g *goCommand) runWith(dir string, env []string, args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(g.env[:len(g.env):len(g.env)], env...)
	cmd.Stdout = g.out
	cmd.Stderr = g.out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// fileURL is the URL of an absolute path.
func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	return "file://" + path
}
