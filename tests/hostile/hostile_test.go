package hostile

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestMain(m *testing.M) { proc.Main(m) }

// dial opens a raw connection and reads the greeting.
func dial(t *testing.T, s *proc.Server) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", s.Addr(), proc.Patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(proc.Patience))
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); err != nil || !strings.HasPrefix(line, "INFO ") {
		t.Fatalf("greeting %q, %v", line, err)
	}
	return conn, in
}

// rss is the resident memory of the server in bytes. Tests that need it skip
// where the system does not tell, or where the race detector multiplies it.
func rss(t *testing.T, s *proc.Server) int {
	t.Helper()
	if proc.Race {
		t.Skip("memory under the race detector tells nothing")
	}
	status, err := os.ReadFile("/proc/" + strconv.Itoa(s.Pid()) + "/status")
	if err != nil {
		t.Skip("resident memory is not known on this system")
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmRSS:" {
			kib, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			return kib << 10
		}
	}
	t.Fatal("no VmRSS")
	return 0
}

// healthy proves that the server still serves others.
func healthy(t *testing.T, s *proc.Server) {
	t.Helper()
	nc, err := nats.Connect(s.URL(), nats.Timeout(proc.Patience))
	if err != nil {
		t.Fatalf("others cannot connect: %v", err)
	}
	defer nc.Close()
	sub, err := nc.SubscribeSync("alive")
	if err != nil {
		t.Fatal(err)
	}
	if err := nc.Publish("alive", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := sub.NextMsg(proc.Patience); err != nil {
		t.Fatalf("others get no messages: %v", err)
	}
}

// cutOff reads until the server closes, and returns what it said.
func cutOff(t *testing.T, in io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(in)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("not cut off: %v after %q", err, text)
	}
	return string(text)
}

// flood writes chunk over and over until the server closes or limit bytes are
// out, and returns how many went out.
func flood(conn net.Conn, chunk []byte, limit int) int {
	sent := 0
	for sent < limit {
		n, err := conn.Write(chunk)
		sent += n
		if err != nil {
			break
		}
	}
	return sent
}

const mib = 1 << 20

// TestEndlessLineIsCutOff begins lines of ten gigabytes. The server must stop
// reading after the limit of a line, not collect it.
func TestEndlessLineIsCutOff(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		for _, begin := range []string{"PUB ", "SUB ", "CONNECT ", "CONNECT {\"a\":\"", "PING ", "+OK ", "UNSUB ", "HPUB "} {
			s := proc.Start(t, target, proc.Options{})
			before := rss(t, s)
			conn, in := dial(t, s)
			if _, err := io.WriteString(conn, begin); err != nil {
				t.Fatal(err)
			}
			flood(conn, []byte(strings.Repeat("x", mib)), 32*mib)
			if grown := rss(t, s) - before; grown > 24*mib {
				t.Errorf("%q: memory grew by %d MiB", begin, grown/mib)
			}
			if begin != "PING " && begin != "+OK " {
				cutOff(t, in)
			}
			healthy(t, s)
		}
	})
}

// TestClaimedPayloadIsNotAllocated announces payloads of the largest size and
// sends little of them, on many connections.
func TestClaimedPayloadIsNotAllocated(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		const peers, claimed = 200, 1 << 20
		s := proc.Start(t, target, proc.Options{})
		before := rss(t, s)
		for range peers {
			conn, in := dial(t, s)
			if _, err := io.WriteString(conn, "CONNECT {\"verbose\":false}\r\nPING\r\nPUB foo "+strconv.Itoa(claimed)+"\r\nabc"); err != nil {
				t.Fatal(err)
			}
			if line, err := in.ReadString('\n'); line != "PONG\r\n" {
				t.Fatalf("%q, %v", line, err)
			}
		}
		if target == proc.Dunlin {
			if grown := rss(t, s) - before; grown > peers*claimed/4 {
				t.Errorf("memory grew by %d MiB for %d MiB that were only claimed", grown/mib, peers*claimed/mib)
			}
		}
		healthy(t, s)
	})
}

