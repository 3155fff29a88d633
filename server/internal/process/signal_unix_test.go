//go:build unix

package process

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// idle makes a child process of this test wait for a signal.
const idle = "DUNLIN_TEST_IDLE"

func TestMain(m *testing.M) {
	if os.Getenv(idle) == "" {
		os.Exit(m.Run())
	}
	c := make(chan os.Signal, 1)
	signal.Notify(c, Handled()...)
	fmt.Println("ready")
	fmt.Println((<-c).String())
}

// spawn starts a process of the given program name that waits for a signal.
// The result gives its name, once it has come.
func spawn(t *testing.T, name string) (pid int, got func() string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), idle+"=1")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	out := bufio.NewScanner(pipe)
	if !out.Scan() || out.Text() != "ready" {
		t.Fatalf("the child says %q, %v", out.Text(), out.Err())
	}
	return cmd.Process.Pid, func() string {
		out.Scan()
		return out.Text()
	}
}

func TestSendReachesTheProcess(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"stop": "", "quit": "interrupt", "term": "terminated", "reload": "hangup",
		"reopen": "user defined signal 1", "ldm": "user defined signal 2",
	} {
		pid, got := spawn(t, "child")
		file := filepath.Join(t.TempDir(), "pid")
		if err := os.WriteFile(file, []byte(fmt.Sprintln(pid)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Send(word, file, "dunlin"); err != nil {
			t.Errorf("%s: %v", word, err)
		}
		if got := got(); got != want {
			t.Errorf("%s: the process gets %q, want %q", word, got, want)
		}
	}
}

func TestSendToAProcessThatIsGone(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("\nsignal \"ldm\" %d: no such process", cmd.Process.Pid)
	err := Send("ldm", fmt.Sprint(cmd.Process.Pid), "dunlin")
	if err == nil || err.Error() != want || !errors.Is(err, syscall.ESRCH) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestSendFindsProcessesByName(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pgrep"); err != nil {
		t.Skip("there is no pgrep")
	}
	name := fmt.Sprintf("dt%d", os.Getpid())
	if err := Send("term", "", name); err == nil || err.Error() != "no "+name+" processes running" {
		t.Errorf("none: %v", err)
	}
	spawn(t, name+"x") // somebody else's
	first, gotFirst := spawn(t, name)
	second, gotSecond := spawn(t, name)
	pids := []int{first, second}
	slices.Sort(pids)
	want := fmt.Sprintf("multiple %s processes running:\n%d\n%d", name, pids[0], pids[1])
	if err := Send("term", "", name); err == nil || err.Error() != want {
		t.Errorf("two: got %v, want %s", err, want)
	}
	if err := Send("term", fmt.Sprint(first)+"*", name); err != nil || gotFirst() != "terminated" {
		t.Errorf("a whole number as prefix: %v", err)
	}
	if err := Send("reload", "*", name); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Errorf("all: %v", err)
	}
	if got := gotSecond(); got != "hangup" {
		t.Errorf("all: the second one gets %q", got)
	}
	if err := Send("term", "0*", name); err == nil || err.Error() != "no "+name+" processes running" {
		t.Errorf("no such prefix: %v", err)
	}
}

func TestEveryHandledSignalIsACommand(t *testing.T) {
	t.Parallel()
	for _, sig := range Handled() {
		if c := CommandOf(sig); c == "" || signals[c] != sig || !known(c) {
			t.Errorf("%v: command %q", sig, c)
		}
	}
	if c := CommandOf(syscall.SIGWINCH); c != "" {
		t.Errorf("SIGWINCH means %q", c)
	}
}
