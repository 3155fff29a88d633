package logging

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// maskSyslog replaces the date, the host and the process.
func maskSyslog(t *testing.T, packet string) string {
	t.Helper()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	packet = strings.ReplaceAll(packet, " "+host+" ", " HOST ")
	packet = strings.ReplaceAll(packet, fmt.Sprintf("[%d]", os.Getpid()), "[PID]")
	packet = regexp.MustCompile(`>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d) `).ReplaceAllString(packet, ">LONG ")
	return regexp.MustCompile(`>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d `).ReplaceAllString(packet, ">SHORT ")
}

// receive returns the next n packets.
func receive(t *testing.T, conn net.PacketConn, n int) []string {
	t.Helper()
	var got []string
	buf := make([]byte, 1<<17)
	for range n {
		if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, _, err := conn.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, maskSyslog(t, string(buf[:n])))
	}
	return got
}

func listenPacket(t *testing.T, network, addr string) net.PacketConn {
	t.Helper()
	conn, err := net.ListenPacket(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// socketDir returns a directory whose path is short enough for sockets.
func socketDir(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		t.Skip("no local sockets")
	}
	dir, err := os.MkdirTemp("", "log")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func TestRemoteSyslogGetsPackets(t *testing.T) {
	t.Parallel()
	conn := listenPacket(t, "udp", "127.0.0.1:0")
	l := open(t, Config{RemoteSyslog: "udp://" + conn.LocalAddr().String(), Tag: "dunlin", Debug: true, Trace: true})
	everyLevel(l)
	l.Infof("a\nb")
	want := []string{
		"<5>LONG HOST dunlin[PID]: Server is ready\n",
		"<4>LONG HOST dunlin[PID]: w 1\n",
		"<3>LONG HOST dunlin[PID]: e\n",
		"<7>LONG HOST dunlin[PID]: d\n",
		"<5>LONG HOST dunlin[PID]: <<- [PING]\n",
		"<2>LONG HOST dunlin[PID]: f\n",
		"<7>LONG HOST dunlin[PID]: 127.0.0.1:52468 - cid:80 - \"v1.2:go:name\" - \"ACC/user:name\" - Client connection created\n",
		"<5>LONG HOST dunlin[PID]: [::1]:1 - rid:2 - x\n",
		"<5>LONG HOST dunlin[PID]: a\\nb\n",
	}
	if diff := cmp.Diff(want, receive(t, conn, len(want))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestHugeLineIsCutToAPacket(t *testing.T) {
	t.Parallel()
	conn := listenPacket(t, "udp", "127.0.0.1:0")
	l := open(t, Config{RemoteSyslog: "udp://" + conn.LocalAddr().String(), Tag: "dunlin"})
	l.Infof("%s", strings.Repeat("x", 1<<20))
	got := receive(t, conn, 1)[0]
	if n := strings.Count(got, "x"); n != maxDatagram || !strings.HasSuffix(got, "x...\n") {
		t.Errorf("%d bytes of text, ending in %q", n, got[len(got)-10:])
	}
}

func TestLocalSyslogGetsShortHeaders(t *testing.T) {
	t.Parallel()
	path := filepath.Join(socketDir(t), "s")
	conn := listenPacket(t, "unixgram", path)
	s, err := dialLocalSyslog([]string{path + "-missing", path}, "dunlin")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if err := s.write(Warn, []byte("w\n")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"<28>SHORT dunlin[PID]: w\n"}, receive(t, conn, 1)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestUnixURLIsAStreamWithShortHeaders(t *testing.T) {
	t.Parallel()
	path := filepath.Join(socketDir(t), "s")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	l := open(t, Config{RemoteSyslog: "unix://" + path, Tag: "dunlin", JSON: true, NoTime: true})
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	l.Errorf("x")
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	want := "<3>SHORT dunlin[PID]: {\"level\":\"error\",\"pid\":" + fmt.Sprint(os.Getpid()) + ",\"msg\":\"x\"}\n"
	if diff := cmp.Diff(want, maskSyslog(t, line)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSyslogThatCannotBeReachedIsRefused(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	for url, want := range map[string]string{
		"foo://x":       `error invalid network type: "foo"`,
		"127.0.0.1:514": `parse "127.0.0.1:514": first path segment in URL cannot contain colon`,
		"tcp://" + addr: `error connecting to syslog: "dial tcp ` + addr + `: connect: connection refused"`,
	} {
		_, err := New(Config{RemoteSyslog: url})
		if err == nil || err.Error() != want && runtime.GOOS != "windows" {
			t.Errorf("%s: got %v, want %s", url, err, want)
		}
	}
	if _, err := dialLocalSyslog(nil, "x"); err == nil || err.Error() != `error connecting to syslog: "Unix syslog delivery error"` {
		t.Errorf("no local daemon: %v", err)
	}
}

func TestSyslogIsDialledAgain(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var buf lockedBuffer
	l := open(t, Config{RemoteSyslog: "tcp://" + ln.Addr().String(), Tag: "dunlin", Stderr: &buf, NoTime: true})
	first, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	// A reset makes the next writes fail, if not the very next one.
	if err := first.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	first.Close()
	var fallback []string
	for deadline := time.Now().Add(10 * time.Second); len(fallback) == 0 && time.Now().Before(deadline); {
		l.Warnf("lost")
		fallback = append(fallback, masked(buf.take())...)
	}
	if len(fallback) != 2 || !strings.HasPrefix(fallback[0], "[PID] [ERR] Log goes to standard error, because writing to tcp://") || fallback[1] != "[PID] [WRN] lost\n" {
		t.Fatalf("standard error got %q", fallback)
	}
	second, err := ln.Accept() // the dialer comes back
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(second).ReadString('\n')
		lines <- line
	}()
	for {
		l.Warnf("found")
		select {
		case line := <-lines:
			if diff := cmp.Diff("<4>LONG HOST dunlin[PID]: found\n", maskSyslog(t, line)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			return
		case <-time.After(time.Millisecond):
		}
	}
}

func TestStalledPeerCostsOneDeadlineUntilItIsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var peers []net.Conn
		dials := 0
		s := &syslog{tag: "x", dial: func(context.Context) (net.Conn, error) {
			if dials++; dials == 2 {
				return nil, errors.New("unreachable")
			}
			ours, theirs := net.Pipe()
			peers = append(peers, theirs)
			return ours, nil
		}}
		if _, err := s.start(); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := s.write(Info, []byte("1\n")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("nobody reads: %v", err)
		}
		if took := time.Since(start); took != syslogWriteTimeout {
			t.Errorf("write took %v", took)
		}
		synctest.Wait() // the second dial fails
		start = time.Now()
		if err := s.write(Info, []byte("2\n")); !errors.Is(err, errNotConnected) || time.Since(start) != 0 {
			t.Errorf("no connection: %v after %v", err, time.Since(start))
		}
		time.Sleep(syslogRedialPause)
		synctest.Wait()
		if len(peers) != 2 {
			t.Fatalf("%d connections, want 2", len(peers))
		}
		read := make(chan string)
		go func() {
			buf := make([]byte, 100)
			n, _ := peers[1].Read(buf)
			read <- string(buf[:n])
		}()
		if err := s.write(Info, []byte("3\n")); err != nil {
			t.Error(err)
		}
		if got := <-read; !strings.HasSuffix(got, ": 3\n") {
			t.Errorf("got %q", got)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestClosingEndsTheDialer(t *testing.T) {
	t.Parallel()
	conn := listenPacket(t, "udp", "127.0.0.1:0")
	s, err := dialRemoteSyslog("udp://"+conn.LocalAddr().String(), "x")
	if err != nil {
		t.Fatal(err)
	}
	s.dial = func(ctx context.Context) (net.Conn, error) { return nil, errors.New("unreachable") }
	s.reconnect(s.conn)
	if err := s.write(Info, []byte("x\n")); !errors.Is(err, errNotConnected) {
		t.Errorf("write without a connection: %v", err)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	s.dialer.Wait() // returns at once, or the test times out
}
