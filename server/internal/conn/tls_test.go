package conn

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// echo makes a session that sends back what it receives.
func echo(c **Conn) *session {
	return &session{receive: func(b []byte, _ *chunk.Chunk) (int, int, error) {
		(*c).out.Put(b)
		(*c).Flush()
		return len(b), 0, nil
	}}
}

func TestLargeTransfersBothWaysAtOnce(t *testing.T) {
	t.Parallel()
	size := 4 << 20
	if underRace { // which takes 50 times as long to compress
		size = 512 << 10
	}
	for _, nw := range networks() {
		t.Run(nw.name, func(t *testing.T) {
			t.Parallel()
			var c *Conn
			c, peer := nw.open(t, echo(&c), 1<<30)
			peer.SetDeadline(time.Now().Add(patience))
			ended := serve(c)
			want := pattern(1, size)
			sent := make(chan error, 1)
			go func() {
				_, err := peer.Write(want)
				sent <- err
			}()
			got := make([]byte, len(want))
			if _, err := io.ReadFull(peer, got); err != nil {
				t.Fatal(err)
			}
			if err := await(t, sent); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(want, got) {
				t.Error("other bytes come back")
			}
			eventually(t, "nothing is pending", c.out.idle)
			peer.Close()
			await(t, ended)
		})
	}
}

func TestIdleConnectionHoldsNoBuffer(t *testing.T) {
	t.Parallel()
	for _, nw := range networks()[:2] {
		t.Run(nw.name, func(t *testing.T) { // one after the other: see idleLoop
			var got collector
			c, peer := nw.open(t, &session{receive: got.receive}, 1<<20)
			ended := make(chan [2]int, 1)
			go idleLoop(c, ended)
			want := pattern(1, 300_000)
			peer.Write(want)
			eventually(t, "everything was received and the loop waits", func() bool {
				return got.n.Load() == int64(len(want)) && idleLoopWaits()
			})
			c.nc.SetReadDeadline(aLongTimeAgo) // wakes it
			if diff := cmp.Diff([2]int{}, await(t, ended)); diff != "" {
				t.Errorf("held while waiting, wire and plain: %s", diff)
			}
		})
	}
}

// idleLoop reads until it is woken, and reports the sizes of the buffers that
// it holds then. Its name marks the goroutine for idleLoopWaits.
//
//go:noinline
func idleLoop(c *Conn, ended chan<- [2]int) {
	err := c.loop()
	ended <- [2]int{c.wire.capacity(), c.plain.capacity()}
	c.Close(err, nil)
	c.Finish()
}

// idleLoopWaits reports whether idleLoop waits for its socket.
func idleLoopWaits() bool {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		if strings.Contains(stack, "conn.idleLoop(") {
			return strings.Contains(stack, "[IO wait")
		}
	}
	return false
}

// held keeps back what a client writes until it reads, or says so.
type held struct {
	net.Conn
	w *bufio.Writer
}

func (h *held) Write(b []byte) (int, error) { return h.w.Write(b) }

func (h *held) Read(b []byte) (int, error) {
	if err := h.w.Flush(); err != nil {
		return 0, err
	}
	return h.Conn.Read(b)
}

func TestBytesAroundTheHandshakeAreNotLost(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t, false)
	client.SetDeadline(time.Now().Add(patience))
	c := New(server, 1<<20, false)
	c.Attach(echo(&c))
	h := &held{client, bufio.NewWriterSize(client, 64<<10)}
	tc := tls.Client(h, clientTLS())
	want := pattern(1, 20_000)
	done := make(chan error, 1)
	go func() {
		err := tc.Handshake()
		if err == nil {
			// In one piece with the last message of the handshake.
			_, err = tc.Write(want)
		}
		done <- errors.Join(err, h.w.Flush())
	}()
	// The ClientHello was looked at before.
	if err := c.Prefetch(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.StartTLS(serverTLS(), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if err := await(t, done); err != nil {
		t.Fatal(err)
	}
	ended := serve(c)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(tc, got); err != nil || !bytes.Equal(want, got) {
		t.Errorf("what came with the handshake does not come back: %v", err)
	}
	tc.Close()
	await(t, ended)
}

func TestSilentHandshakeEndsWithItsDeadline(t *testing.T) {
	t.Parallel()
	server, _ := tcpPair(t, false)
	c := New(server, 1<<20, false)
	c.Attach(&session{})
	_, err := c.StartTLS(serverTLS(), time.Now().Add(10*time.Millisecond))
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("StartTLS returns %v", err)
	}
	c.Abort(err)
	c.Finish()
}

