package browser

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// programs are the names by which systems call Chromium.
var programs = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// browserPath finds Chromium. As root on a Debian system it installs the
// package when there is none.
var browserPath = sync.OnceValues(func() (string, error) {
	if path, err := lookBrowser(); err == nil {
		return path, nil
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return "", errors.New("no Chromium, and no right to install one")
	}
	for _, args := range [][]string{
		{"-q", "update"},
		{"-q", "-y", "-o", "DPkg::Lock::Timeout=120", "install", "--no-install-recommends", "chromium"},
	} {
		if err := run("", apt, args...); err != nil {
			return "", err
		}
	}
	return lookBrowser()
})

func lookBrowser() (path string, err error) {
	for _, name := range programs {
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", err
}

// clientModule returns the client library as one ES module. It lies in the
// user's cache folder under a name that changes with what testdata/npm says.
var clientModule = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	cache = filepath.Join(cache, "dunlin-tests")
	files, digest := map[string][]byte{}, sha256.New()
	for _, name := range []string{"package.json", "package-lock.json", "client.js"} {
		text, err := os.ReadFile(filepath.Join("testdata", "npm", name))
		if err != nil {
			return "", err
		}
		files[name] = text
		digest.Write(text)
	}
	module := filepath.Join(cache, fmt.Sprintf("browser-client-%x.js", digest.Sum(nil)[:8]))
	if _, err := os.Stat(module); err == nil {
		return module, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	return module, bundle(cache, files, module)
})

// bundle installs what the lock file names into a folder that it removes
// again, and leaves the module. The rename keeps others from serving half a
// file; whoever comes at the same time does the work twice.
func bundle(cache string, files map[string][]byte, module string) error {
	dir, err := os.MkdirTemp(cache, "install-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	if err := run(dir, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"); err != nil {
		return err
	}
	esbuild := filepath.Join("node_modules", "esbuild", "bin", "esbuild")
	if err := run(dir, "node", esbuild, "client.js", "--bundle", "--format=esm", "--outfile=nats.js"); err != nil {
		return err
	}
	return os.Rename(filepath.Join(dir, "nats.js"), module)
}

// run runs a program that ends by itself.
func run(dir, program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	cmd.SysProcAttr = dieWithParent()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", filepath.Base(program), args, err, out)
	}
	return nil
}
