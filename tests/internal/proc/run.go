package proc

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
)

// Result is what a finished command left.
type Result struct {
	Code           int
	Stdout, Stderr string
}

// Run runs target with args in dir until it ends by itself.
func Run(t testing.TB, target *Target, dir string, args ...string) Result {
	t.Helper()
	return runCommand(t, exec.Command(target.Path(t), args...), dir)
}

// CLI runs the ecosystem's command-line client against url. Its own context
// folder is empty, so that nothing of the user's leaks in.
func CLI(t testing.TB, url string, args ...string) Result {
	t.Helper()
	return runCommand(t, CLICommand(t, url, args...), t.TempDir())
}

// CLICommand prepares the command-line client, for tests that need it running
// in the background.
func CLICommand(t testing.TB, url string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := cli()
	if err != nil {
		t.Fatalf("no command-line client: %v", err)
	}
	home := t.TempDir()
	cmd := exec.Command(path, append([]string{"--server", url, "--timeout", "5s"}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "NO_COLOR=1")
	cmd.SysProcAttr = dieWithParent()
	return cmd
}

func runCommand(t testing.TB, cmd *exec.Cmd, dir string) Result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Start(); err != nil {
		t.Fatalf("run %v: %v", cmd.Args, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { cmd.Process.Kill() })
	defer stop()
	err := cmd.Wait()
	if ctx.Err() != nil {
		t.Fatalf("run %v: still running after %v\n%s%s", cmd.Args, Patience, stdout.String(), stderr.String())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("run %v: %v", cmd.Args, err)
	}
	return Result{Code: cmd.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}
}
