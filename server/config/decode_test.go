package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestComplaintsAboutOptions(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"nothing wrong", `port: 4333`, ""},
		{"names in any case", `PORT: 4333`, ""},
		{"empty file", ``, `warning: c.conf: config has no values or is empty`},
		{"only comments", "# nothing\n", `warning: c.conf: config has no values or is empty`},

		{"unknown option", `foo: 1`, `c.conf:1:0: unknown field "foo"`},
		{"unknown option keeps its case", `Foo: 1`, `c.conf:1:0: unknown field "Foo"`},
		{"unknown option near another", `prot: 4222`, `c.conf:1:0: unknown field "prot", did you mean "port"?`},
		{"unknown option near an alias", `max_sub: 4`, `c.conf:1:0: unknown field "max_sub", did you mean "max_subs"?`},
		{"byte order mark", "\ufeffport: 4222", `c.conf:1:0: unknown field "\ufeffport", did you mean "port"?`},
		{"unknown option used as a variable", "prot: 4333\nport: $prot", ""},
		{"all problems at once, warnings first",
			"port: true\nfoo: 1\nping_interval: 10\n  prot: 1",
			"warning: c.conf:3:1: invalid use of field \"ping_interval\": ping_interval should be converted to a duration\n" +
				"c.conf:1:0: port should be an integer, not a boolean\n" +
				"c.conf:2:1: unknown field \"foo\"\n" +
				"c.conf:4:3: unknown field \"prot\", did you mean \"port\"?"},
		{"overwritten values do not count", "port: nonsense\nport: 4333", ""},

		{"syntax error", `port: = 4`, `c.conf:1:8: Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got '4' instead.'`},
		{"key without a value", `port`, `config is invalid (c.conf:1:4)`},

		{"listen without port", `listen: "abc"`, `c.conf:1:0: could not parse address string "abc"`},
		{"listen with a bad port", `listen: "abc:def"`, `c.conf:1:0: could not parse port "def"`},
		{"listen of the wrong type", `listen: true`, `c.conf:1:0: expected port or host:port, got bool`},
		{"listen as a float", `listen: 1.5`, `c.conf:1:0: expected port or host:port, got float64`},
		{"listen as a map", `listen {a: 1}`, `c.conf:1:0: expected port or host:port, got map[string]interface {}`},
		{"listen with a port too big", `listen: "a:65536"`,
			`c.conf:1:0: invalid port 65536: it should be between 0 and 65535, or -1 for a random one`},
		{"listen with a port too small", `listen: -5`,
			`c.conf:1:0: invalid port -5: it should be between 0 and 65535, or -1 for a random one`},
		{"listen as an array", `listen: []`, `c.conf:1:0: expected port or host:port, got []interface {}`},
		{"listen as a time", `listen: 2026-01-02T15:04:05Z`, `c.conf:1:0: expected port or host:port, got time.Time`},
		{"http of the wrong type", `http: true`, `c.conf:1:0: expected port or host:port, got bool`},
		{"https without port", `https: "abc"`, `c.conf:1:0: could not parse address string "abc"`},

		{"string for an integer", `port: "4222"`, `c.conf:1:0: port should be an integer, not a string`},
		{"float for an integer", `port: 4222.5`, `c.conf:1:0: port should be an integer, not a float`},
		{"map for an integer", `port: {}`, `c.conf:1:0: port should be an integer, not a map`},
		{"array for an integer", `port: []`, `c.conf:1:0: port should be an integer, not an array`},
		{"time for an integer", `port: 2026-01-02T15:04:05Z`, `c.conf:1:0: port should be an integer, not a datetime`},
		{"integer for a string", `host: 5`, `c.conf:1:0: host should be a string, not an integer`},
		{"string for a boolean", `debug: "true"`, `c.conf:1:0: debug should be true or false, not a string`},
		{"string for a negated boolean", `logtime: "no"`, `c.conf:1:0: logtime should be true or false, not a string`},
		{"string for a size", `max_payload: "1MB"`, `c.conf:1:0: max_payload should be an integer, not a string`},
		{"name as written in messages", `max_conn: "a"`, `c.conf:1:0: max_conn should be an integer, not a string`},

		{"port too big", `port: 65536`, `c.conf:1:0: port value is too big: 65536, the maximum is 65535`},
		{"port too small", `port: -2`, `c.conf:1:0: port value is too small: -2, the minimum is -1`},
		{"max_control_line too big", `max_control_line: 2147483648`, `c.conf:1:0: max_control_line value is too big`},
		{"max_control_line negative", `max_control_line: -1`,
			`c.conf:1:0: max_control_line value is too small: -1, the minimum is 0`},
		{"max_payload too big", `max_payload: 3gb`, `c.conf:1:0: max_payload value is too big`},
		{"max_payload of the largest size", `max_payload: 2147483647`, ""},
		{"max_pending may be larger", `max_pending: 8gb`, ""},
		{"max_subscription_tokens too big", `max_subscription_tokens: 256`, `c.conf:1:0: max_subscription_tokens value is too big`},
		{"max_subscription_tokens zero", `max_subscription_tokens: 0`,
			`c.conf:1:0: max_subscription_tokens value can not be negative`},
		{"max_sub_tokens negative", `max_sub_tokens: -1`, `c.conf:1:0: max_sub_tokens value can not be negative`},
		{"number of 63 bits", `max_subs: 9223372036854775807`,
			`c.conf:1:0: max_subs value is too big: 9223372036854775807, the maximum is 2147483647`},
		{"server name with a space", `server_name: "a b"`, `c.conf:1:0: server name cannot contain spaces`},

		{"integer for a duration", `ping_interval: 10`,
			`warning: c.conf:1:0: invalid use of field "ping_interval": ping_interval should be converted to a duration`},
		{"integer for the write deadline", `write_deadline: 10`,
			`warning: c.conf:1:0: invalid use of field "write_deadline": write_deadline should be converted to a duration`},
		{"no duration", `ping_interval: "xx"`, `c.conf:1:0: error parsing ping_interval: time: invalid duration "xx"`},
		{"duration without unit", `write_deadline: "10"`,
			`c.conf:1:0: error parsing write_deadline: time: missing unit in duration "10"`},
		{"duration that overflows", `write_deadline: "9999999h"`,
			`c.conf:1:0: error parsing write_deadline: time: invalid duration "9999999h"`},
		{"seconds that overflow", `write_deadline: 9223372037`,
			"warning: c.conf:1:0: invalid use of field \"write_deadline\": write_deadline should be converted to a duration\n" +
				"c.conf:1:0: write_deadline value is too big: 9223372037 seconds"},
		{"negative duration", `ping_interval: "-5s"`, `c.conf:1:0: ping_interval can not be negative`},
		{"boolean for a duration", `ping_interval: true`,
			`c.conf:1:0: ping_interval should be a duration such as "2m", not a boolean`},
		{"float for a duration", `write_deadline: 1.5`,
			`c.conf:1:0: write_deadline should be a duration such as "2m", not a float`},
		{"write_timeout", `write_timeout: foo`, `c.conf:1:0: write_timeout must be 'default', 'close' or 'retry'`},
		{"write_timeout as a number", `write_timeout: 5`, `c.conf:1:0: write_timeout should be a string, not an integer`},
		{"log_format", `log_format: xml`, `c.conf:1:0: log_format must be 'text' or 'json'`},
		{"lame duck too short", `lame_duck_duration: "10s"`,
			`c.conf:1:0: invalid lame_duck_duration of 10s, minimum is 30 seconds`},
		{"lame duck of zero", `lame_duck_duration: "0s"`,
			`c.conf:1:0: invalid lame_duck_duration of 0s, minimum is 30 seconds`},
		{"lame duck unquoted", `lame_duck_duration: 2m`,
			`c.conf:1:0: lame_duck_duration should be a duration in quotes such as "2m", not an integer`},
		{"lame duck no duration", `lame_duck_duration: "x"`,
			`c.conf:1:0: error parsing lame_duck_duration: time: invalid duration "x"`},
		{"grace negative", `lame_duck_grace_period: "-1s"`,
			`c.conf:1:0: invalid lame_duck_grace_period, needs to be positive`},
		{"grace no duration", `lame_duck_grace_period: "x"`,
			`c.conf:1:0: error parsing lame_duck_grace_period: time: invalid duration "x"`},

		{"tags as a string", `server_tags: "a"`, ""},
		{"tags", `server_tags: 5`, `c.conf:1:0: error parsing tags: unsupported type int64`},
		{"tag", `server_tags: [a, 5 ]`, `c.conf:1:0: error parsing tags: unsupported type int64 where string is expected`},
		{"metadata", `server_metadata: 5`, `c.conf:1:0: error parsing metadata: unsupported type int64`},
		{"one metadatum", `server_metadata: {a: 5}`, `c.conf:1:18: a should be a string, not an integer`},
		{"feature flags", `feature_flags: 5`, `c.conf:1:0: error parsing feature flags: unsupported type int64`},
		{"feature flag", `feature_flags: {x: 1}`, `c.conf:1:16: error parsing feature flag "x": expected bool, got int64`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, complaints(tt.text)); diff != "" {
				t.Errorf("%s\n%s", tt.text, diff)
			}
		})
	}
}

