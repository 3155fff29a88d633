package process

import (
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// TestReloadVerdicts changes one option at a time in both servers and compares
// what they say: each either takes the change or refuses it, with the same
// words.
func TestReloadVerdicts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, before, after string }{
		{"nothing", "max_connections: 10", "max_connections: 10"},
		{"max_connections", "max_connections: 10", "max_connections: 20"},
		{"max_payload", "max_payload: 1000", "max_payload: 2000"},
		{"max_control_line", "max_control_line: 1000", "max_control_line: 2000"},
		{"max_pending", "max_pending: 10MB", "max_pending: 20MB"},
		{"max_subscriptions", "max_subscriptions: 10", "max_subscriptions: 20"},
		{"max_subscription_tokens", "max_subscription_tokens: 10", "max_subscription_tokens: 20"},
		{"max_closed_clients", "max_closed_clients: 10", "max_closed_clients: 20"},
		{"max_traced_msg_len", "max_traced_msg_len: 10", "max_traced_msg_len: 20"},
		{"ping_interval", `ping_interval: "10s"`, `ping_interval: "20s"`},
		{"ping_max", "ping_max: 3", "ping_max: 4"},
		{"write_deadline", `write_deadline: "3s"`, `write_deadline: "4s"`},
		{"write_timeout", "write_timeout: close", "write_timeout: retry"},
		{"no_fast_producer_stall", "no_fast_producer_stall: false", "no_fast_producer_stall: true"},
		{"lame_duck_duration", `lame_duck_duration: "60s"`, `lame_duck_duration: "70s"`},
		{"lame_duck_grace_period", `lame_duck_grace_period: "5s"`, `lame_duck_grace_period: "6s"`},
		{"server_name", "server_name: a", "server_name: b"},
		{"server_tags", "server_tags: [a]", "server_tags: [b]"},
		{"server_metadata", "server_metadata: {a: b}", "server_metadata: {a: c}"},
		{"client_advertise", `client_advertise: "a:1"`, `client_advertise: "b:2"`},
		{"debug", "debug: false", "debug: true"},
		{"trace", "trace: false", "trace: true"},
		{"trace_verbose", "trace_verbose: false", "trace_verbose: true"},
		{"logtime", "logtime: true", "logtime: false"},
		{"log_size_limit", "log_size_limit: 1MB", "log_size_limit: 2MB"},
		{"pid_file", "pid_file: a.pid", "pid_file: b.pid"},
		{"prof_block_rate", "prof_block_rate: 0", "prof_block_rate: 7"},
		{"connect_error_reports", "connect_error_reports: 7", "connect_error_reports: 8"},
		{"reconnect_error_reports", "reconnect_error_reports: 7", "reconnect_error_reports: 8"},
		{"no_header_support", "no_header_support: false", "no_header_support: true"},
		{"proxy_protocol", "proxy_protocol: false", "proxy_protocol: true"},
		{"allow_non_tls", "allow_non_tls: false", "allow_non_tls: true"},
		{"disable_sublist_cache", "disable_sublist_cache: false", "disable_sublist_cache: true"},
		{"http_base_path", "http_base_path: a", "http_base_path: b"},
		{"payload above pending", "max_payload: 1000\nmax_pending: 2000", "max_payload: 3000\nmax_pending: 2000"},
		{"integer as duration", `ping_interval: "10s"`, "ping_interval: 20"},
		{"unknown option", "max_payload: 1000", "max_paylod: 1000"},
		{"broken file", "max_payload: 1000", "max_payload: {"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := reload(t, proc.Reference, test.before, test.after)
			got := reload(t, proc.Dunlin, test.before, test.after)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(- reference, + dunlin):\n%s", diff)
			}
		})
	}
}

var (
	logPrefix = regexp.MustCompile(`^\[\d+\] (\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} )?`)
	digest    = regexp.MustCompile(`sha256:[0-9a-f]{64}`)
	guess     = regexp.MustCompile(`, did you mean ".*"\?`)      // compat.md: did-you-mean
	syntax    = regexp.MustCompile(`\S+:\d+:\d+: (Parse error)`) // compat.md: syntax-position
	// always are the lines the reference logs at every reload, changed or not.
	always = []string{"[INF] Reloaded: authorization users", "[INF] Reloaded: accounts", `[INF] Trapped "hangup" signal`}
)

// reload starts a server, changes its configuration and returns what it logged
// about it, sorted: the order of options is not defined.
func reload(t *testing.T, target *proc.Target, before, after string) []string {
	t.Helper()
	const server = "listen: \"127.0.0.1:-1\"\n"
	s := proc.Start(t, target, proc.Options{Config: server + before + "\n"})
	s.WaitLog(t, "Server is ready")
	start := len(s.Log())
	s.WriteFile(t, proc.ConfigFile, server+after+"\n")
	s.Signal(t, syscall.SIGHUP)
	var lines []string
	for line := range strings.Lines(waitForVerdict(t, s, start)) {
		line = strings.ReplaceAll(strings.TrimSpace(line), s.Dir, "DIR")
		line = syntax.ReplaceAllString(guess.ReplaceAllString(line, ""), "$1")
		line = digest.ReplaceAllString(logPrefix.ReplaceAllString(line, ""), "sha256:DIGEST")
		if !slices.Contains(always, line) {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

// waitForVerdict waits until the server has taken or refused the file and
// returns the log from start to that line.
func waitForVerdict(t *testing.T, s *proc.Server, start int) string {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(proc.Patience); time.Now().Before(deadline); <-tick.C {
		log := s.Log()[start:]
		for _, verdict := range []string{"Reloaded server configuration", "Failed to reload server configuration"} {
			if at := strings.Index(log, verdict); at >= 0 && strings.Contains(log[at:], "\n") {
				return log[:at+strings.Index(log[at:], "\n")+1]
			}
		}
	}
	t.Fatalf("%s said nothing about the reload:\n%s", s.Target, s.Log()[start:])
	return ""
}
