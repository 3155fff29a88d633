package auth

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// Mistakes in what says who may come in: both servers refuse to start. dunlin
// names the place, and what is wrong with a word of it.
func TestConfigurationMistakes(t *testing.T) {
	t.Parallel()
	_, key := pair(t, nkeys.CreateUser)
	_, issuer := pair(t, nkeys.CreateAccount)
	cases := []struct{ text, names string }{
		// One way in only.
		{`authorization { user: a, pass: b, token: c }`, "token"},
		{`authorization { user: a, pass: b, users: [{user: c, pass: d}] }`, "users"},
		{`authorization { token: a, users: [{user: c, pass: d}] }`, "token"},
		{"authorization { user: a, pass: b }\naccounts { A { users: [{user: c, pass: d}] } }", "accounts"},
		{"authorization { token: a }\naccounts { A { users: [{user: c, pass: d}] } }", "accounts"},
		// Users.
		{`authorization { users: [{user: a, pass: a}, {user: a, pass: b}] }`, `"a"`},
		{`authorization { users: [{nkey: KEY}, {nkey: KEY}] }`, "KEY"},
		{`accounts { A { users: [{user: a, pass: a}] }, B { users: [{user: a, pass: a}] } }`, `"a"`},
		{`authorization { users: [{pass: a}] }`, "user"},
		{`authorization { users: [{nkey: abc}] }`, "nkey"},
		{`authorization { users: [{nkey: ISSUER}] }`, "nkey"},
		{`authorization { users: [{nkey: KEY, user: a}] }`, "nkey"},
		{`authorization { users: [{nkey: KEY, pass: a}] }`, "nkey"},
		{`authorization { users: yes }`, "users"},
		{`authorization { users: [a] }`, "user"},
		{`authorization { users: [{user: a, pass: a, colour: red}] }`, "colour"},
		{`authorization { colour: red }`, "colour"},
		{`authorization { users: [{user: a, pass: a, allowed_connection_types: [FOO]}] }`, "FOO"},
		// Permissions.
		{`authorization { users: [{user: a, pass: a, permissions: {publish: "a..b"}}] }`, "a..b"},
		{`authorization { users: [{user: a, pass: a, permissions: {publish: "a q"}}] }`, "a q"},
		{`authorization { users: [{user: a, pass: a, permissions: {subscribe: "a q..x"}}] }`, "q..x"},
		{`authorization { users: [{user: a, pass: a, permissions: {pubx: a}}] }`, "pubx"},
		{`authorization { users: [{user: a, pass: a, permissions: {publish: {alow: a}}}] }`, "alow"},
		{`authorization { users: [{user: a, pass: a, permissions: foo}] }`, "permissions"},
		{`authorization { users: [{user: a, pass: a, permissions: {publish: 5}}] }`, "5"},
		// Accounts.
		{`accounts: [A, A]`, "A"},
		{`accounts { A: 5 }`, "A"},
		{`accounts { $G { users: [{user: a, pass: a}] } }`, "$G"},
		{`accounts { A { nkey: foo } }`, "foo"},
		{`accounts { A { colour: red } }`, "colour"},
		{`accounts { A { limits { colour: red } } }`, "colour"},
		{`accounts { A { jetstream: perhaps } }`, "jetstream"},
		{`accounts { A { default_permissions { pubx: a } } }`, "pubx"},
		// Exports.
		{`accounts { A { exports: 5 } }`, "exports"},
		{`accounts { A { exports: [a] } }`, "export"},
		{`accounts { A { exports: [{stream: a, service: b}] } }`, "service"},
		{`accounts { A { exports: [{stream: a, response_type: single}] } }`, "response"},
		{`accounts { A { exports: [{stream: a, threshold: "1s"}] } }`, "response"},
		{`accounts { A { exports: [{stream: a, latency: b}] } }`, "latency"},
		{`accounts { A { exports: [{stream: a, allow_trace: true}] } }`, "allow_trace"},
		{`accounts { A { exports: [{service: a, response_type: foo}] } }`, "foo"},
		{`accounts { A { exports: [{service: a, response_type: single, response: stream}] } }`, "response"},
		{`accounts { A { exports: [{service: a, threshold: "1s", response_time: "2s"}] } }`, "response"},
		{`accounts { A { exports: [{service: a, threshold: "x"}] } }`, "x"},
		{`accounts { A { exports: [{service: "a.*.b", account_token_position: 3}] } }`, "a.*.b"},
		{`accounts { A { exports: [{service: a, accounts: [B]}] } }`, "B"},
		{`accounts { A { exports: [{service: a, latency: {sampling: 0, subject: s}}] } }`, "sampling"},
		{`accounts { A { exports: [{service: a, latency: {sampling: 101, subject: s}}] } }`, "sampling"},
		{`accounts { A { exports: [{service: a, latency: {sampling: 5}}] } }`, "subject"},
		{`accounts { A { exports: [{service: a, latency: "b.*"}] } }`, "subject"},
		{`accounts { A { exports: [{service: a, response_type: stream, latency: "b"}] } }`, "response"},
		// Imports.
		{`accounts { A { imports: 5 } }`, "imports"},
		{`accounts { A { imports: [a] } }`, "import"},
		{`accounts { A { imports: [{stream: {account: A}}] } }`, "subject"},
		{`accounts { A { imports: [{service: {subject: a}}] } }`, "account"},
		{`accounts { A { imports: [{stream: {account: B, subject: a}}] } }`, "B"},
		{`accounts { A { imports: [{service: {account: B, subject: a}}] } }`, "B"},
		{`accounts { A {}, B { imports: [{service: {account: A, subject: a}}] } }`, "not authorized"},
		{`accounts { A {}, B { imports: [{stream: {account: A, subject: a}}] } }`, "not authorized"},
		{`accounts { A { exports: [{stream: a}] }, B { imports: [{stream: {account: A, subject: a}, service: {account: A, subject: a}}] } }`, "stream"},
		{`accounts { A { exports: [{stream: a}] }, B { imports: [{stream: {account: A, subject: a}, prefix: p, to: t}] } }`, "prefix"},
		{`accounts { A { exports: [{stream: a}] }, B { imports: [{stream: {account: A, subject: a}, prefix: "p.*"}] } }`, "prefix"},
		{`accounts { A { exports: [{stream: a}] }, B { imports: [{stream: {account: A, subject: a}}, {stream: {account: A, subject: a}}] } }`, "already"},
		{`accounts { A { exports: [{service: "x.*"}] }, B { imports: [{service: {account: A, subject: "x.*"}, to: "a.*.*"}] } }`, "x.*"},
		{`accounts { A { exports: [{service: a}] }, B { imports: [{service: {account: A, subject: a}}, {service: {account: A, subject: a}}] } }`, `"a"`},
		{`accounts { A { exports: [{service: a}] }, B { imports: [{service: {account: A, subject: a}, allow_trace: true}] } }`, "allow_trace"},
		{`accounts { A { exports: [{service: a}], imports: [{service: {account: B, subject: a}}] },
			B { exports: [{service: a}], imports: [{service: {account: A, subject: a}}] } }`, "cycle"},
		{`accounts { A { exports: [{stream: a}], imports: [{stream: {account: B, subject: a}}] },
			B { exports: [{stream: a}], imports: [{stream: {account: A, subject: a}}] } }`, "cycle"},
		// Mappings.
		{`accounts { A { mappings { a: {dest: b} } } }`, "weight"},
		{`accounts { A { mappings { a: [{dest: b, weight: 60}, {dest: c, weight: 60}] } } }`, "100"},
		{`accounts { A { mappings { a: {dest: b, weight: 101} } } }`, "101"},
		{`accounts { A { mappings { a: {dest: b, weight: x} } } }`, "x"},
		{`accounts { A { mappings { a: [{dest: b, weight: 10}, {dest: b, weight: 10}] } } }`, `"b"`},
		{`accounts { A { mappings { a: {dest: b, weight: 1, colour: red} } } }`, "colour"},
		{`accounts { A { mappings { "a.*": "b.{{foo(1)}}" } } }`, "foo(1)"},
		{`accounts { A { mappings { "a.*": "b.$2" } } }`, "$2"},
		{`accounts { A { mappings { "a..b": c } } }`, "a..b"},
		// Tracing.
		{`accounts { A { msg_trace: "a.*" } }`, "a.*"},
		{`accounts { A { msg_trace { dest: a, sampling: 0 } } }`, "sampling"},
		{`accounts { A { msg_trace { dest: a, sampling: 101 } } }`, "101"},
		{`accounts { A { msg_trace { dest: a, sampling: x } } }`, "sampling"},
		// Proxies.
		{`proxies { trusted: [{key: abc}] }`, "abc"},
		{`proxies: 5`, "proxies"},
		{`proxies { trusted: 5 }`, "trusted"},
		{`proxies { trusted: [5] }`, "trusted"},
		// The callout.
		{`authorization { auth_callout { issuer: abc, auth_users: [a] }, users: [{user: a, pass: a}] }`, "abc"},
		{`authorization { auth_callout { issuer: ISSUER }, users: [{user: a, pass: a}] }`, "authorized users"},
		{`authorization { auth_callout { auth_users: [a] }, users: [{user: a, pass: a}] }`, "issuer"},
		{`authorization { auth_callout { issuer: ISSUER, auth_users: [a], xkey: KEY }, users: [{user: a, pass: a}] }`, "xkey"},
		{`authorization { auth_callout { issuer: ISSUER, auth_users: [a], colour: red }, users: [{user: a, pass: a}] }`, "colour"},
		{`authorization { auth_callout: 5 }`, "callout"},
		// Operators.
		{`operator: "/nowhere/at/all"`, "/nowhere/at/all"},
		{`trusted_keys: [abc]`, "abc"},
		{`trusted_keys: [ISSUER]`, "ISSUER"},
		{`resolver: perhaps`, "resolver"},
		{`resolver { type: perhaps }`, "resolver"},
		{`resolver_preload: 5`, "preload"},
		{`resolver_preload { ISSUER: abc }`, "JWT"},
	}
	fill := strings.NewReplacer("KEY", key, "ISSUER", issuer)
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		for i, tt := range cases {
			text, names := fill.Replace(tt.text), fill.Replace(tt.names)
			t.Run(fmt.Sprintf("%02d", i), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				must(t, os.WriteFile(filepath.Join(dir, "c.conf"), []byte("listen: 127.0.0.1:-1\n"+text+"\n"), 0o600))
				got := proc.Run(t, target, dir, "-t", "-c", "c.conf")
				// The reference reads maps in random order, and in some orders it
				// does not see what is wrong with an export or import.
				for range 20 {
					if got.Code == 0 && target == proc.Reference {
						got = proc.Run(t, target, dir, "-t", "-c", "c.conf")
					}
				}
				said := got.Stderr + got.Stdout
				if got.Code == 0 {
					t.Fatalf("%s is accepted:\n%s\n%s", target, text, said)
				}
				if target == proc.Reference {
					return
				}
				if !strings.Contains(strings.ToLower(said), strings.ToLower(names)) {
					t.Errorf("%s\nrefused without a word about %s:\n%s", text, names, said)
				}
				if !strings.Contains(said, "c.conf:2:") && !strings.Contains(said, "c.conf:3:") {
					t.Errorf("%s\nrefused without a place:\n%s", text, said)
				}
			})
		}
	})
}

// What only shows when the accounts are made: both servers end at the start.
func TestStartMistakes(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		for _, tt := range []struct{ text, says string }{
			{"accounts { A {} }\nsystem_account: B", "error resolving system account"},
			{"authorization { users: [{user: a, pass: a}] }\nno_auth_user: b", `no_auth_user: "b" not present`},
			{"operator: nowhere.jwt", "nowhere.jwt"},
			{"no_system_account: true\naccounts { A { exports: [{service: a, latency: b}] } }", "system account not setup"},
		} {
			dir := t.TempDir()
			must(t, os.WriteFile(filepath.Join(dir, "c.conf"), []byte("listen: 127.0.0.1:-1\n"+tt.text+"\n"), 0o600))
			got := proc.Run(t, target, dir, "-c", "c.conf")
			if said := got.Stderr + got.Stdout; got.Code != 1 || !strings.Contains(said, tt.says) {
				t.Errorf("%s\nends with %d, and without %q:\n%s", tt.text, got.Code, tt.says, said)
			}
		}
	})
}
