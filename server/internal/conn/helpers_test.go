package conn

import (
	"bytes"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m, chunk.Held)) }

// patience bounds waits that end at once when all is well.
const patience = 20 * time.Second

// session is a scripted [Session]. Its zero value discards what it receives.
type session struct {
	receive  func(b []byte, owner *chunk.Chunk) (used, need int, err error)
	deadline time.Duration // 0 means patience
	goOn     bool          // after a stalled write

	mu        sync.Mutex
	stalls    []WriteStall
	recovered []time.Duration
}

func (s *session) Receive(b []byte, owner *chunk.Chunk) (int, int, error) {
	if s.receive == nil {
		return len(b), 0, nil
	}
	return s.receive(b, owner)
}

func (s *session) WriteDeadline() time.Duration {
	if s.deadline == 0 {
		return patience
	}
	return s.deadline
}

func (s *session) WriteStalled(w WriteStall) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stalls = append(s.stalls, w)
	return s.goOn
}

func (s *session) WriteRecovered(late time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recovered = append(s.recovered, late)
}

func (s *session) late() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Duration(nil), s.recovered...)
}

func (s *session) stalled() []WriteStall {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]WriteStall(nil), s.stalls...)
}

// tcpPair returns both ends of a TCP connection. With small set, the kernel
// buffers little between them.
func tcpPair(t testing.TB, small bool) (server, client *net.TCPConn) {
	t.Helper()
	var lc net.ListenConfig
	var d net.Dialer
	if small {
		lc.Control, d.Control = smallBuffers, smallBuffers
	}
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	near, err := d.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close(); far.Close() })
	return far.(*net.TCPConn), near.(*net.TCPConn)
}

// serve runs the read loop and the end of c, and reports when nothing is left
// of it. What Serve returned is in the channel.
func serve(c *Conn) <-chan error {
	ended := make(chan error, 1)
	go func() {
		err := c.Serve()
		c.Close(err, nil)
		c.Finish()
		ended <- err
	}()
	return ended
}

// await returns what comes out of a channel.
func await[T any](t testing.TB, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		t.Fatal("nothing happens")
		panic("unreachable")
	}
}

// eventually waits for a condition that other goroutines bring about.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !cond(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// idle reports whether everything is written and nobody owns the outbox.
func (o *Outbox) idle() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.owned && o.pending == 0 && o.bytes.size == 0
}

// pattern returns n bytes that differ from their neighbours and from those of
// another seed.
func pattern(seed, n int) []byte {
	b := make([]byte, n)
	x := uint32(seed)*2654435761 + 1
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}
	return b
}

// collector gathers everything a session receives.
type collector struct {
	mu  sync.Mutex
	buf bytes.Buffer
	n   atomic.Int64
}

func (c *collector) receive(b []byte, _ *chunk.Chunk) (int, int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.buf.Write(b)
	c.n.Add(int64(len(b)))
	return len(b), 0, nil
}

func (c *collector) bytes() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Clone(c.buf.Bytes())
}