// TestDribbleIsCutOff sends a few bytes now and then and answers no PING: what
// is no complete operation does not keep a connection alive, however long it
// goes on.
func TestDribbleIsCutOff(t *testing.T) {
	t.Parallel()
	const hello = "CONNECT {\"verbose\":false}\r\n"
	for _, test := range []struct{ name, begin, drop string }{
		{name: "before CONNECT", begin: "CONNECT ", drop: "x"},
		{name: "a line", begin: hello + "SUB ", drop: "x"},
		{name: "a payload", begin: hello + "PUB foo 100000\r\n", drop: "x"},
		{name: "a payload after PING", begin: hello + "PING\r\nPUB foo 100000\r\n", drop: "x"},
		{name: "nothing of meaning", begin: hello + "PING\r\n", drop: "+OK\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			proc.Each(t, func(t *testing.T, target *proc.Target) {
				s := proc.Start(t, target, proc.Options{Config: "ping_interval: \"200ms\"\nping_max: 2\n"})
				conn, in := dial(t, s)
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					io.Copy(io.Discard, in)
				}()
				if _, err := io.WriteString(conn, test.begin); err != nil {
					t.Fatal(err)
				}
				dribble(t, conn, test.drop, ended)
				healthy(t, s)
			})
		})
	}
}

// dribble sends drops until ended is closed, which must happen in time.
func dribble(t *testing.T, conn net.Conn, drop string, ended <-chan struct{}) {
	t.Helper()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(5 * time.Second)
	for {
		select {
		case <-ended:
			return
		case <-deadline:
			t.Fatal("a dribbling peer is still there")
		case <-tick.C:
			io.WriteString(conn, drop)
		}
	}
}

// TestHalfPayloadIsCutOff stops in the middle of a payload and is gone after
// the last unanswered PING.
func TestHalfPayloadIsCutOff(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{Config: "ping_interval: \"300ms\"\nping_max: 1\n"})
		conn, in := dial(t, s)
		if _, err := io.WriteString(conn, "CONNECT {\"verbose\":false}\r\nPUB foo 100\r\nhalf"); err != nil {
			t.Fatal(err)
		}
		if text := cutOff(t, in); !strings.Contains(text, "-ERR 'Stale Connection'") {
			t.Errorf("said %q", text)
		}
		healthy(t, s)
	})
}

// TestSilentCrowdIsCheap keeps thousands of connections that never speak.
func TestSilentCrowdIsCheap(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		const crowd = 2000
		s := proc.Start(t, target, proc.Options{Config: "ping_interval: \"1s\"\nping_max: 1\n"})
		before := rss(t, s)
		conns := make([]net.Conn, crowd)
		for i := range conns {
			conn, err := net.DialTimeout("tcp", s.Addr(), proc.Patience)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conns[i] = conn
		}
		each := (rss(t, s) - before) / crowd
		t.Logf("%d bytes of resident memory for each silent connection", each)
		if most := 48 << 10; each > most {
			t.Errorf("%d bytes for each silent connection, at most %d are bearable", each, most)
		}
		healthy(t, s)
		for _, conn := range conns {
			conn.SetReadDeadline(time.Now().Add(proc.Patience))
			cutOff(t, conn)
		}
	})
}

