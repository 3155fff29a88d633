package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }

// write puts a configuration into a file.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dunlin.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRun(t *testing.T) {
	t.Parallel()
	files := strings.NewReplacer(
		"GOOD", write(t, "port: 4711\n"), "BAD", write(t, "port: [\n"), "UNKNOWN", write(t, "no_such_option: 1\n"),
		"WRONG", write(t, "max_payload: 100\nmax_pending: 10\n"),
	)
	version := "dunlin: " + server.Version() + " (compatible with nats-server v" + server.ReferenceVersion + ")\n"
	usage, tls := config.Usage("dunlin"), config.UsageTLS()
	for _, tt := range []struct {
		args   string
		code   int
		stdout string
		stderr string // that it begins with
	}{
		{args: "-v", stdout: version},
		{args: "--version", stdout: version},
		{args: "version", stdout: version},
		{args: "-v -p 4711", stdout: version},
		{args: "-h", stdout: usage},
		{args: "--help", stdout: usage},
		{args: "help", stdout: usage},
		{args: "--help_tls", stdout: tls},
		{args: "-nope", stdout: usage, stderr: "flag provided but not defined: -nope\n"},
		{args: "-p abc", stdout: usage, stderr: `invalid value "abc" for flag -p: parse error` + "\n"},
		{args: "-p", stdout: usage, stderr: "flag needs an argument: -p\n"},
		{args: "start", code: 1, stderr: `dunlin: unrecognized command: "start"` + "\n"},

		{args: "-t -c GOOD", stderr: "dunlin: configuration file GOOD is valid (sha256:"},
		{args: "-t -c BAD", code: 1, stderr: "dunlin: "},
		{args: "-t -c UNKNOWN", code: 1, stderr: "dunlin: UNKNOWN:1:0: unknown field \"no_such_option\""},
		{args: "-t -c GOOD.gone", code: 1, stderr: "dunlin: "},
		{args: "-t", code: 1, stderr: "dunlin: must specify [-c, --config] option to check configuration file syntax\n"},

		{args: "--signal foo", code: 1, stderr: `dunlin: unknown signal "foo"` + "\n"},
		{args: "-sl ldm=x", code: 1, stderr: "dunlin: invalid pid: x\n"},
		{args: "-sl ldm=0", code: 1, stderr: "dunlin: invalid pid: 0\n"},
		{args: "-sl a=b=c", code: 1, stderr: "dunlin: invalid signal parameters: [c]\n"},

		// what keeps a server from starting
		{args: "-c GOOD.gone", code: 1, stderr: "dunlin: "},
		{args: "-c BAD", code: 1, stderr: "dunlin: "},
		{args: "-c WRONG", code: 1, stderr: "dunlin: max_payload (100) cannot be higher than max_pending (10)\n"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if code := run(strings.Fields(files.Replace(tt.args)), &stdout, &stderr); code != tt.code {
				t.Errorf("exit status %d, want %d", code, tt.code)
			}
			if stdout.String() != tt.stdout {
				t.Errorf("stdout: %q, want %q", stdout.String(), tt.stdout)
			}
			if !strings.HasPrefix(stderr.String(), files.Replace(tt.stderr)) || tt.stderr == "" && stderr.Len() > 0 {
				t.Errorf("stderr: %q, want %q", stderr.String(), tt.stderr)
			}
		})
	}
}

func TestRunCannotListen(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-a", "192.0.2.1", "-p", "4711", "-l", log}, &stdout, &stderr); code != 1 {
		t.Errorf("exit status %d, want 1", code)
	}
	if stdout.Len()+stderr.Len() > 0 {
		t.Errorf("what is logged is printed too: %q, %q", stdout.String(), stderr.String())
	}
	if got, err := os.ReadFile(log); err != nil || !strings.Contains(string(got), "[FTL] Error listening on port: 192.0.2.1:4711, ") {
		t.Errorf("logged %q, %v", got, err)
	}
}

func TestRunPrintsWarnings(t *testing.T) {
	t.Parallel()
	conf, log := write(t, "ping_interval: 5\n"), filepath.Join(t.TempDir(), "log")
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-c", conf, "-a", "192.0.2.1", "-p", "4711", "-l", log}, &stdout, &stderr); code != 1 {
		t.Errorf("exit status %d, want 1", code)
	}
	want := conf + ":1:0: invalid use of field \"ping_interval\": ping_interval should be converted to a duration\n"
	if got := stderr.String(); got != want || stdout.Len() > 0 {
		t.Errorf("stderr: %q, want %q; stdout: %q", got, want, stdout.String())
	}
	if got, err := os.ReadFile(log); err != nil || !strings.Contains(string(got), "Error listening") {
		t.Errorf("a warning keeps the server from starting: %q, %v", got, err)
	}
}
