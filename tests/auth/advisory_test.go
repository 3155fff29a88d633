package auth

import (
	"bufio"
	"encoding/json"
	"net"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// Each test is a class of advisories that servers of this protocol have had,
// where one kind of peer got the rights of another; the like of them for parts of
// a server stand beside those.

// The system account alone makes an ordinary client's way in; it must not be one
// where the configuration has users.
func TestAdvisorySystemAccountMustNotOpenTheServer(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		const system = "accounts { $SYS { users: [{user: s, pass: s}] } }\n"
		for _, users := range []string{
			"authorization { users: [{user: a, pass: a}] }\n",
			"authorization { users: [{user: a, pass: a, permissions: {publish: x}}], timeout: 5 }\n",
		} {
			s := start(t, target, system+users)
			refused(t, s, violation)
			refused(t, s, violation, nats.UserInfo("", ""))
			refused(t, s, violation, nats.UserInfo("nobody", ""))
			connect(t, s, nats.UserInfo("a", "a"))
			connect(t, s, nats.UserInfo("s", "s"))
		}
	})
}

// What a client says about itself to a service of another account is not what the
// server says.
func TestAdvisoryRequestInfoMustNotBeForged(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := start(t, target, `accounts {
			A { users: [{user: a, pass: a}], exports: [{service: q}] }
			B { users: [{user: b, pass: b}], imports: [{service: {account: A, subject: q}}] }
		}`)
		a, b := connect(t, s, nats.UserInfo("a", "a")), connect(t, s, nats.UserInfo("b", "b"))
		asked, err := a.SubscribeSync("q")
		must(t, err)
		must(t, a.FlushTimeout(proc.Patience))
		for _, name := range []string{"Nats-Request-Info", "nats-request-info", "NATS-REQUEST-INFO"} {
			must(t, b.PublishMsg(&nats.Msg{Subject: "q", Reply: "r", Header: nats.Header{
				name: {`{"acc":"SYS","user":"root"}`, `{"acc":"A"}`},
			}}))
			m, err := asked.NextMsg(proc.Patience)
			must(t, err)
			told := m.Header.Values("Nats-Request-Info")
			var info struct{ Acc, User string }
			if len(told) != 1 || json.Unmarshal([]byte(told[0]), &info) != nil || info.Acc != "B" || info.User != "" {
				t.Errorf("%s: the service is told %q", name, told)
			}
		}
	})
}

// Who may not publish to a subject must not get the server to do it.
func TestAdvisoryTraceDestinationMustBeAllowed(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := start(t, target, `authorization { users: [
			{user: a, pass: a, permissions: {publish: {allow: [q, fine]}}}
			{user: b, pass: b}
		] }`)
		a, b := connect(t, s, nats.UserInfo("a", "a")), connect(t, s, nats.UserInfo("b", "b"))
		all, err := b.SubscribeSync(">")
		must(t, err)
		must(t, b.FlushTimeout(proc.Patience))
		for _, dest := range []string{"secret", "$SYS.REQ.SERVER.PING", "fine"} {
			must(t, a.PublishMsg(&nats.Msg{Subject: "q", Header: nats.Header{"Nats-Trace-Dest": {dest}, "Nats-Trace-Only": {"true"}}}))
		}
		// The last one is allowed, so that what came before it was to come has come.
		m, err := all.NextMsg(proc.Patience)
		must(t, err)
		if m.Subject != "fine" {
			t.Errorf("a trace arrives at %s", m.Subject)
		}
	})
}

// Credentials on the command line are nobody's business but the process's.
func TestAdvisoryArgumentsMustNotBeShown(t *testing.T) {
	t.Parallel()
	s := proc.Start(t, proc.Dunlin, proc.Options{Args: []string{"-DVV", "--user", "hushuser", "--pass", "hushpassword"}})
	connect(t, s, nats.UserInfo("hushuser", "hushpassword"))
	for _, path := range []string{"/varz", "/connz?auth=true", "/subsz?subs=true", "/accountz?acc=$G", "/healthz"} {
		_, body := s.Get(t, path)
		look(t, path, body, []string{"hushpassword"})
	}
	look(t, "log", s.Log(), []string{"hushpassword"})
}

// The key that seals requests to a callout is made at each start.
func TestAdvisoryKeysMustNotBeFixed(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		seen := map[string]bool{}
		for range 2 {
			key := xkey(t, start(t, target, ""))
			if !strings.HasPrefix(key, "X") || seen[key] {
				t.Errorf("xkey %q, after %v", key, seen)
			}
			seen[key] = true
		}
	})
}

// xkey is the public key in the server's INFO.
func xkey(t testing.TB, s *proc.Server) string {
	t.Helper()
	nc, err := net.Dial("tcp", s.Addr())
	must(t, err)
	defer nc.Close()
	line, err := bufio.NewReader(nc).ReadString('\n')
	must(t, err)
	var info struct{ Xkey string }
	must(t, json.Unmarshal([]byte(strings.TrimPrefix(line, "INFO ")), &info))
	return info.Xkey
}
