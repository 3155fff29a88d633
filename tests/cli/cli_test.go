package cli

import (
	"bufio"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestMain(m *testing.M) { proc.Main(m) }

// run runs the client and fails the test unless it succeeds; it returns what
// the client printed.
func run(t *testing.T, s *proc.Server, args ...string) string {
	t.Helper()
	r := proc.CLI(t, s.URL(), trusting(s, args)...)
	if r.Code != 0 {
		t.Fatalf("nats %v: exit code %d\n%s%s", args, r.Code, r.Stdout, r.Stderr)
	}
	return r.Stdout + r.Stderr
}

// trusting adds what makes the client trust a server with a certificate.
func trusting(s *proc.Server, args []string) []string {
	if !s.Way.TLS {
		return args
	}
	return append([]string{"--tlsca", filepath.Join(s.Dir, "ca.pem")}, args...)
}

// background starts the client and waits until the server has its
// subscription on subject. The result is all it printed until it ended.
func background(t *testing.T, s *proc.Server, subject string, args ...string) (output func() string) {
	t.Helper()
	cmd := proc.CLICommand(t, s.URL(), trusting(s, args)...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	result := make(chan string, 1)
	go func() { result <- drain(cmd, bufio.NewReader(stdout)) }()
	t.Cleanup(func() { cmd.Process.Kill() })
	waitForInterest(t, s, subject)
	return func() string {
		t.Helper()
		select {
		case text := <-result:
			return text
		case <-time.After(proc.Patience):
			t.Fatalf("nats %v did not end", args)
			return ""
		}
	}
}

func drain(cmd *exec.Cmd, out *bufio.Reader) string {
	var text strings.Builder
	out.WriteTo(&text)
	cmd.Wait()
	return text.String()
}

// waitForInterest polls until somebody subscribes to subject.
func waitForInterest(t *testing.T, s *proc.Server, subject string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(proc.Patience); time.Now().Before(deadline); <-tick.C {
		var subsz struct {
			List []struct{ Subject string } `json:"subscriptions_list"`
		}
		s.GetJSON(t, "/subsz?subs=1", &subsz)
		for _, sub := range subsz.List {
			if sub.Subject == subject {
				return
			}
		}
	}
	t.Fatalf("no subscription on %s", subject)
}

func TestPublishAndSubscribe(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		output := background(t, s, "news", "sub", "news", "--count", "3", "--raw")
		run(t, s, "pub", "news", "item {{Count}}", "--count", "3")
		if got, want := output(), "item 1\nitem 2\nitem 3\n"; got != want {
			t.Errorf("printed %q, want %q", got, want)
		}
	})
}

func TestHeadersAreShown(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		output := background(t, s, "news", "sub", "news", "--count", "1")
		run(t, s, "pub", "news", "text", "-H", "Color:blue")
		if got := output(); !strings.Contains(got, "Color: blue") || !strings.Contains(got, "text") {
			t.Errorf("printed %q", got)
		}
	})
}

func TestRequestAndReply(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		output := background(t, s, "svc", "reply", "svc", "you said {{Request}}", "--count", "1")
		// The responder may be told of the end of its connection behind it.
		printed, _, _ := strings.Cut(run(t, s, "request", "svc", "hello", "--raw"), "\n")
		if got, want := strings.TrimSpace(printed), "you said hello"; got != want {
			t.Errorf("printed %q, want %q", got, want)
		}
		output()
	})
}

func TestRequestWithoutResponder(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		r := proc.CLI(t, s.URL(), trusting(s, []string{"request", "nobody", "hello"})...)
		if !strings.Contains(r.Stdout+r.Stderr, "No responders are available") {
			t.Errorf("printed %q %q", r.Stdout, r.Stderr)
		}
	})
}

func TestRoundTripTime(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		if got := run(t, s, "rtt"); !strings.Contains(got, s.URL()) {
			t.Errorf("printed %q", got)
		}
	})
}

func TestBenchmarkReceivesAll(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		output := background(t, s, "load", "bench", "sub", "load", "--msgs", "20000", "--no-progress")
		if got := run(t, s, "bench", "pub", "load", "--msgs", "20000", "--size", "64", "--no-progress"); !strings.Contains(got, "msgs/sec") {
			t.Errorf("publisher printed %q", got)
		}
		if got := output(); !strings.Contains(got, "msgs/sec") {
			t.Errorf("subscriber printed %q", got)
		}
		var varz struct {
			In  int64 `json:"in_msgs"`
			Out int64 `json:"out_msgs"`
		}
		// The clients may know of the last message before it is counted.
		if !proc.Eventually(func() bool {
			s.GetJSON(t, "/varz", &varz)
			return varz.In == 20000 && varz.Out == 20000
		}) {
			t.Errorf("server counted %d in and %d out, want 20000 each", varz.In, varz.Out)
		}
	})
}

func TestOverTLS(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		for _, first := range []bool{false, true} {
			s := proc.Start(t, target, proc.Options{
				Files:  certs.Default().Files,
				Config: fmt.Sprintf("tls { cert_file: \"server.pem\", key_file: \"server.key\", handshake_first: %v }\n", first),
			})
			args := []string{"--tlsca", filepath.Join(s.Dir, "ca.pem")}
			if first {
				args = append(args, "--tlsfirst")
			}
			if got := run(t, s, append(args, "pub", "news", "secret")...); !strings.Contains(got, "Published 6 bytes") {
				t.Errorf("handshake first %v: printed %q", first, got)
			}
		}
	})
}

// TestClientOfTheLibraryMeetsTheTerminal publishes from the library to a
// subscriber at the terminal: both see the same server.
func TestClientOfTheLibraryMeetsTheTerminal(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		output := background(t, s, "mixed.>", "sub", "mixed.>", "--count", "1", "--raw")
		var options []nats.Option
		if way.TLS {
			options = append(options, nats.Secure(certs.Default().Config(false)))
		}
		nc, err := nats.Connect(s.URL(), options...)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		if err := nc.Publish("mixed.a", []byte("from the library")); err != nil {
			t.Fatal(err)
		}
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
		if got, want := withoutNotices(output()), "from the library\n"; got != want {
			t.Errorf("printed %q, want %q", got, want)
		}
	})
}

// withoutNotices drops what the command says about its connection, which may
// end before it does.
func withoutNotices(printed string) string {
	var b strings.Builder
	for line := range strings.Lines(printed) {
		if !strings.Contains(line, ">>> Disconnected") {
			b.WriteString(line)
		}
	}
	return b.String()
}
