package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
)

const (
	userKey    = "UC6NLCN7AS34YOJVCYD4PJ3QB7QGLYG5B5IMBT25VW5K4TNUJODM7BOX"
	accountKey = "ADMHMDX2LEUJRZQHGVSVRWZEJ2CPNHYO6TB4ZCZ37LXAX5SYNEW252GF"
)

func TestComplaintsAboutAccess(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{`authorization { user: a, pass: b, token: t }`, "1:0: Cannot have a user/pass and token"},
		{`authorization { user: a, pass: b, users: [{user: x, pass: y}] }`, "1:0: Can not have a single user/pass and a users array"},
		{`authorization { token: t, users: [{user: x, pass: y}] }`, "1:0: Can not have a token and a users array"},
		{"authorization { user: a, pass: b }\naccounts { A { users: [{user: x, pass: y}] } }", "2:1: Can not have a single user/pass and accounts"},
		{"authorization { token: a }\naccounts { A { users: [{user: x, pass: y}] } }", "2:1: Can not have a token and accounts"},
		{`authorization { users: [{user: x, pass: y}, {user: x, pass: z}] }`, `1:0: Duplicate user "x" detected`},
		{"authorization { users: [{nkey: " + userKey + "}] }\naccounts { A { users: [{nkey: " + userKey + "}] } }", `2:1: Duplicate nkey "` + userKey + `" detected`},
		{"authorization { users: [{user: x, pass: y}] }\naccounts { A { users: [{user: x, pass: y}] } }", `2:1: Duplicate user "x" detected`},
		{`authorization { users: [{nkey: UAAA}] }`, "1:25: Not a valid public nkey for a user"},
		{`authorization { users: [{pass: y}] }`, "1:25: User entry requires a user"},
		{`authorization { users: [{user: x, nkey: ` + userKey + `}] }`, "1:34: Nkey users do not take usernames or passwords"},
		{`authorization { users: [foo] }`, "1:24: Expected user entry to be a map/struct, got foo"},
		{`authorization { users: foo }`, "1:16: Expected users field to be an array, got foo"},
		{`authorization { users: [{user: x, foo: 1}] }`, `1:34: unknown field "foo"`},
		{`authorization { foo: 1 }`, `1:16: unknown field "foo"`},
		{`authorization: foo`, `1:0: authorization should be a map, not a string`},
		{`authorization { users: [{user: x, pass: y, allowed_connection_types: [FOO, mqtt]}] }`, `1:43: invalid connection types ["FOO"]`},
		{`authorization { users: [{user: x, pass: y, permissions: foo}] }`, "1:43: Expected permissions to be a map/struct, got foo"},
		{`authorization { users: [{user: x, pass: y, permissions: {publish: "foo..bar"}}] }`, `1:43: subject "foo..bar" is not a valid subject`},
		{`authorization { users: [{user: x, pass: y, permissions: {publish: ["foo q"]}}] }`, `1:43: subject "foo q" is not a valid subject`},
		{`authorization { users: [{user: x, pass: y, permissions: {subscribe: ["foo q..x"]}}] }`, `1:43: queue "q..x" is not a valid queue`},
		{`authorization { users: [{user: x, pass: y, permissions: {subscribe: ["foo q x"]}}] }`, `1:43: subject "foo q x" is not a valid subject`},
		{`authorization { users: [{user: x, pass: y, permissions: {pubx: foo}}] }`, `1:57: Unknown field "pubx" parsing permissions, did you mean "pub"?`},
		{`authorization { users: [{user: x, pass: y, permissions: {publish: {alow: foo}}}] }`,
			`1:67: Unknown field name "alow" parsing subject permissions, only 'allow' or 'deny' are permitted, did you mean "allow"?`},
		{`authorization { users: [{user: x, pass: y, permissions: {publish: 5}}] }`, "1:57: Expected subject permissions to be a subject, or array of subjects, got int64"},
		{`authorization { users: [{user: x, pass: y, permissions: {publish: [5]}}] }`, "1:67: Subject in permissions array cannot be cast to string"},
		{`authorization { users: [{user: x, pass: y, permissions: {publish: {allow: 5}}}] }`, "1:67: Expected subject permissions to be a subject, or array of subjects, got int64"},
		{`authorization { users: [{user: x, pass: y, permissions: {allow_responses: 5}}] }`, "1:57: error parsing response permissions, expected a boolean or a map"},
		{`authorization { users: [{user: x, pass: y, permissions: {allow_responses: {max: 5, expires: foo}}}] }`, `1:83: error parsing expires: time: invalid duration "foo"`},
		{`authorization { users: [{user: x, pass: y, permissions: {allow_responses: {expires: 5}}}] }`, "1:75: error parsing expires, not a duration string"},
		{`authorization { users: [{user: x, pass: y, permissions: {allow_responses: {foo: 1}}}] }`, `1:75: Unknown field "foo" parsing permissions`},
		{`authorization { user: a, pass: b, timeout: foo }`, `1:34: error parsing authorization config, 'timeout' time: invalid duration "foo"`},
		{`authorization { users: [{user: x, pass: y}], default_permissions: foo }`, "1:45: Expected permissions to be a map/struct, got foo"},

		{`accounts { A: foo }`, "1:11: Expected map entries for accounts"},
		{`accounts: foo`, "1:0: accounts should be a map or an array of names, not a string"},
		{`accounts: [A, A]`, "1:14: Duplicate Account Entry: A"},
		{`accounts { $G { users: [] } }`, `1:11: "$G" is a Reserved Account`},
		{`accounts { A { foo: 1 } }`, `1:15: unknown field "foo"`},
		{`accounts { A { nkey: foo } }`, `1:15: Not a valid public nkey for an account: "foo"`},
		{`accounts { A { users: foo } }`, "1:15: Expected users field to be an array, got foo"},
		{`accounts { A { limits { foo: 1 } } }`, `1:24: Unknown field "foo" parsing account limits`},
		{`accounts { A { limits: 5 } }`, "1:15: Expected account limits to be a map/struct, got 5"},
		{`accounts { A { exports: foo } }`, "1:15: Exports should be an array, got string"},
		{`accounts { A { exports: [foo] } }`, "1:25: Export Items should be a map with type entry, got string"},
		{`accounts { A { exports: [{stream: "a", service: "b"}] } }`, `1:39: Detected service "b" but already saw a stream`},
		{`accounts { A { exports: [{service: "a", accounts: [Q]}] } }`, `1:26: "Q" account not defined for service export`},
		{`accounts { A { exports: [{stream: "a", accounts: [Q]}] } }`, `1:26: "Q" account not defined for stream export`},
		{`accounts { A { exports: [{service: "a", response_type: foo}] } }`, `1:40: Unknown response type: "foo"`},
		{`accounts { A { exports: [{stream: "a", response_type: stream}] } }`, "1:39: Detected response directive on non-service"},
		{`accounts { A { exports: [{service: "a", threshold: foo}] } }`, `1:40: Expected response threshold to be a parseable time duration, got "foo"`},
		{`accounts { A { exports: [{stream: "a", threshold: "2s"}] } }`, "1:39: Detected response directive on non-service"},
		{`accounts { A { exports: [{stream: "a", latency: "2s"}] } }`, "1:39: Detected latency directive on non-service"},
		{`accounts { A { exports: [{service: "a", latency: {sampling: 200, subject: x}}] } }`, "1:50: bad sampling percentage, should be 1-100"},
		{`accounts { A { exports: [{service: "a", latency: {sampling: 20}}] } }`, "1:40: Latency subject required, but missing"},
		{`accounts { A { exports: [{service: "a", response_type: stream, latency: {subject: x}}] } }`,
			`1:26: Error adding service latency sampling for "a" on subject "x": bad service response type`},
		{`accounts { A { exports: [{service: "a", latency: "a.>"}] } }`, `1:26: Error adding service latency sampling for "a" on subject "a.>": invalid publish subject`},
		{`accounts { A { exports: [{service: "a.*.b", account_token_position: 1}] } }`, `1:26: Error adding service export "a.*.b": sublist: invalid subject`},
		{`accounts { A { exports: [{stream: "a.*.b", account_token_position: 1}] } }`, `1:26: Error adding stream export "a.*.b": sublist: invalid subject`},
		{`accounts { A { exports: [{stream: "a..b"}] } }`, `1:26: Error adding stream export "a..b": invalid subject`},
		{`accounts { A { exports: [{foo: "a"}] } }`, `1:26: unknown field "foo"`},
		{`accounts { A { exports: [{}] } }`, "an export needs a stream or a service"},
		{`accounts { A { exports: [{stream: "a", allow_trace: true}] } }`, "1:39: Detected allow_trace directive on non-service"},
		{`accounts { A { exports: [{service: 5}] } }`, "1:26: Expected service name to be string, got int64"},
		{`accounts { A { imports: foo } }`, "1:15: Imports should be an array, got string"},
		{`accounts { A { imports: [foo] } }`, "1:25: Import Items should be a map with type entry, got string"},
		{`accounts { A { imports: [{stream: foo}] } }`, "1:26: Stream entry should be an account map, got string"},
		{`accounts { A { imports: [{stream: {account: B}}] } }`, "1:26: Expect an account name and a subject"},
		{`accounts { A { imports: [{stream: {account: B, subject: x}}] } }`, `1:26: "B" account not defined for stream import`},
		{`accounts { A { imports: [{service: {account: B, subject: x}}] } }`, `1:26: "B" account not defined for service import`},
		{`accounts { A { imports: [{service: {account: B, subject: x}}] }, B {} }`, `1:26: Error adding service import "x": service import not authorized`},
		{`accounts { A { imports: [{stream: {account: B, subject: x}}] }, B {} }`, `1:26: Error adding stream import "x": stream import not authorized`},
		{`accounts { A { imports: [{stream: {account: B, subject: x}, prefix: z, to: y}] }, B {exports: [{stream: x}]} }`,
			"1:71: Stream import can not have a 'prefix' and a 'to' property"},
		{`accounts { A { imports: [{stream: {account: B, subject: x}, prefix: "z.*"}] }, B {exports: [{stream: x}]} }`,
			`1:26: Error adding stream import "x": stream import prefix can not contain wildcard tokens`},
		{`accounts { A { imports: [{stream: {account: B, subject: x}},{stream: {account: B, subject: x}}] }, B {exports: [{stream: x}]} }`,
			`1:61: Error adding stream import "x": stream import already exists`},
		{`accounts { A { imports: [{service: {account: B, subject: x}},{service: {account: B, subject: y}, to: x}] }, B {exports: [{service: x},{service: y}]} }`,
			`1:62: Duplicate service import subject "x", previously used in import for account "B", subject "x"`},
		{`accounts { A { imports: [{service: {account: B, subject: "x.*"}, to: "a.*.*"}] }, B {exports: [{service: "x.*"}]} }`,
			`1:26: Error adding service import "x.*": failed to create mapping transform for service import subject from "a.*.*" to "x.*": ` +
				`invalid mapping destination: wildcard index out of range in $2: [2]`},
		{`accounts { A { imports: [{service: {account: B, subject: "x"}, allow_trace: true}] }, B {exports: [{service: "x"}]} }`,
			"1:63: Detected allow_trace directive on a non-stream"},
		{`accounts { A { imports: [{stream: {account: B, subject: "x"}, service: {account: B, subject: "x"}}] }, B {exports: [{stream: "x"}]} }`,
			"1:62: Detected service but already saw a stream"},
		{`accounts { A { imports: [{service: {account: B, subject: a}}], exports: [{service: a}] }, B {exports: [{service: a}], imports: [{service: {account: A, subject: a}}]} }`,
			`1:26: Error adding service import "a": import forms a cycle`},
		{`accounts { A { imports: [{stream: {account: B, subject: a}}], exports: [{stream: a}] }, B {exports: [{stream: a}], imports: [{stream: {account: A, subject: a}}]} }`,
			`1:26: Error adding stream import "a": import forms a cycle`},
		{`accounts { A { exports: [{service: "a.*", account_token_position: 2}] }, B { imports: [{service: {account: A, subject: a.C}}] } }`,
			`1:88: Error adding service import "a.C": service import not authorized`},
		{`accounts { A { exports: [{service: "a", accounts: [C]}] }, C {}, B { imports: [{service: {account: A, subject: a}}] } }`,
			`1:80: Error adding service import "a": service import not authorized`},
		{`accounts { A { mappings { "a.*": "b.{{foo(1)}}" } } }`,
			`1:27: Error adding mapping for "a.*" to "b.{{foo(1)}}" : invalid mapping destination: unknown function in {{foo(1)}}`},
		{`accounts { A { msg_trace: "a.*" } }`, `1:15: Trace destination "a.*" is not valid`},
		{`accounts { A { msg_trace: {dest: "a", sampling: 0} } }`, "1:38: Ttrace destination sampling value 0 is invalid, needs to be [1..100]"},
		{`accounts { A { msg_trace: {dest: a, sampling: "x"} } }`, `1:36: Invalid trace destination sampling value "x"`},
		{`accounts { A { msg_trace: 5 } }`, `1:15: Expected account message trace "msg_trace" to be a string or a map/struct, got int64`},
		{`accounts { A { default_permissions: {publish: "a b"} } }`, `1:15: subject "a b" is not a valid subject`},
	} {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			_, _, err := Parse("c.conf", []byte(tt.text))
			got := strings.ReplaceAll(errorText(err), "c.conf:", "")
			if i := strings.IndexByte(got, '\n'); i >= 0 { // a cycle shows at each of its imports
				got = got[:i]
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAccessIsRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want Options
	}{
		{`authorization { username: a, pass: b, timeout: 0.5 }`,
			Options{Authorization: Authorization{User: "a", Password: "b", Timeout: time.Second / 2}}},
		{`authorization { token: t, timeout: "1m" }`, Options{Authorization: Authorization{Token: "t", Timeout: time.Minute}}},
		{`authorization { users: [
			{user: a, password: b, permissions: {pub: x, sub: {deny: [y, "z q"]}, allow_responses: true}, clients: [standard, MQTT]}
			{nkey: ` + userKey + `, authorization: {import: {allow: [a, b]}, allow_responses: {max: 3, ttl: "1m"}}}
			{user: c, permissions: {}}
		], permissions: {export: ">"} }`, Options{Authorization: Authorization{
			Users: []User{
				{Name: "a", Password: "b", Types: 1<<auth.Standard | 1<<auth.MQTT, Permissions: &perm.Rules{
					Publish: &perm.Subjects{Allow: []string{"x"}}, Subscribe: &perm.Subjects{Deny: []string{"y", "z q"}}, Responses: &perm.Responses{},
				}},
				{NKey: userKey, Permissions: &perm.Rules{
					Publish: &perm.Subjects{Allow: []string{"a", "b"}}, Responses: &perm.Responses{Max: 3, TTL: time.Minute},
				}},
				{Name: "c", Permissions: &perm.Rules{}},
			},
			DefaultPermissions: &perm.Rules{Subscribe: &perm.Subjects{Allow: []string{">"}}},
		}}},
		{`accounts: [A, B]`, Options{Accounts: []Account{{Name: "A"}, {Name: "B"}}}},
		{`accounts { A { nkey: ` + accountKey + `, jetstream: disabled, limits { max_conn: 5, max_subs: -1, max_pay: 5k, max_leafs: 2 }
			maps: {a: b}, msg_trace: {dest: t, sampling: "50%"} } }`, Options{Accounts: []Account{{
			Name: "A", NKey: accountKey, Limits: AccountLimits{MaxConnections: 5, MaxPayload: 5000, MaxLeafnodes: 2},
			Mappings: []Mapping{{Source: "a", Dests: []MappingDest{{Subject: "b", Weight: 100}}}}, Trace: AccountTrace{Dest: "t", Sampling: 50},
		}}}},
		{`accounts { A { exports: [
			{service: "a.*", response: chunk, threshold: "3s", allow_trace: true, account_token_position: 2}
			{stream: "b.>", accounts: [B]}
			{service: c, latency: {sampling: headers, subject: l.c}}
		] }, B { imports: [
			{service: {account: A, subject: a.B}, to: q, share: true}
			{stream: {account: A, subject: "b.*"}, prefix: p, allow_trace: true}
		] } }`, Options{Accounts: []Account{
			{Name: "A", Exports: []Export{
				{Service: true, Subject: "a.*", Response: Chunked, Threshold: 3 * time.Second, AllowTrace: true, TokenPosition: 2},
				{Subject: "b.>", Private: true, Accounts: []string{"B"}},
				{Service: true, Subject: "c", Latency: &Latency{Subject: "l.c"}},
			}},
			{Name: "B", Imports: []Import{
				{Service: true, Account: "A", Subject: "a.B", To: "q", Share: true},
				{Account: "A", Subject: "b.*", Prefix: "p", AllowTrace: true},
			}},
		}}},
		{`websocket { no_auth_user: u, authorization { user: a, pass: b, timeout: 3 } }`, Options{WebSocket: WebSocket{
			NoAuthUser: "u", Login: Login{User: "a", Password: "b", Timeout: 3 * time.Second},
		}}},
	} {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got := mustParse(t, tt.text)
			got.File, got.Digest = "", ""
			for i := range got.Accounts {
				for j := range got.Accounts[i].Exports {
					got.Accounts[i].Exports[j].at = tt.want.Accounts[i].Exports[j].at
				}
				for j := range got.Accounts[i].Imports {
					got.Accounts[i].Imports[j].at = tt.want.Accounts[i].Imports[j].at
				}
			}
			if diff := cmp.Diff(&tt.want, got, cmp.AllowUnexported(Export{}, Import{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAuthTimeout(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		`port: 4`:                    2 * time.Second,
		`tls {}`:                     3 * time.Second,
		`tls { timeout: 5 }`:         6 * time.Second,
		`authorization {timeout: 9}`: 9 * time.Second,
	} {
		if got := mustParse(t, text).WithDefaults().Authorization.Timeout; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	_, warnings, err := Parse("c", []byte(`authorization { timeout: 90 }`))
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].Message, `timeout of 90 (90.000000 seconds) is high`) {
		t.Errorf("%v, %v", warnings, err)
	}
}

func TestNoAuthUserHasToExist(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`system_account: B`: `error resolving system account: account missing`,
		`system_account: B, accounts {B {users: [{user: x, pass: y}]}}`: ``,
		`system: "$SYS"`:    ``,
		`no_auth_user: bob`: `no_auth_user: "bob" present, but users/nkeys are not defined`,
		`no_auth_user: bob, authorization {users: [{user: x, pass: y}]}`:                                   `no_auth_user: "bob" not present as user or nkey in authorization block or account configuration`,
		`no_auth_user: x, authorization {users: [{user: x, pass: y}]}`:                                     ``,
		`no_auth_user: x, accounts {A {users: [{user: x, pass: y}]}}`:                                      ``,
		`websocket {port: -1, no_tls: true, no_auth_user: q}`:                                              `websocket: no_auth_user: "q" present, but users/nkeys are not defined`,
		`websocket {port: -1, no_tls: true, authorization {user: q}}, authorization {users: [{user: x}]}`:  `websocket authentication username not compatible with presence of users/nkeys`,
		`websocket {port: -1, no_tls: true, authorization {token: q}}, authorization {users: [{user: x}]}`: `websocket authentication token not compatible with presence of users/nkeys`,
	} {
		if got := errorText(mustParse(t, text).Validate()); got != want {
			t.Errorf("%s: %s\nwant %s", text, got, want)
		}
	}
}

func TestLoginFlags(t *testing.T) {
	t.Parallel()
	c, err := ParseArgs([]string{"--user", "a", "--pass", "b", "--auth", "c"})
	if err != nil {
		t.Fatal(err)
	}
	var o Options
	if err := c.Apply(&o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Authorization{User: "a", Password: "b", Token: "c"}, o.Authorization); diff != "" {
		t.Error(diff)
	}
}
