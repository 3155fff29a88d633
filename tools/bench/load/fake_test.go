package load

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/tools/bench/proc"
)

// TestMain fails the package if goroutines outlive the tests that started them.
func TestMain(m *testing.M) {
	code := m.Run()
	if f := flag.Lookup("test.fuzz"); f != nil && f.Value.String() != "" {
		os.Exit(code) // package testing leaves goroutines of its own when it fuzzes
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > 1; runtime.Gosched() {
		if code == 0 && time.Now().After(deadline) {
			stacks := make([]byte, 64<<10)
			fmt.Printf("goroutines left behind:\n%s\n", stacks[:runtime.Stack(stacks, true)])
			code = 1
		}
		if code != 0 {
			break
		}
	}
	os.Exit(code)
}

// fakeServer is the least that a load needs to run against: exact subjects, queue groups served
// by their first member, and hooks to misbehave.
type fakeServer struct {
	listener   net.Listener
	webSockets net.Listener
	// tamper, if set, sees every delivery before it is written and returns what is written.
	tamper func(nth int, msg []byte) []byte

	mu        sync.Mutex
	subs      map[string][]fakeSub
	conns     []net.Conn
	delivered int
	running   sync.WaitGroup
}

type fakeSub struct {
	conn       net.Conn
	queue, sid string
}

func newFakeServer(t *testing.T, tamper func(nth int, msg []byte) []byte) *fakeServer {
	t.Helper()
	var listeners [2]net.Listener
	for i := range listeners {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners[i] = l
	}
	f := &fakeServer{listener: listeners[0], webSockets: listeners[1], tamper: tamper, subs: make(map[string][]fakeSub)}
	f.running.Go(func() { f.accept(f.listener, f.serve) })
	f.running.Go(func() { f.accept(f.webSockets, f.serveWebSocket) })
	t.Cleanup(func() {
		for _, l := range listeners {
			l.Close()
		}
		f.mu.Lock()
		for _, c := range f.conns {
			c.Close()
		}
		f.mu.Unlock()
		f.running.Wait()
	})
	return f
}

func (f *fakeServer) Addr() string { return f.listener.Addr().String() }

func (f *fakeServer) WebSocketAddr() string { return f.webSockets.Addr().String() }

// CPU and RSS are those of the test itself, where the system tells them.
func (f *fakeServer) CPU() (time.Duration, error) { return proc.CPU(os.Getpid()) }
func (f *fakeServer) RSS() (int64, error)         { return proc.RSS(os.Getpid()) }

func (f *fakeServer) accept(l net.Listener, serve func(net.Conn)) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.conns = append(f.conns, c)
		f.mu.Unlock()
		f.running.Go(func() {
			defer c.Close()
			serve(c)
		})
	}
}

func (f *fakeServer) serve(c net.Conn) {
	fmt.Fprintf(c, "INFO {} \r\n")
	r := bufio.NewReader(c)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		args := strings.Fields(line)
		if len(args) == 0 {
			return
		}
		switch args[0] {
		case "PING":
			f.mu.Lock()
			io.WriteString(c, "PONG\r\n")
			f.mu.Unlock()
		case "SUB":
			s := fakeSub{conn: c, sid: args[len(args)-1]}
			if len(args) == 4 {
				s.queue = args[2]
			}
			f.mu.Lock()
			f.subs[args[1]] = append(f.subs[args[1]], s)
			f.mu.Unlock()
		case "PUB":
			size, err := strconv.Atoi(args[len(args)-1])
			if err != nil {
				return
			}
			body := make([]byte, size+2)
			if _, err := io.ReadFull(r, body); err != nil {
				return
			}
			f.deliver(args[1:], body)
		}
	}
}

// deliver takes the arguments of a PUB: subject, perhaps a reply subject, and size.
func (f *fakeServer) deliver(args []string, body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	served := make(map[string]bool)
	for _, s := range f.subs[args[0]] {
		if s.queue != "" && served[s.queue] {
			continue
		}
		served[s.queue] = true
		msg := fmt.Appendf(nil, "MSG %s %s %s\r\n%s", args[0], s.sid, strings.Join(args[1:], " "), body)
		if f.tamper != nil {
			msg = f.tamper(f.delivered, bytes.Clone(msg))
		}
		f.delivered++
		s.conn.Write(msg)
	}
}
