package process

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestLogLineForm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		args []string
		line string
	}{
		{name: "default", line: `^\[\d+\] \d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} \[INF\] Server is ready$`},
		{name: "without time", args: []string{"-T=false"}, line: `^\[\d+\] \[INF\] Server is ready$`},
		{name: "in UTC", args: []string{"--logtime_utc"}, line: `^\[\d+\] \d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} \[INF\] Server is ready$`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			proc.Each(t, func(t *testing.T, target *proc.Target) {
				s := proc.Start(t, target, proc.Options{Args: test.args, Env: []string{"TZ=Asia/Tokyo"}})
				line := s.WaitLog(t, "Server is ready")
				if !regexp.MustCompile(test.line).MatchString(line) {
					t.Errorf("line %q does not match %s", line, test.line)
				}
			})
		})
	}
}

// logFile polls a file until it contains text.
func logFile(t *testing.T, path, text string) string {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var content []byte
	for deadline := time.Now().Add(proc.Patience); time.Now().Before(deadline); <-tick.C {
		content, _ = os.ReadFile(path)
		if bytes.Contains(content, []byte(text)) {
			return string(content)
		}
	}
	t.Fatalf("%s has %q, want %q in it", path, content, text)
	return ""
}

func TestLogFileIsReopened(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{Config: "log_file: \"server.log\"\n"})
		path := filepath.Join(s.Dir, "server.log")
		logFile(t, path, "Server is ready")
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("log file %v, %v", info, err)
		}
		if s.Log() != "" {
			t.Errorf("standard error has %q", s.Log())
		}
		if err := os.Rename(path, path+".old"); err != nil {
			t.Fatal(err)
		}
		s.Signal(t, syscall.SIGUSR1)
		logFile(t, path, "File log re-opened")
		s.Signal(t, syscall.SIGTERM)
		s.Wait(t)
		logFile(t, path, "Server Exiting..")
		logFile(t, path+".old", "Server is ready")
	})
}

// TestLogFileRotates makes the server log several times the limit: the live
// file and one backup stay, the older ones are purged.
func TestLogFileRotates(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{Config: "log_file: \"server.log\"\nlog_size_limit: 4000\nlog_max_num: 2\ntrace: true\n"})
		path := filepath.Join(s.Dir, "server.log")
		nc, err := nats.Connect(s.URL())
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		for i := range 200 {
			if err := nc.Publish("fill.the.log", strconv.AppendInt(nil, int64(i), 10)); err != nil {
				t.Fatal(err)
			}
		}
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
		live := logFile(t, path, "Rotated log, backup saved as")
		if len(live) > 5000 {
			t.Errorf("live file has %d bytes", len(live))
		}
		found := backups(t, path)
		if len(found) != 1 || !backupName.MatchString(found[0]) {
			t.Errorf("backups %v", found)
		}
	})
}

func backups(t *testing.T, path string) []string {
	t.Helper()
	found, err := filepath.Glob(path + ".*")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var backupName = regexp.MustCompile(`server\.log\.\d{4}\.\d\d\.\d\d\.\d\d\.\d\d\.\d\d\.\d{9}$`)
