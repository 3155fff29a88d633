package config

import (
	"errors"
	"strings"
	"testing"
)

// FuzzParse checks that text either becomes options that hold together, or is
// refused with an *Error that says something in every line.
func FuzzParse(f *testing.F) {
	for _, tt := range everyOption {
		f.Add(tt.option + ": " + tt.value)
	}
	f.Add(dedent(tlsExample))
	f.Add("port: true\nfoo: 1\nping_interval: 10\n  prot: 1")
	f.Add(`mappings {"b.*": [{dest: "c.$1", weight: 60%}, {dest: d, weight: 4, cluster: X}]}`)
	f.Add(`cluster {tls {cert_fil: 1}}`)
	f.Add(`accounts {A {users: [{user: a, pasword: b}]}}`)
	f.Add(`websocket {listen: "a:-1", tls {cert_file: "a.pem", key_file: "a-key.pem"}, origin: "http://a", headers {a: b}}`)
	f.Add(`ws {port: 1, no_tls: true, origins: [foo, "ftp://a"], jwt_cookie: x, headers {Host: a, "Sec-WebSocket-X": b, "": c}}`)
	f.Add(`ws {path: ["/a", "b"], health_path: off, trusted_proxies: ["10.0.0.0/8", "::1", x], handshake_timeout: 5}`)
	f.Add(`tls {certs: [{cert_file: "a.pem", key_file: "a-key.pem"}], timeout: 1.5, pinned_certs: [abc]}`)
	f.Fuzz(func(t *testing.T, text string) {
		o, warnings, err := parseText(text)
		if err != nil {
			checkError(t, err)
			return
		}
		for _, w := range warnings {
			if !w.Warning || w.Message == "" {
				t.Errorf("not a warning: %+v", w)
			}
		}
		full := o.WithDefaults()
		if changes, err := Diff(o, full); err != nil || len(changes) > 0 {
			t.Errorf("filling the defaults in changed something: %v %v", changes, err)
		}
		if (o.Validate() == nil) != (full.Validate() == nil) {
			t.Error("filling the defaults in changed the verdict")
		}
		// Every value came through the bounds of its row: what is left to find
		// concerns two options, or the start of a listener.
		if why := (webSocketBinding{}).check(nil, full); why != "" {
			t.Errorf("accepted, but %s", why)
		}
		o.WebSocket, o.NoAuthUser, o.SystemAccount, o.Operators = WebSocket{}, "", "", Operators{}
		if err := o.Validate(); err != nil && !strings.Contains(err.Error(), "lower than lame duck") &&
			!strings.Contains(err.Error(), "cannot be higher than max_pending") {
			t.Errorf("accepted, but %v", err)
		}
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	var all *Error
	if !errors.As(err, &all) || len(all.Problems) == 0 {
		t.Fatalf("a %T: %v", err, err)
	}
	for _, p := range all.Problems {
		if p.Message == "" {
			t.Errorf("a problem without a message in %q", err)
		}
	}
}

// FuzzParseArgs checks that a command line is understood or refused, and that
// what was accepted can be applied.
func FuzzParseArgs(f *testing.F) {
	for _, args := range []string{
		"-p 4333 -D", "-DVV -T=false", "--signal reload=1", "-t -c f", "-nope", "bogus", "--tls=false", "-sl a=b=c", "--user x",
		"--log_size_limit -0x5", "-- -p", "---",
	} {
		f.Add(args)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, " ")
		if got := RedactArgs(args); len(got) != len(args) {
			t.Errorf("redacting changed the number of arguments: %q", got)
		}
		c, err := ParseArgs(args)
		if err != nil {
			if err.Error() == "" {
				t.Error("refused without a word")
			}
			return
		}
		// The flags about certificates name files, which are not for fuzzing.
		c.tls = tlsFlags{}
		if err := c.Apply(&Options{}); err != nil {
			t.Errorf("accepted, but cannot be applied: %v", err)
		}
	})
}
