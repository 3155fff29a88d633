package config

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// everyOption has a value other than the default for each option that is built,
// and what a reload that brings it says.
var everyOption = []struct{ option, value, reload string }{
	{"listen", `"127.0.0.1:4333"`, "config reload not supported for Host: old=0.0.0.0, new=127.0.0.1"},
	{"host", `"127.0.0.1"`, "config reload not supported for Host: old=0.0.0.0, new=127.0.0.1"},
	{"port", `4333`, "config reload not supported for Port: old=4222, new=4333"},
	{"client_advertise", `"a.example:4222"`, "Reload: client_advertise = a.example:4222"},
	{"server_name", `foo`, "config reload not supported for ServerName: old=, new=foo"},
	{"server_tags", `[a, b]`, "Reloaded: tags"},
	{"server_metadata", `{a: b}`, "Reloaded: metadata"},
	{"feature_flags", `{x: true}`, "config reload not supported for FeatureFlags: old=map[], new=map[x:true]"},
	{"proxy_protocol", `true`, "config reload not supported for ProxyProtocol: old=false, new=true"},
	{"no_header_support", `true`, "config reload not supported for NoHeaderSupport: old=false, new=true"},
	{"disable_sublist_cache", `true`, "config reload not supported for NoSublistCache: old=false, new=true"},
	{"connect_error_reports", `4`, "Reloaded: connect_error_reports = 4"},
	{"reconnect_error_reports", `4`, "Reloaded: reconnect_error_reports = 4"},
	{"mappings", `{a: b}`, "Reloaded: mappings"},
	{"max_connections", `10`, "Reloaded: max_connections = 10"},
	{"max_control_line", `5000`, "Reloaded: max_control_line = 5000"},
	{"max_payload", `9mb`, "Reloaded: max_payload = 9437184"},
	{"max_pending", `5mb`, "config reload not supported for MaxPending: old=67108864, new=5242880"},
	{"max_subscriptions", `5`, "config reload not supported for MaxSubs: old=0, new=5"},
	{"max_subscription_tokens", `5`, "config reload not supported for MaxSubTokens: old=0, new=5"},
	{"max_closed_clients", `5`, "config reload not supported for MaxClosedClients: old=10000, new=5"},
	{"no_fast_producer_stall", `true`, "Reloaded: fast producers will not be stalled"},
	{"ping_interval", `10s`, "Reloaded: ping_interval = 10s"},
	{"ping_max", `5`, "Reloaded: ping_max = 5"},
	{"write_deadline", `5s`, "Reloaded: write_deadline = 5s"},
	{"write_timeout", `close`, "config reload not supported for WriteTimeout: old=default, new=close"},
	{"lame_duck_duration", `"60s"`, "config reload not supported for LameDuckDuration: old=2m0s, new=1m0s"},
	{"lame_duck_grace_period", `"5s"`, "config reload not supported for LameDuckGracePeriod: old=10s, new=5s"},
	{"debug", `true`, "Reloaded: debug = true"},
	{"trace", `true`, "Reloaded: trace = true"},
	{"trace_verbose", `true`, "Reloaded: trace = true\nReloaded: trace_verbose = true"},
	{"trace_headers", `true`, "Reloaded: trace = true\nReloaded: trace_headers = true"},
	{"max_traced_msg_len", `10`, "Reloaded: max_traced_msg_len = 10"},
	{"logtime", `false`, "Reloaded: logtime = false"},
	{"logtime_utc", `true`, "Reloaded: logtime_utc = true"},
	{"log_format", `json`, "config reload not supported for LogFormat: old=text, new=json"},
	{"log_file", `"x.log"`, "Reloaded: log_file = x.log"},
	{"log_size_limit", `1mb`, "config reload not supported for LogSizeLimit: old=0, new=1048576"},
	{"log_max_num", `4`, "config reload not supported for LogMaxFiles: old=0, new=4"},
	{"syslog", `true`, "Reloaded: syslog = true"},
	{"remote_syslog", `"udp://127.0.0.1:514"`, "Reloaded: remote_syslog = udp://127.0.0.1:514"},
	{"http", `8222`, "config reload not supported for HTTPPort: old=0, new=8222"},
	{"http_port", `-1`, "config reload not supported for HTTPPort: old=0, new=-1"},
	{"https", `":8223"`, "config reload not supported for HTTPSPort: old=0, new=8223"},
	{"https_port", `8223`, "config reload not supported for HTTPSPort: old=0, new=8223"},
	{"http_base_path", `"/x"`, "config reload not supported for HTTPBasePath: old=, new=/x"},
	{"pid_file", `"a.pid"`, "Reloaded: pid_file = a.pid"},
	{"ports_file_dir", `"dir"`, "Reloaded: ports_file_dir = dir"},
	{"prof_port", `8888`, "config reload not supported for ProfPort: old=0, new=8888"},
	{"prof_block_rate", `10`, "Reloaded: prof_block_rate = 10"},
	{"tls", `{}`, "Reloaded: tls = enabled"},
	{"allow_non_tls", `true`, "config reload not supported for AllowNonTLS: old=false, new=true"},
	{"authorization", `{users: [{user: a, password: secret}]}`, "Reloaded: authorization users"},
	{"accounts", `{A {users: [{user: b, password: secret}]}}`, "Reloaded: accounts"},
	{"no_auth_user", `bob`, "config reload not supported for NoAuthUser: old=, new=bob"},
	{"system_account", `B`, "config reload not supported for SystemAccount: old=$SYS, new=B"},
	{"no_system_account", `true`, "config reload not supported for SystemAccount: old=$SYS, new="},
	{"proxies", `{trusted: [{key: ` + testTree.user + `}]}`, `Reloaded: proxies trusted keys ["` + testTree.user + `"] were added`},
	{"operator", testTree.operatorJWT, "config reload not supported for TrustedOperators: old=, new=" + operatorsKind.format(testTree.parsed)},
	{"trusted_keys", testTree.operator, "config reload not supported for TrustedKeys: old=, new=" + testTree.operator},
	{"resolver", `{type: full, dir: d}`, "config reload not supported for AccountResolver: old=, new=full d"},
	{"resolver_tls", `{}`, ""},
	{"resolver_preload", `{` + testTree.account + `: ` + testTree.accountJWT + `}`, ""},
	{"resolver_pinned_accounts", `[` + testTree.account + `]`, "Reloaded: resolver_pinned_accounts = " + testTree.account},
	{"default_sentinel", testTree.userJWT, "Reloaded: default_sentinel = [REDACTED]"},
	{"jetstream", `{domain: D}`, "config reload not supported for JetStream: old=disabled, new={Enabled:true StoreDir: Domain:D MaxMemory:0 " +
		"MaxFile:0 Sync:0s Lenient:false MaxBufferedMsgs:100000 MaxBufferedSize:134217728 " +
		"Limits:{MaxAckPending:0 MaxRequestBatch:0 DuplicateWindow:0s DefaultMaxConsumers:0}}"},
	{"store_dir", `"/data"`, "config reload not supported for StoreDir: old=, new=/data"},
	{"websocket", `{port: 8080, no_tls: true}`, "config reload not supported for Websocket port: old=0, new=8080"},
}