func TestLaterFeatures(t *testing.T) {
	t.Parallel()
	refused := func(option string) string {
		return `c.conf:1:0: option "` + option + `" belongs to a feature that this version of dunlin does not have yet`
	}
	tests := []struct{ text, want string }{
		{`default_js_domain {A: b}`, refused("default_js_domain")},
		{`cluster {}`, ""},
		{`cluster {name: x, port: 1}`, refused("cluster")},
		{`cluster {prot: 1}`, refused("cluster") + "\n" + `c.conf:1:9: unknown field "prot", did you mean "port"?`},
		{`cluster {tls {cert_fil: 1}}`, refused("cluster") + "\n" +
			`c.conf:1:14: error parsing tls config, unknown field "cert_fil", did you mean "cert_file"?`},
		{`gateway {gateways: [{nam: 1}]}`, refused("gateway") + "\n" +
			`c.conf:1:21: unknown field "nam", did you mean "name"?`},
		{`leaf {remotes: [{url: "nats://a", foo: 1}]}`, refused("leaf") + "\n" + `c.conf:1:34: unknown field "foo"`},
		{`leafnodes {remotes: []}`, refused("leafnodes")},
		{`mqtt {port: 1, baz: 1}`, refused("mqtt") + "\n" + `c.conf:1:15: unknown field "baz"`},
		{`jetstream {key: x}`, `c.conf:1:11: option "key" belongs to a feature that this version of dunlin does not have yet`},
		{`ocsp: false`, ""},
		{`ocsp: never`, ""},
		{`ocsp: always`, refused("ocsp")},
		{`ocsp_cache: none`, ""},
		{`ocsp_cache {typ: local}`, refused("ocsp_cache") + "\n" + `c.conf:1:12: unknown field "typ", did you mean "type"?`},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, complaints(tt.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