// TestStalledSubscriberHarmsNobody has one of three subscribers not read: it
// is disconnected and the others get everything.
func TestStalledSubscriberHarmsNobody(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		const count = 3000
		s := proc.Start(t, target, proc.Options{Config: "max_pending: 4MB\nmax_payload: 1MB\nwrite_deadline: \"2s\"\n"})
		stalled, in := dial(t, s)
		if _, err := io.WriteString(stalled, "CONNECT {\"verbose\":false}\r\nSUB flood 1\r\nPING\r\n"); err != nil {
			t.Fatal(err)
		}
		if line, err := in.ReadString('\n'); line != "PONG\r\n" {
			t.Fatalf("%q, %v", line, err)
		}
		var subs []*nats.Subscription
		for range 2 {
			nc, err := nats.Connect(s.URL())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(nc.Close)
			sub, err := nc.SubscribeSync("flood")
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(sub.SetPendingLimits(-1, -1), nc.Flush()); err != nil {
				t.Fatal(err)
			}
			subs = append(subs, sub)
		}
		pub, err := nats.Connect(s.URL())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pub.Close)
		payload := make([]byte, 8<<10)
		for range count {
			if err := pub.Publish("flood", payload); err != nil {
				t.Fatal(err)
			}
		}
		for _, sub := range subs {
			for i := range count {
				if _, err := sub.NextMsg(proc.Patience); err != nil {
					t.Fatalf("message %d of %d: %v", i, count, err)
				}
			}
		}
		s.WaitLog(t, "Slow Consumer Detected")
		cutOff(t, stalled)
	})
}

// TestWriteDeadlineEndsStalledSubscriber has a subscriber that stops reading
// while far less than max_pending waits for it.
func TestWriteDeadlineEndsStalledSubscriber(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{Config: "max_pending: 256MB\nwrite_deadline: \"200ms\"\n"})
		stalled, in := dial(t, s)
		if _, err := io.WriteString(stalled, "CONNECT {\"verbose\":false}\r\nSUB flood 1\r\nPING\r\n"); err != nil {
			t.Fatal(err)
		}
		if line, err := in.ReadString('\n'); line != "PONG\r\n" {
			t.Fatalf("%q, %v", line, err)
		}
		pub, err := nats.Connect(s.URL())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pub.Close)
		payload := make([]byte, mib)
		for range 24 {
			if err := pub.Publish("flood", payload); err != nil {
				t.Fatal(err)
			}
		}
		line := s.WaitLog(t, "Slow Consumer Detected")
		if !regexp.MustCompile(`WriteDeadline of 200ms exceeded with \d+ chunks of \d+ total bytes`).MatchString(line) {
			t.Errorf("logged %q", line)
		}
		cutOff(t, in)
		healthy(t, s)
	})
}

// TestTLSRateLimitIsTold opens more connections at once than the server takes
// in a second: those too many are told in clear.
func TestTLSRateLimitIsTold(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{
			Files:  certs.Default().Files,
			Config: "tls { cert_file: \"server.pem\", key_file: \"server.key\", connection_rate_limit: 1 }\n",
		})
		// Where the window of a second begins is the server's affair, so the
		// second connection may still be taken; one of many will not.
		for range 100 {
			conn, in := dial(t, s)
			conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			line, err := in.ReadString('\n')
			if errors.Is(err, os.ErrDeadlineExceeded) {
				continue // taken: it waits for our handshake
			}
			if line != "-ERR 'Connection throttling is active. Please try again later.'\r\n" {
				t.Errorf("said %q, %v", line, err)
			}
			conn.SetReadDeadline(time.Now().Add(proc.Patience))
			cutOff(t, in)
			return
		}
		t.Error("nobody was refused")
	})
}

// TestGarbageIsCutOff throws bytes of other protocols at the port.
func TestGarbageIsCutOff(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{})
		for name, bytes := range map[string]string{
			"TLS hello": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
			"HTTP":      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
			"SSH":       "SSH-2.0-OpenSSH_9.6\r\n",
			"MQTT":      "\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00",
			"zeros":     strings.Repeat("\x00", 4096),
			"Redis":     "*1\r\n$4\r\nPING\r\n",
		} {
			conn, in := dial(t, s)
			if _, err := io.WriteString(conn, bytes); err != nil {
				t.Fatal(err)
			}
			if text := cutOff(t, in); text != "-ERR 'Unknown Protocol Operation'\r\n" {
				t.Errorf("%s: said %q", name, text)
			}
		}
		healthy(t, s)
	})
}
