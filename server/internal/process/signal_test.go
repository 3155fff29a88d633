package process

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestReadPID(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(content string) string {
		f, err := os.CreateTemp(dir, "pid")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(content); err != nil {
			t.Fatal(err)
		}
		return f.Name()
	}
	gone := filepath.Join(dir, "gone")
	for _, tt := range []struct {
		target string
		want   int
		err    string
	}{
		{"4711", 4711, ""},
		{file("4711"), 4711, ""},
		{file(" 4711\n"), 4711, ""},
		{file(""), 0, "invalid pid: "},
		{file("x\n"), 0, "invalid pid: x"},
		{file("0"), 0, "invalid pid: 0"},
		{file("-1"), 0, "invalid pid: -1"}, // would be every process there is
		{gone, 0, "invalid pid: " + gone},
		{"-1", 0, "invalid pid: -1"},
		{"0", 0, "invalid pid: 0"}, // would be the group of the caller
		{"99999999999999999999", 0, "invalid pid: 99999999999999999999"},
	} {
		got, err := readPID(tt.target)
		if got != tt.want || fmt.Sprint(err) != tt.err && (err != nil || tt.err != "") {
			t.Errorf("%q: got %d, %v; want %d, %s", tt.target, got, err, tt.want, tt.err)
		}
	}
}

func TestSendRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ word, target, want string }{
		{"foo", "", `unknown signal "foo"`},
		{"", "1", `unknown signal ""`},
		{"KILL", "1", `unknown signal "KILL"`},
		{"ldm", "x", "invalid pid: x"},
		{"ldm", "x*", "invalid pid: x"},
		{"ldm", "1x*", "invalid pid: 1x"},
	} {
		if err := Send(tt.word, tt.target, "dunlin"); err == nil || err.Error() != tt.want {
			t.Errorf("%q to %q: got %v, want %s", tt.word, tt.target, err, tt.want)
		}
	}
}
