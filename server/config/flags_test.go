package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestParseArgsErrors(t *testing.T) {
	t.Parallel()
	later := func(flag string) string {
		return `option "` + flag + `" belongs to a feature that this version of dunlin does not have yet`
	}
	tests := []struct {
		args  string // separated by spaces; _ is an empty argument
		usage bool   // answered with the usage
		want  string
	}{
		{"-nope", true, "flag provided but not defined: -nope"},
		{"--nope=1", true, "flag provided but not defined: -nope"},
		{"-p abc", true, `invalid value "abc" for flag -p: parse error`},
		{"--port=4222x", true, `invalid value "4222x" for flag -port: parse error`},
		{"-p 99999999999999999999", true, `invalid value "99999999999999999999" for flag -p: value out of range`},
		{"-p", true, "flag needs an argument: -p"},
		{"-D=maybe", true, `invalid boolean value "maybe" for -D: parse error`},
		{"-=x", true, "bad flag syntax: -=x"},
		{"---x", true, "bad flag syntax: ---x"},
		{"bogus", false, `unrecognized command: "bogus"`},
		{"-p 4 BOGUS", false, `unrecognized command: "BOGUS"`},
		{"-- -p", false, `unrecognized command: "-p"`},
		{"-p 4333 _", false, `unrecognized command: ""`},
		{"-D true", false, `unrecognized command: "true"`},
		{"-t", false, "must specify [-c, --config] option to check configuration file syntax"},
		{"-p 99999", false, "port value is too big: 99999, the maximum is 65535"},
		{"--log_format xml", false, "log_format must be 'text' or 'json'"},
		{"-sl reload=a=b=c", false, "invalid signal parameters: [b c]"},
		{"--cluster nats://a:1", false, later("--cluster")},
		{"--routes nats://a:1 --cluster x", false, later("--routes") + "\n" + later("--cluster")},
		{"--connect_retries 5", false, later("--connect_retries")},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			_, err := ParseArgs(splitArgs(tt.args))
			if diff := cmp.Diff(tt.want, errorText(err)); diff != "" {
				t.Error(diff)
			}
			var usage *UsageError
			if errors.As(err, &usage) != tt.usage {
				t.Errorf("the error is a %T", err)
			}
		})
	}
}

func TestFlagsAreCheckedLikeOptions(t *testing.T) {
	t.Parallel()
	_, err := ParseArgs([]string{"-n", "a b"})
	if diff := cmp.Diff("server name cannot contain spaces", errorText(err)); diff != "" {
		t.Error(diff)
	}
}

func splitArgs(s string) []string {
	args := strings.Fields(s)
	for i, a := range args {
		if a == "_" {
			args[i] = ""
		}
	}
	return args
}

