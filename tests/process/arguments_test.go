package process

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestMain(m *testing.M) { proc.Main(m) }

// TestCommandsThatEnd runs the program with arguments that make it end at
// once. Texts are what stands after the program's name.
func TestCommandsThatEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		file string // text of c.conf
		args string
		code int
		says string
	}{
		{name: "version", args: "-v", says: "v"},
		{name: "long version", args: "--version", says: "v"},
		{name: "version as a word", args: "version", says: "v"},
		{name: "help", args: "-h", says: "--port"},
		{name: "long help", args: "--help", says: "--config"},
		{name: "help as a word", args: "help", says: "--port"},
		{name: "help on TLS", args: "--help_tls", says: "tls"},
		{name: "unknown word", args: "bogus", code: 1, says: `unrecognized command: "bogus"`},
		{name: "unknown flag", args: "--nope", says: "flag provided but not defined: -nope"},
		{name: "bad flag value", args: "-p abc", says: `invalid value "abc" for flag -p: parse error`},

		{name: "check without a file", args: "-t", code: 1, says: "must specify [-c, --config] option to check configuration file syntax"},
		{name: "check of a good file", args: "-t -c c.conf", file: "port: 4333\n", says: "configuration file c.conf is valid (sha256:"},
		{name: "check of an unknown option", args: "-t -c c.conf", file: "prot: 4333\n", code: 1, says: `c.conf:1:0: unknown field "prot"`},
		{name: "check of a wrong type", args: "-t -c c.conf", file: "\nport: yes\n", code: 1, says: "c.conf:2:1:"},
		{name: "check of a broken file", args: "-t -c c.conf", file: "port: {\n", code: 1, says: "Parse error on line"},
		{name: "check of a file with warnings", args: "-t -c c.conf", file: "ping_interval: 30\n", code: 1, says: "ping_interval should be converted to a duration"},
		{name: "check of an empty file", args: "-t -c c.conf", file: "# nothing\n", code: 1, says: "config has no values or is empty"},
		{name: "check of a missing include", args: "-t -c c.conf", file: "include other.conf\n", code: 1, says: "error parsing include file 'other.conf'"},
		{name: "check of an unknown variable", args: "-t -c c.conf", file: "port: $NOPE_NOT_SET\n", code: 1, says: "variable reference for 'NOPE_NOT_SET' on line 1 can not be found"},
		{name: "missing file", args: "-c missing.conf", code: 1, says: "missing.conf: no such file or directory"},
		{name: "unknown option", args: "-c c.conf", file: "max_paylod: 1\n", code: 1, says: `unknown field "max_paylod"`},

		{name: "server name with a blank", args: "-c c.conf", file: `server_name: "a b"`, code: 1, says: "server name cannot contain spaces"},
		{name: "payload above pending", args: "-c c.conf", file: "max_payload: 2000\nmax_pending: 1000\n", code: 1, says: "max_payload (2000) cannot be higher than max_pending (1000)"},
		{name: "grace above lame duck duration", args: "-c c.conf", file: "lame_duck_duration: \"30s\"\nlame_duck_grace_period: \"40s\"\n", code: 1, says: "lame duck grace period (40s) should be strictly lower than lame duck duration (30s)"},
		{name: "lame duck duration too short", args: "-t -c c.conf", file: "lame_duck_duration: \"10s\"\n", code: 1, says: "invalid lame_duck_duration of 10s, minimum is 30 seconds"},
		{name: "too many tokens to allow", args: "-t -c c.conf", file: "max_subscription_tokens: 256\n", code: 1, says: "value is too big"},
		{name: "unknown write_timeout", args: "-t -c c.conf", file: "write_timeout: never\n", code: 1, says: "write_timeout must be 'default', 'close' or 'retry'"},
		{name: "mapping with a weight above one hundred", args: "-t -c c.conf", file: "mappings: { a: [ {dest: b, weight: 60%}, {dest: c, weight: 60%} ] }\n", code: 1, says: "total weight needs to be <= 100"},
		{name: "mapping with an unknown function", args: "-t -c c.conf", file: "mappings: { \"a.*\": \"b.{{nope(1)}}\" }\n", code: 1, says: "invalid mapping destination: unknown function"},
		{name: "mapping with an index out of range", args: "-t -c c.conf", file: "mappings: { \"a.*\": \"b.$2\" }\n", code: 1, says: "wildcard index out of range"},

		{name: "TLS without key", args: "-t -c c.conf", file: "tls { cert_file: \"x.pem\" }\n", code: 1, says: "missing 'key_file' in TLS configuration"},
		{name: "TLS with a missing file", args: "-t -c c.conf", file: "tls { cert_file: \"x.pem\", key_file: \"x.key\" }\n", code: 1, says: "error parsing X509 certificate/key pair"},
		{name: "TLS with an unknown option", args: "-t -c c.conf", file: "tls { foo: 1 }\n", code: 1, says: `unknown field "foo"`},
		{name: "HTTPS without TLS", args: "-a 127.0.0.1 -p -1 -ms -1", code: 1, says: "TLS cert and key required for HTTPS"},

		{name: "unknown signal", args: "--signal foo=999999", code: 1, says: `unknown signal "foo"`},
		{name: "signal to no number", args: "--signal term=abc", code: 1, says: "invalid pid: abc"},
		{name: "signal to nobody", args: "--signal ldm=999999", code: 1, says: `signal "ldm" 999999: no such process`},
		{name: "signal with too much", args: "--signal term=1=2", code: 1, says: "invalid signal parameters"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			proc.Each(t, func(t *testing.T, target *proc.Target) {
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "c.conf"), []byte(test.file), 0o600); err != nil {
					t.Fatal(err)
				}
				r := proc.Run(t, target, dir, strings.Fields(test.args)...)
				if r.Code != test.code {
					t.Errorf("exit code %d, want %d", r.Code, test.code)
				}
				if text := r.Stdout + r.Stderr; !strings.Contains(text, test.says) {
					t.Errorf("printed %q, want %q in it", text, test.says)
				}
			})
		})
	}
}

