package logging

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return mask(string(text))
}

func TestFileIsAppendedTo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	for _, text := range []string{"a", "b"} {
		l, err := New(Config{File: path, NoTime: true})
		if err != nil {
			t.Fatal(err)
		}
		l.Infof("%s", text)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Errorf("second Close: %v", err)
		}
	}
	if diff := cmp.Diff("[PID] [INF] a\n[PID] [INF] b\n", read(t, path)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&^0o640 != 0 {
		t.Errorf("mode %v is wider than 0640", info.Mode())
	}
}

func TestFileThatCannotBeOpenedIsRefused(t *testing.T) {
	t.Parallel()
	var buf lockedBuffer
	path := filepath.Join(t.TempDir(), "nope", "log")
	if _, err := New(Config{File: path}); err == nil || !strings.HasPrefix(err.Error(), "error opening file: open ") {
		t.Errorf("New: %v", err)
	}
	l := open(t, Config{Stderr: &buf, NoTime: true})
	if err := l.Reconfigure(Config{File: path, Debug: true}); err == nil {
		t.Error("Reconfigure succeeded")
	}
	l.Debugf("off")
	l.Infof("still here")
	if diff := cmp.Diff([]string{"[PID] [INF] still here\n"}, masked(buf.take())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLogMovesToAnotherFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	l := open(t, Config{File: a, NoTime: true})
	l.Infof("1")
	if err := l.Reconfigure(Config{File: b, NoTime: true}); err != nil {
		t.Fatal(err)
	}
	l.Infof("2")
	if diff := cmp.Diff([]string{"[PID] [INF] 1\n", "[PID] [INF] 2\n"}, []string{read(t, a), read(t, b)}); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestReopenFollowsARename(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	l := open(t, Config{File: path, NoTime: true})
	l.Infof("1")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Skip("an open file cannot be renamed here")
	}
	l.Infof("2")
	if err := l.Reopen(); err != nil {
		t.Fatal(err)
	}
	l.Infof("3")
	want := []string{"[PID] [INF] 1\n[PID] [INF] 2\n", "[PID] [INF] 3\n"}
	if diff := cmp.Diff(want, []string{read(t, path+".1"), read(t, path)}); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLargeFileIsRotated(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	l := open(t, Config{File: path, NoTime: true, SizeLimit: 400})
	l.Infof("%s", strings.Repeat("x", 300))
	if old, err := backups(path); err != nil || len(old) != 0 {
		t.Fatalf("below the limit: backups %v, error %v", old, err)
	}
	l.Infof("%s", strings.Repeat("y", 300))
	l.Infof("z")
	old, err := backups(path)
	if err != nil || len(old) != 1 {
		t.Fatalf("above the limit: backups %v, error %v", old, err)
	}
	want := []string{
		"[PID] [INF] " + strings.Repeat("x", 300) + "\n[PID] [INF] " + strings.Repeat("y", 300) + "\n",
		"[PID] [INF] Rotated log, backup saved as \"" + mask(old[0]) + "\"\n[PID] [INF] z\n",
	}
	if diff := cmp.Diff(want, []string{read(t, old[0]), read(t, path)}); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSizeOfAnExistingFileCounts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, Config{File: path, SizeLimit: 1000}).Infof("x")
	if old, err := backups(path); err != nil || len(old) != 1 {
		t.Errorf("backups %v, error %v", old, err)
	}
}

func TestOldFilesArePurged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "log")
	for _, name := range []string{"log.2001.02.03.04.05.06.000000001", "log.2001.02.03.04.05.06.000000002", "log.txt", "log.2001.02", "other.2001.02.03.04.05.06.000000001"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l := open(t, Config{File: path, NoTime: true, SizeLimit: 10, MaxFiles: 2})
	l.Infof("long enough")
	old, err := backups(path)
	if err != nil || len(old) != 1 {
		t.Fatalf("backups %v, error %v", old, err)
	}
	want := "[PID] [INF] Rotated log, backup saved as \"" + old[0] + "\"\n" +
		"[PID] [INF] Purged log file \"" + path + ".2001.02.03.04.05.06.000000001\"\n" +
		"[PID] [INF] Purged log file \"" + path + ".2001.02.03.04.05.06.000000002\"\n"
	if diff := cmp.Diff(mask(want), read(t, path)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, name := range []string{"log.txt", "log.2001.02", "other.2001.02.03.04.05.06.000000001"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("unrelated file: %v", err)
		}
	}
	// One file in all means that no backup survives.
	if err := l.Reconfigure(Config{File: path, SizeLimit: 10, MaxFiles: 1}); err != nil {
		t.Fatal(err)
	}
	l.Infof("long enough")
	if old, err := backups(path); err != nil || len(old) != 0 {
		t.Errorf("backups %v, error %v", old, err)
	}
}

func TestBackupsDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	var names []string
	for range 3 {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		name, err := rename(path, now)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, strings.TrimPrefix(name, path))
	}
	want := []string{".2026.01.02.03.04.05.000000006", ".2026.01.02.03.04.05.000000007", ".2026.01.02.03.04.05.000000008"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFailedRotationKeepsTheLog(t *testing.T) {
	t.Parallel()
	// The name is legal, that of its backup too long.
	path := filepath.Join(t.TempDir(), strings.Repeat("n", 240))
	l := open(t, Config{File: path, NoTime: true, SizeLimit: 3000})
	for range 10 {
		l.Infof("%s", strings.Repeat("x", 1000))
	}
	text := read(t, path)
	if n := strings.Count(text, "xxx\n"); n != 10 {
		t.Errorf("%d lines, want 10:\n%s", n, text)
	}
	if n := strings.Count(text, "Unable to rotate log file: "); n < 1 || n > 3 { // not one a line
		t.Errorf("%d complaints:\n%s", n, text)
	}
}

func TestFailingFileFallsBackToStderr(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "log")
	var buf lockedBuffer
	l := open(t, Config{File: path, NoTime: true, Stderr: &buf})
	// As if the disk had gone away: writes fail from now on.
	d := l.core.dest.(*file)
	d.f.Close()
	l.With(testConn).Warnf("1")
	l.Warnf("2")
	got := masked(buf.take())
	want := []string{
		"[PID] [ERR] Log goes to standard error, because writing to " + mask(path) + " failed: ",
		"[PID] [WRN] 127.0.0.1:52468 - cid:80 - \"v1.2:go:name\" - \"ACC/user:name\" - 1\n",
		"[PID] [WRN] 2\n",
	}
	if len(got) != 3 || !strings.HasPrefix(got[0], want[0]) || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("got %q, want %q", got, want)
	}
	d.f = nil // so that it is opened again
	l.Warnf("3")
	if diff := cmp.Diff([]string{"[PID] [INF] Log goes to " + mask(path) + " again\n"}, masked(buf.take())); diff != "" {
		t.Errorf("recovery (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff("[PID] [WRN] 3\n", read(t, path)); diff != "" {
		t.Errorf("file (-want +got)\n%s", diff)
	}
}