func TestReloadOfEveryOption(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, tt := range everyOption {
		tried[tt.option] = true
		t.Run(tt.option, func(t *testing.T) {
			t.Parallel()
			old, new := &Options{}, mustParse(t, tt.option+": "+tt.value)
			if diff := cmp.Diff(tt.reload, reloadText(old, new)); diff != "" {
				t.Error(diff)
			}
			if got := reloadText(new, mustParse(t, tt.option+": "+tt.value)); got != "" {
				t.Errorf("reload of the same file: %s", got)
			}
		})
	}
	for _, row := range Table() {
		if row.Feature.Built() && !tried[row.Name] {
			t.Errorf("%s is not in the test", row.Name)
		}
	}
}

// reloadText returns what a reload logs, one line each, or why it is refused.
func reloadText(old, new *Options) string {
	changes, err := Diff(old, new)
	if err != nil {
		return err.Error()
	}
	var lines []string
	for _, c := range changes {
		lines = append(lines, c.String())
	}
	return strings.Join(lines, "\n")
}

func TestAliasesMeanTheSame(t *testing.T) {
	t.Parallel()
	ignore := cmpopts.IgnoreFields(Options{}, "Digest")
	for _, tt := range everyOption {
		row := root.rows[tt.option]
		want := mustParse(t, tt.option+": "+tt.value)
		for _, alias := range row.Aliases {
			if diff := cmp.Diff(want, mustParse(t, alias+": "+tt.value), ignore); diff != "" {
				t.Errorf("%s: %s", alias, diff)
			}
		}
	}
}