func TestPortInUseIsFatal(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		for _, args := range [][]string{{"-a", "127.0.0.1", "-p", port}, {"-a", "127.0.0.1", "-p", "-1", "-m", port}} {
			r := proc.Run(t, target, t.TempDir(), args...)
			if r.Code != 1 {
				t.Errorf("%v: exit code %d, want 1", args, r.Code)
			}
			if !strings.Contains(r.Stderr, "[FTL]") || !strings.Contains(r.Stderr, "address already in use") {
				t.Errorf("%v: logged %q", args, r.Stderr)
			}
		}
	})
}

// TestFlagsOverrideFile checks that what the command line says wins over the
// file, and that the rest of the file holds.
func TestFlagsOverrideFile(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{
			Config: "server_name: of-file\nport: 1\nmax_payload: 77\ndebug: true\n",
			Args:   []string{"--name", "of-flag", "-D=false"},
		})
		var varz struct {
			Name       string `json:"server_name"`
			MaxPayload int    `json:"max_payload"`
		}
		s.GetJSON(t, "/varz", &varz)
		if varz.Name != "of-flag" || varz.MaxPayload != 77 {
			t.Errorf("varz %+v", varz)
		}
		if strings.Contains(s.Log(), "[DBG]") {
			t.Error("-D=false did not win over the file")
		}
	})
}

// TestVariablesOfTheEnvironment starts with a file that takes a value from the
// environment.
func TestVariablesOfTheEnvironment(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{
			Config: "max_payload: $LIMIT_FOR_TEST\nserver_name: $NAME_FOR_TEST\n",
			Env:    []string{"LIMIT_FOR_TEST=2KB", "NAME_FOR_TEST=env-name"},
		})
		var varz struct {
			Name       string `json:"server_name"`
			MaxPayload int    `json:"max_payload"`
		}
		s.GetJSON(t, "/varz", &varz)
		if varz.Name != "env-name" || varz.MaxPayload != 2048 {
			t.Errorf("varz %+v", varz)
		}
	})
}

func TestIncludedFileHolds(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{
			Config: "include \"limits.conf\"\nserver_name: main\n",
			Files:  map[string]string{"limits.conf": "max_payload: 123\n"},
		})
		var varz struct {
			MaxPayload int `json:"max_payload"`
		}
		s.GetJSON(t, "/varz", &varz)
		if varz.MaxPayload != 123 {
			t.Errorf("max_payload %d, want 123", varz.MaxPayload)
		}
	})
}
