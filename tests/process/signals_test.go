package process

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// TestSignalCommandReachesServer sends each signal with the program itself,
// to a number and to a pid file.
func TestSignalCommandReachesServer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		word string
		logs string
		ends bool
	}{
		{word: "term", logs: `Trapped "terminated" signal`, ends: true},
		{word: "quit", logs: `Trapped "interrupt" signal`, ends: true},
		{word: "ldm", logs: "Entering lame duck mode", ends: true},
		{word: "reload", logs: "Reloaded server configuration"},
		{word: "reopen", logs: "File log re-open ignored, not a file logger"},
	} {
		t.Run(test.word, func(t *testing.T) {
			t.Parallel()
			proc.Each(t, func(t *testing.T, target *proc.Target) {
				for _, to := range []string{"pid", "file"} {
					s := proc.Start(t, target, proc.Options{Config: "max_connections: 10\n", Args: []string{"-P", "server.pid"}})
					address := strconv.Itoa(s.Pid())
					if to == "file" {
						address = filepath.Join(s.Dir, "server.pid")
					}
					r := proc.Run(t, target, s.Dir, "--signal", test.word+"="+address)
					if r.Code != 0 || r.Stdout+r.Stderr != "" {
						t.Errorf("to a %s: %+v", to, r)
					}
					s.WaitLog(t, test.logs)
					if test.ends {
						if code := s.Wait(t); code != 0 {
							t.Errorf("server's exit code %d", code)
						}
					}
				}
			})
		})
	}
}

func TestStopSignalKills(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{})
		r := proc.Run(t, target, s.Dir, "--signal", "stop="+strconv.Itoa(s.Pid()))
		if r.Code != 0 {
			t.Errorf("%+v", r)
		}
		s.Wait(t)
	})
}

func TestPidFile(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{Config: "pid_file: \"my.pid\"\n"})
		path := filepath.Join(s.Dir, "my.pid")
		checkPid := func(when string) {
			text, err := os.ReadFile(path)
			if err != nil || string(text) != strconv.Itoa(s.Pid()) {
				t.Errorf("%s: %q, %v", when, text, err)
			}
		}
		checkPid("while running")
		if info, err := os.Stat(path); err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v", info.Mode())
		}
		s.Signal(t, syscall.SIGTERM)
		s.Wait(t)
		checkPid("after the end")
	})
}

func TestPortsFileIsRemovedAtTheEnd(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{})
		find := func() []string {
			found, err := filepath.Glob(filepath.Join(s.Dir, "*.ports"))
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		want := target.Name(t) + "_" + strconv.Itoa(s.Pid()) + ".ports"
		if found := find(); len(found) != 1 || filepath.Base(found[0]) != want {
			t.Errorf("ports files %v, want %s", found, want)
		}
		s.Signal(t, syscall.SIGINT)
		s.Wait(t)
		if found := find(); len(found) != 0 {
			t.Errorf("left behind: %v", found)
		}
	})
}