func TestParseArgsActions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args string
		want CommandLine
	}{
		{"", CommandLine{}},
		{"-c f", CommandLine{Config: "f"}},
		{"--config=f -t", CommandLine{Config: "f", Action: ActionCheck}},
		{"-t=false", CommandLine{}},
		{"-v", CommandLine{Action: ActionVersion}},
		{"--version -t", CommandLine{Action: ActionVersion}},
		{"-p 5 Version", CommandLine{Action: ActionVersion}},
		{"HELP", CommandLine{Action: ActionHelp}},
		{"-h -js", CommandLine{Action: ActionHelp}},
		{"--help_tls", CommandLine{Action: ActionHelpTLS}},
		{"--help_tls=false", CommandLine{}},
		{"-sl ldm", CommandLine{Action: ActionSignal, Signal: "ldm"}},
		{"--signal reload=/run/a.pid", CommandLine{Action: ActionSignal, Signal: "reload", SignalTarget: "/run/a.pid"}},
		{"-sl _", CommandLine{}},
		{"--js=false --cluster _", CommandLine{}},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			got, err := ParseArgs(splitArgs(tt.args))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&tt.want, got, cmpopts.IgnoreUnexported(CommandLine{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// apply puts the flags over the options in text.
func apply(t *testing.T, args, text string) (*Options, error) {
	t.Helper()
	c, err := ParseArgs(splitArgs(args))
	if err != nil {
		t.Fatal(err)
	}
	o := &Options{}
	if text != "" {
		o = mustParse(t, text)
	}
	o.File, o.Digest = "", ""
	return o, c.Apply(o)
}

func TestFlagsOverrideTheFile(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args, file string
		want       Options
	}{
		{"-p 5000 -a 127.0.0.1", "port: 4333", Options{Port: 5000, Host: "127.0.0.1"}},
		{"-p 0x10", "", Options{Port: 16}},
		{"-p 1 -p 2", "", Options{Port: 2}},
		{"--net h", "", Options{Host: "h"}},
		{"--addr=h", "", Options{Host: "h"}},
		{"-a _", `host: "h"`, Options{}},
		{"-n x --client_advertise y", "", Options{ServerName: "x", ClientAdvertise: "y"}},
		{"--name x", "", Options{ServerName: "x"}},
		{"--server_name x", "", Options{ServerName: "x"}},
		{"-P p --ports_file_dir d --profile 7", "", Options{Process: Process{PIDFile: "p", PortsFileDir: "d", ProfPort: 7}}},
		{"--pid p", "", Options{Process: Process{PIDFile: "p"}}},
		{"-m 8 --https_port 9", "", Options{Monitor: Monitor{HTTPPort: 8, HTTPSPort: 9}}},
		{"--http_port 8 -ms 9", "", Options{Monitor: Monitor{HTTPPort: 8, HTTPSPort: 9}}},
		{"-D -V", "", Options{Log: Log{Debug: true, Trace: true}}},
		{"--debug=false --trace=false", "debug: true, trace: true", Options{}},
		{"-VV", "", Options{Log: Log{Trace: true, TraceVerbose: true}}},
		{"-DV", "", Options{Log: Log{Trace: true, Debug: true}}},
		{"-DVV", "", Options{Log: Log{Trace: true, TraceVerbose: true, Debug: true}}},
		{"-DVV=false", "debug: true", Options{}},
		{"-DV -D=false", "", Options{Log: Log{Trace: true}}},
		{"-T=false", "", Options{Log: Log{NoTime: true}}},
		{"-T", "logtime: false", Options{}},
		{"--logtime_utc --log_format json", "", Options{Log: Log{UTC: true, JSON: true}}},
		{"-l f --log_size_limit 9000000000 --max_traced_msg_len 5", "",
			Options{Log: Log{File: "f", SizeLimit: 9000000000, MaxTracedMsg: 5}}},
		{"-s -r udp://h:514", "", Options{Log: Log{Syslog: true, RemoteSyslog: "udp://h:514"}}},
		{"--log_size_limit -5", "log_size_limit: 9", Options{}},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			got, err := apply(t, tt.args, tt.file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTLSFlags(t *testing.T) {
	t.Parallel()
	cert := writeFile(t, "cert.pem", string(testFiles()["a.pem"]))
	key := writeFile(t, "key.pem", string(testFiles()["a-key.pem"]))
	pair := " --tlscert " + cert + " --tlskey " + key
	const block = `tls {cert_file: "a.pem", key_file: "a-key.pem"}`
	const noCert = "TLS Server certificate must be present and valid"
	const noKey = "TLS Server private key must be present and valid"
	tests := []struct {
		name, args, file string
		on, verify       bool
		want             string
	}{
		{"none", "", "", false, false, ""},
		{"none over a block", "", block, true, false, ""},
		{"all", "--tls" + pair, "", true, false, ""},
		{"files alone", pair, "", true, false, ""},
		{"verify", "--tlsverify --tlscacert " + cert + pair, "", true, true, ""},
		{"verify and tls", "--tls --tlsverify" + pair, "", true, true, ""},
		{"off", "--tls=false", block, false, false, ""},
		{"off in spite of files", "--tls=false --tlscert x", "", false, false, ""},
		{"verify off", "--tlsverify=false", block, true, false, ""},
		{"no certificate", "--tls", "", false, false, noCert},
		{"no certificate over a block", "--tlsverify", block, true, false, noCert},
		{"authorities alone", "--tlscacert " + cert, "", false, false, noCert},
		{"no key", "--tlscert " + cert, "", false, false, noKey},
		{"no such certificate", "--tls --tlscert /nonexistent/c --tlskey " + key, "", false, false,
			"error parsing X509 certificate/key pair: open /nonexistent/c: no such file or directory"},
		{"no such authorities", "--tlscacert /nonexistent/c" + pair, "", false, false,
			"open /nonexistent/c: no such file or directory"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o, err := apply(t, tt.args, tt.file)
			if diff := cmp.Diff(tt.want, errorText(err)); diff != "" {
				t.Error(diff)
			}
			if (o.TLS != nil) != tt.on || o.TLS != nil && o.TLS.Verify != tt.verify {
				t.Errorf("TLS is %+v", o.TLS)
			}
		})
	}
}

func TestCommandLineLoad(t *testing.T) {
	t.Parallel()
	path := writeFile(t, "c.conf", "port: 4333\nping_interval: 10\nlame_duck_duration: \"40s\"\n")
	tests := []struct {
		args, want string
		port       int
		warnings   int
	}{
		{"", "", 0, 0},
		{"-c " + path, "", 4333, 1},
		{"-c " + path + " -p 5000", "", 5000, 1},
		{"-n a_b -m 5", "", 0, 0},
		{"-c /nonexistent/f", "open /nonexistent/f: no such file or directory", 0, 0},
		{"--tls -c " + path, "TLS Server certificate must be present and valid", 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			c, err := ParseArgs(splitArgs(tt.args))
			if err != nil {
				t.Fatal(err)
			}
			o, warnings, err := c.Load()
			if diff := cmp.Diff(tt.want, errorText(err)); diff != "" {
				t.Error(diff)
			}
			if len(warnings) != tt.warnings {
				t.Errorf("warnings: %v", warnings)
			}
			if err == nil && o.Port != tt.port {
				t.Errorf("the port is %d", o.Port)
			}
		})
	}
	t.Run("validates", func(t *testing.T) {
		t.Parallel()
		path := writeFile(t, "c.conf", `lame_duck_grace_period: "500s"`)
		c, err := ParseArgs([]string{"-c", path})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = c.Load()
		want := "lame duck grace period (8m20s) should be strictly lower than lame duck duration (2m0s)"
		if diff := cmp.Diff(want, errorText(err)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRedactArgs(t *testing.T) {
	t.Parallel()
	tests := []struct{ args, want string }{
		{"dunlin -p 1", "dunlin -p 1"},
		{"dunlin --user a --pass b -p 1", "dunlin --user [REDACTED] --pass [REDACTED] -p 1"},
		{"dunlin -auth=x --routes=nats://a:b@c", "dunlin -auth=[REDACTED] --routes=[REDACTED]"},
		{"dunlin --cluster nats://a:b@c:1 --cluster_name x", "dunlin --cluster [REDACTED] --cluster_name x"},
		{"dunlin --auth=", "dunlin --auth="},
		{"dunlin --pass", "dunlin --pass"},
		{"dunlin user pass", "dunlin user pass"},
	}
	for _, tt := range tests {
		args := strings.Fields(tt.args)
		if diff := cmp.Diff(strings.Fields(tt.want), RedactArgs(args)); diff != "" {
			t.Errorf("%s: %s", tt.args, diff)
		}
		if strings.Join(args, " ") != tt.args {
			t.Errorf("%s: changed its argument", tt.args)
		}
	}
}

func TestFlagTableIsSound(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range Flags() {
		for _, name := range f.Names {
			if seen[name] {
				t.Errorf("-%s is there twice", name)
			}
			seen[name] = true
		}
		if f.Doc == "" || f.Type != TypeBool && f.Arg == "" {
			t.Errorf("-%s lacks help: %+v", f.Names[0], f)
		}
		if f.Option == "" {
			if f.set == nil && f.Feature.Built() {
				t.Errorf("-%s does nothing", f.Names[0])
			}
			continue
		}
		row := root.rows[f.Option]
		if row == nil || row.Type != f.Type && !(row.Type == TypeMixed && f.Type == TypeBool) || row.Feature != f.Feature {
			t.Errorf("-%s does not fit the option %q", f.Names[0], f.Option)
		}
	}
}