func TestDefaultsAreWhatTheTableSays(t *testing.T) {
	t.Parallel()
	want := (&Options{}).WithDefaults()
	for _, row := range Table() {
		if row.Default == "" || !row.Feature.Built() {
			continue
		}
		value := row.Default
		switch row.Type {
		case TypeAddress, TypeString:
			value = `"` + value + `"`
		}
		if row.Name == "http_base_path" {
			continue // an empty path and "/" are the same to who uses it
		}
		got := mustParse(t, row.Name+": "+value).WithDefaults()
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Options{}, "File", "Digest")); diff != "" {
			t.Errorf("%s: %s is not the default: %s", row.Name, row.Default, diff)
		}
	}
}

func TestTableIsSound(t *testing.T) {
	t.Parallel()
	checkBlock(t, "", root, map[*Block]bool{})
}

// checkBlock looks at every row of a block and of the blocks in it.
func checkBlock(t *testing.T, path string, b *Block, seen map[*Block]bool) {
	t.Helper()
	if seen[b] {
		return
	}
	seen[b] = true
	names := map[string]bool{}
	for i := range b.Options {
		row := &b.Options[i]
		where := path + row.Name
		for _, name := range row.Names() {
			if names[name] || name != strings.ToLower(name) || name == "" {
				t.Errorf("%s: the name %q is taken or malformed", where, name)
			}
			names[name] = true
			if b.lookup(name) != row {
				t.Errorf("%s: not found by the name %q", where, name)
			}
		}
		checkRow(t, where, row, path == "")
		if row.Block != nil {
			checkBlock(t, where+".", row.Block, seen)
		}
	}
	if b.Named != nil && b.Named.Block != nil {
		checkBlock(t, path+"*.", b.Named.Block, seen)
	}
}

func checkRow(t *testing.T, where string, row *Option, top bool) {
	t.Helper()
	switch {
	case row.Type == "":
		t.Errorf("%s has no type", where)
	case row.Feature.Built() && row.bind == nil:
		t.Errorf("%s is built, but not bound", where)
	case row.Feature.Built() && row.Since == "":
		t.Errorf("%s does not say since when", where)
	case row.Min > row.Max:
		t.Errorf("%s has the bounds %d and %d", where, row.Min, row.Max)
	}
	if (top || row.Feature.Built()) && !strings.HasSuffix(row.Doc, ".") {
		t.Errorf("%s lacks a sentence: %q", where, row.Doc)
	}
	compared := top || strings.HasPrefix(where, "websocket.")
	if compared && row.Feature.Built() && row.Reload == Fixed && row.label == "" {
		t.Errorf("%s has no label for the refusal of a reload", where)
	}
	if row.bind == nil {
		return
	}
	// The value's Go type and the row's type say the same.
	value := reflect.TypeOf(row.bind)
	if value.Kind() != reflect.Struct || !strings.HasPrefix(value.Name(), "field[") {
		return
	}
	wants := map[Type]string{
		TypeBool: "bool", TypeInteger: "int", TypeSize: "int", TypeDuration: "Duration", TypeSeconds: "Duration", TypeFile: "string",
	}
	if want, ok := wants[row.Type]; ok && !strings.Contains(value.Name(), want) {
		t.Errorf("%s is a %s, but bound to %s", where, row.Type, value.Name())
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	tests := []struct{ key, want string }{
		{"prot", "port"},
		{"pot", "port"},
		{"hots", "host"},
		{"max_paylod", "max_payload"},
		{"maxpayload", "max_payload"},
		{"lame_duck_grace", ""},
		{"x", ""},
		{"", ""},
		{"something_else", ""},
		{strings.Repeat("p", 1000), ""},
	}
	for _, tt := range tests {
		if got := root.suggest(tt.key); got != tt.want {
			t.Errorf("suggest(%.20q) = %q, want %q", tt.key, got, tt.want)
		}
	}
}

func TestReadonlyCopies(t *testing.T) {
	t.Parallel()
	rows := Table()
	rows[0].Name = "changed"
	if Table()[0].Name == "changed" {
		t.Error("Table returns its own memory")
	}
	flags := Flags()
	flags[0].Option = "changed"
	if Flags()[0].Option == "changed" {
		t.Error("Flags returns its own memory")
	}
}