func TestGarbageAfterTheHandshakeEndsTheConnection(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, sends string }{
		{"no record", "PUB foo 1\r\nx\r\nPUB foo 1\r\nx\r\n"},
		{"a record that does not decrypt", "\x17\x03\x03\x00\x20" + string(pattern(1, 32))},
		{"a record longer than any", "\x17\x03\x03\xff\xff" + string(pattern(1, 70_000))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server, client := tcpPair(t, false)
			c := New(server, 1<<20, false)
			c.Attach(&session{})
			tc := handshake(t, c, client, clientTLS())
			ended := serve(c)
			client.Write([]byte(tt.sends))
			if err := await(t, ended); err == nil || err == io.EOF {
				t.Errorf("Serve returns %v", err)
			}
			var alert *net.OpError
			if _, err := tc.Read(make([]byte, 1)); !errors.As(err, &alert) || alert.Op != "remote error" {
				t.Errorf("the client sees %v instead of an alert", err)
			}
		})
	}
}

func TestClientThatClosesItsTLSIsGone(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t, false)
	c := New(server, 1<<20, false)
	c.Attach(&session{})
	tc := handshake(t, c, client, clientTLS())
	ended := serve(c)
	tc.CloseWrite()
	if err := await(t, ended); err != io.EOF {
		t.Errorf("Serve returns %v", err)
	}
	if _, err := tc.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the client sees %v instead of a close_notify", err)
	}
}

func TestSessionsResume(t *testing.T) {
	t.Parallel()
	cfg := clientTLS()
	cfg.ServerName = "localhost"
	cfg.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	for i, want := range []bool{false, true} {
		server, client := tcpPair(t, false)
		c := New(server, 1<<20, false)
		c.Attach(echo(&c))
		tc := handshake(t, c, client, cfg)
		ended := serve(c)
		tc.Write([]byte("x"))
		io.ReadFull(tc, make([]byte, 1)) // tickets come before
		if diff := cmp.Diff(want, tc.ConnectionState().DidResume); diff != "" {
			t.Errorf("connection %d resumed: %s", i, diff)
		}
		tc.Close()
		await(t, ended)
	}
}

func TestHandshakeWaitsForTheGreeting(t *testing.T) {
	t.Parallel()
	const greeting = "INFO {}\r\n"
	for _, nw := range networks() {
		if nw.name != "tcp" && nw.name != "pipe" {
			continue
		}
		t.Run(nw.name, func(t *testing.T) {
			t.Parallel()
			c, client := nw.open(t, &session{}, 1<<20)
			c.Hello([]byte(greeting))
			done := make(chan error, 1)
			go func() {
				got := make([]byte, len(greeting))
				io.ReadFull(client, got)
				if string(got) != greeting {
					t.Errorf("greeted with %q", got)
				}
				done <- tls.Client(client, clientTLS()).Handshake()
			}()
			if _, err := c.StartTLS(serverTLS(), time.Now().Add(patience)); err != nil {
				t.Error(err)
			}
			if err := await(t, done); err != nil {
				t.Error(err)
			}
			c.Abort(io.EOF)
			c.Finish()
		})
	}
}

func TestHandshakeDoesNotWaitForeverForTheGreeting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, client := net.Pipe()
		c := New(server, 1<<20, false)
		c.Attach(&session{deadline: time.Hour})
		c.Hello([]byte("nobody reads this"))
		if _, err := c.StartTLS(serverTLS(), time.Now().Add(time.Minute)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("StartTLS returns %v", err)
		}
		c.Abort(io.EOF)
		c.Finish()
		client.Close()
	})
}
