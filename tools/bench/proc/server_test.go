package proc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// childMode tells a copy of the test binary to play a server; see TestMain.
const childMode = "BENCH_PROC_TEST_CHILD"

// TestMain lets the test binary stand in for a server: no real one is needed to test the
// starting and stopping.
func TestMain(m *testing.M) {
	switch os.Getenv(childMode) {
	case "greets":
		if port := webSocketPort(); port != "" {
			go serveGreeting(port)
		}
		serveGreeting(os.Args[len(os.Args)-1])
	case "exits":
		fmt.Fprintln(os.Stderr, "cannot open the pod bay doors")
		os.Exit(1)
	default:
		os.Exit(m.Run())
	}
}

// webSocketPort finds the port of the WebSocket listener in the configuration file.
func webSocketPort() string {
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	m := regexp.MustCompile(`(?m)^websocket \{.* port: (\d+),`).FindSubmatch(text)
	if m == nil {
		return ""
	}
	return string(m[1])
}

// serveGreeting listens on the port and greets, until it is killed.
func serveGreeting(port string) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			os.Exit(1)
		}
		fmt.Fprintf(c, "INFO {} \r\n")
		c.Close()
	}
}

func TestServerLife(t *testing.T) {
	t.Setenv(childMode, "greets")
	s, err := Start(t.Context(), os.Args[0], Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := s.dir
	if err := greet(t.Context(), s.Addr()); err != nil {
		t.Error(err)
	}
	if runtime.GOOS == "linux" {
		if d, err := s.CPU(); err != nil || d <= 0 {
			t.Errorf("CPU = %v, %v", d, err)
		}
		if n, err := s.RSS(); err != nil || n < 1<<20 {
			t.Errorf("RSS = %d, %v", n, err)
		}
	}
	s.Stop()
	s.Stop() // a second one does no harm
	if s.cmd.ProcessState == nil {
		t.Error("process was not reaped")
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("directory left behind: %v", err)
	}
}

func TestServerListensForWebSocketsIfAsked(t *testing.T) {
	t.Setenv(childMode, "greets")
	for _, asked := range []bool{false, true} {
		s, err := Start(t.Context(), os.Args[0], Options{WebSocket: asked})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Stop()
		if got := s.WebSocketAddr() != ""; got != asked {
			t.Errorf("asked %t, address is %q", asked, s.WebSocketAddr())
		}
		if !asked {
			continue
		}
		if err := greet(t.Context(), s.WebSocketAddr()); err != nil {
			t.Error(err)
		}
	}
}

func TestServerEndsWithItsContext(t *testing.T) {
	t.Setenv(childMode, "greets")
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Start(ctx, os.Args[0], Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	cancel()
	<-s.done
}

func TestStartQuotesTheLogOfAServerThatExits(t *testing.T) {
	t.Setenv(childMode, "exits")
	_, err := Start(t.Context(), os.Args[0], Options{})
	if err == nil || !strings.Contains(err.Error(), "pod bay doors") {
		t.Errorf("error is %v", err)
	}
}

func TestStartRefusesWhatCannotRun(t *testing.T) {
	t.Parallel()
	if _, err := Start(t.Context(), "/nonexistent/server", Options{}); err == nil {
		t.Error("no error")
	}
}

func TestCPUGrowsWithWork(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("Linux only")
	}
	before, err := CPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for x := 0; time.Now().Before(deadline); x++ {
		if x%1_000_000 != 0 {
			continue
		}
		now, err := CPU(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		if now-before > time.Millisecond {
			return
		}
	}
	t.Error("ten busy seconds added less than 1 ms of processor time")
}

func TestCPUOfNobodyIsAnError(t *testing.T) {
	t.Parallel()
	// No process number reaches this far, and the clock's name has room for it.
	if _, err := CPU(1 << 27); err == nil {
		t.Error("no error")
	}
}
