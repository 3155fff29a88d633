package proc

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// Versions of the two programs of the ecosystem that the tests compare with
// and drive dunlin with. Change them together with what INFO reports.
const (
	ReferenceVersion = "v2.15.2"
	CLIVersion       = "v0.5.1"
)

const (
	referenceModule = "github.com/nats-io/nats-server/v2"
	cliPackage      = "github.com/nats-io/natscli/nats"
)

// Target is a server program under test.
type Target struct {
	name string
	path func() (string, error)
}

// Dunlin and Reference are the two programs that answer the same scripts.
var (
	Dunlin    = &Target{name: "dunlin", path: sync.OnceValues(buildDunlin)}
	Reference = &Target{name: "reference", path: sync.OnceValues(func() (string, error) {
		return install(referenceModule, "nats-server", ReferenceVersion)
	})}
	cli = sync.OnceValues(func() (string, error) { return install(cliPackage, "nats", CLIVersion) })
)

// String names the target as scripts and subtests do.
func (p *Target) String() string { return p.name }

// Name is the program's name, by which it calls itself.
func (p *Target) Name(t testing.TB) string {
	t.Helper()
	return strings.TrimSuffix(filepath.Base(p.Path(t)), exeSuffix())
}

// Path returns the program's file, building or installing it first.
func (p *Target) Path(t testing.TB) string {
	t.Helper()
	path, err := p.path()
	if err != nil {
		t.Fatalf("no %s binary: %v", p.name, err)
	}
	return path
}

// Each runs one test against both programs: what is asserted about dunlin is
// thereby known to hold for the reference, too.
func Each(t *testing.T, f func(t *testing.T, target *Target)) {
	for _, target := range []*Target{Dunlin, Reference} {
		t.Run(target.name, func(t *testing.T) {
			t.Parallel()
			f(t, target)
		})
	}
}

// scratch is the folder of this test process for what is built; Main removes it.
var scratch = sync.OnceValues(func() (string, error) {
	return os.MkdirTemp("", "dunlin-tests-")
})

// Main runs the tests and then removes what was built for them.
func Main(m *testing.M) {
	code := m.Run()
	if dir, err := scratch(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// buildDunlin compiles the server from the working tree, with the race
// detector when the test itself has it. DUNLIN_BINARY names a finished binary
// instead; go test does not notice when that changes.
func buildDunlin() (string, error) {
	if path := os.Getenv("DUNLIN_BINARY"); path != "" {
		return path, nil
	}
	dir, err := scratch()
	if err != nil {
		return "", err
	}
	if err := noteSources(); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "dunlin"+exeSuffix())
	args := []string{"build", "-o", path}
	if Race {
		args = append(args, "-race")
	}
	return path, runGo(moduleRoot(), nil, append(args, "github.com/dunlin-mq/dunlin/server/cmd/dunlin")...)
}

// install puts one published program into the cache folder, unless it is
// there already. A lock keeps test processes that start together from
// building it several times; the rename keeps them from running half a file.
func install(pkg, name, version string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "dunlin-tests", name+"-"+version)
	path := filepath.Join(dir, name+exeSuffix())
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	unlock, err := lockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	bin, err := os.MkdirTemp(dir, "install-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(bin)
	if err := runGo(bin, []string{"GOWORK=off", "GOFLAGS=", "GOBIN=" + bin}, "install", pkg+"@"+version); err != nil {
		return "", err
	}
	return path, os.Rename(filepath.Join(bin, name+exeSuffix()), path)
}

func runGo(dir string, env []string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %v: %w\n%s", args, err, out)
	}
	return nil
}

// moduleRoot is the folder of the tests module, where the workspace applies.
func moduleRoot() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
