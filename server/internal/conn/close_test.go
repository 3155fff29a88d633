package conn

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

var errTest = errors.New("enough of it")

const lastWords = "-ERR 'Enough'\r\n"

func TestCloseDeliversWhatIsQueuedAndTheLastWords(t *testing.T) {
	t.Parallel()
	for _, nw := range networks() {
		t.Run(nw.name, func(t *testing.T) {
			t.Parallel()
			c, peer := nw.open(t, &session{}, 1<<20)
			peer.SetDeadline(time.Now().Add(patience))
			ended := serve(c)
			c.out.Put([]byte("queued "))
			c.Close(errTest, []byte(lastWords))
			c.Close(io.ErrNoProgress, []byte("later ones are not heard"))
			got, err := io.ReadAll(peer)
			if err != nil {
				t.Errorf("the stream does not end well: %v", err)
			}
			if diff := cmp.Diff("queued "+lastWords, string(got)); diff != "" {
				t.Error(diff)
			}
			peer.Close()
			await(t, ended)
			if !errors.Is(c.Cause(), errTest) {
				t.Errorf("cause %v", c.Cause())
			}
			if v := c.out.Put([]byte("x")); v != 0 {
				t.Errorf("a closed connection takes bytes: %b", v)
			}
		})
	}
}

// A peer that goes on sending, and looks at what it got only afterwards, still
// finds the reason, and after it an end, not a reset.
func TestLastWordsReachAPeerThatGoesOnSending(t *testing.T) {
	t.Parallel()
	for _, nw := range networks()[:2] {
		t.Run(nw.name, func(t *testing.T) {
			t.Parallel()
			var once sync.Once
			closed := make(chan bool)
			var c *Conn
			s := &session{receive: func(b []byte, _ *chunk.Chunk) (int, int, error) {
				once.Do(func() { close(closed) })
				c.Close(errTest, []byte(lastWords))
				return 0, 0, errTest
			}}
			c, peer := nw.open(t, s, 1<<20)
			peer.SetDeadline(time.Now().Add(patience))
			ended := serve(c)
			for range 3 {
				if _, err := peer.Write(make([]byte, 5000)); err != nil {
					t.Fatalf("sending: %v", err)
				}
			}
			<-closed
			if _, err := peer.Write(make([]byte, 100_000)); err != nil {
				t.Errorf("sending to a closed connection: %v", err)
			}
			got, err := io.ReadAll(peer)
			if err != nil {
				t.Errorf("the stream does not end well: %v", err)
			}
			if diff := cmp.Diff(lastWords, string(got)); diff != "" {
				t.Error(diff)
			}
			peer.Close()
			await(t, ended)
		})
	}
}

// A peer that neither closes nor stops costs a bounded time and reading.
func TestLingeringIsBounded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		peer func(net.Conn)
	}{
		{"silent", func(net.Conn) {}},
		{"flooding", func(peer net.Conn) {
			for block := make([]byte, 64<<10); ; {
				if _, err := peer.Write(block); err != nil {
					return
				}
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server, peer := tcpPair(t, false)
			c := New(server, 1<<20, false)
			c.Attach(&session{})
			ended := serve(c)
			var flood sync.WaitGroup
			flood.Go(func() { tt.peer(peer) })
			start := time.Now()
			c.Close(errTest, []byte(lastWords))
			await(t, ended)
			if took := time.Since(start); took < lingerTime/2 || took > 10*lingerTime {
				t.Errorf("lingered for %v", took)
			}
			flood.Wait()
		})
	}
}

func TestWithoutLastWordsNobodyLingers(t *testing.T) {
	t.Parallel()
	server, peer := tcpPair(t, false)
	c := New(server, 1<<20, false)
	c.Attach(&session{})
	ended := serve(c)
	start := time.Now()
	c.Close(errTest, nil)
	await(t, ended)
	if took := time.Since(start); took > lingerTime/2 {
		t.Errorf("took %v", took)
	}
	if _, err := peer.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the peer sees %v", err)
	}
}

func TestCloseGivesAPeerThatDoesNotReadOnlyTheGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, peer := net.Pipe()
		s := &session{deadline: time.Hour}
		c := New(server, 1<<30, false)
		c.Attach(s)
		ended := serve(c)
		c.out.Put(make([]byte, 5*roundMax))
		c.Flush()
		time.Sleep(time.Minute) // the writer waits for the peer
		start := time.Now()
		c.Close(errTest, []byte(lastWords))
		if took := time.Since(start); took != 0 {
			t.Errorf("Close took %v", took)
		}
		go func() { // it takes a little, which earns no more time
			for range 3 {
				time.Sleep(closeGrace / 4)
				io.ReadFull(peer, make([]byte, roundMax))
			}
		}()
		<-ended
		if took := time.Since(start); took != closeGrace {
			t.Errorf("ended after %v", took)
		}
		if len(s.stalled()) != 0 {
			t.Error("the end of the grace is reported as a stalled write")
		}
		if !errors.Is(c.Cause(), errTest) {
			t.Errorf("cause %v", c.Cause())
		}
	})
}

func TestAbortEndsAtOnce(t *testing.T) {
	t.Parallel()
	for _, nw := range networks() {
		t.Run(nw.name, func(t *testing.T) {
			t.Parallel()
			c, _ := nw.open(t, &session{}, 1<<30)
			ended := serve(c)
			c.out.Put(make([]byte, 16<<20)) // the writer waits for the peer
			c.Flush()
			c.Abort(errTest)
			await(t, ended)
			if !errors.Is(c.Cause(), errTest) {
				t.Errorf("cause %v", c.Cause())
			}
			if diff := cmp.Diff(int64(0), c.out.Snapshot().Pending); diff != "" {
				t.Errorf("pending: %s", diff)
			}
		})
	}
}

func TestOverflowEndsWithItsCause(t *testing.T) {
	t.Parallel()
	server, peer := tcpPair(t, true)
	c := New(server, 64<<10, false)
	c.Attach(&session{})
	ended := serve(c)
	block := make([]byte, 1000)
	for c.out.Put(block)&Overflow == 0 {
		c.Flush()
	}
	io.CopyN(io.Discard, peer, 64<<10) // what was queued may drain before somebody acts
	c.Abort(errTest)
	await(t, ended)
	if !errors.Is(c.Cause(), errTest) {
		t.Errorf("cause %v", c.Cause())
	}
}

func TestEndsOfThePeer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		end  func(peer *net.TCPConn)
		want string
	}{
		{"close", func(peer *net.TCPConn) { peer.Close() }, "EOF"},
		{"half-close", func(peer *net.TCPConn) { peer.CloseWrite() }, "EOF"},
		{"reset", func(peer *net.TCPConn) { peer.SetLinger(0); peer.Close() }, "connection reset"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server, peer := tcpPair(t, false)
			c := New(server, 1<<20, false)
			c.Attach(&session{})
			ended := serve(c)
			tt.end(peer)
			if err := await(t, ended); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Serve returns %v", err)
			}
		})
	}
}

func TestAHalfClosedPeerStillGetsWhatIsQueued(t *testing.T) {
	t.Parallel()
	server, peer := tcpPair(t, true)
	want := pattern(1, 50_000)
	var c *Conn
	s := &session{receive: func(b []byte, _ *chunk.Chunk) (int, int, error) {
		c.out.Put(want)
		c.Flush()
		return len(b), 0, nil
	}}
	c = New(server, 1<<20, false)
	c.Attach(s)
	ended := serve(c)
	peer.Write([]byte("x"))
	peer.CloseWrite()
	got, err := io.ReadAll(peer)
	if err != nil || !bytes.Equal(want, got) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	await(t, ended)
}

func TestCloseBeforeServe(t *testing.T) {
	t.Parallel()
	server, peer := tcpPair(t, false)
	c := New(server, 10, false)
	c.Attach(&session{})
	if err := c.Hello([]byte("the greeting is longer than the limit\r\n")); err != nil {
		t.Fatal(err)
	}
	c.Close(errTest, []byte(lastWords))
	ended := serve(c)
	got, err := io.ReadAll(peer)
	if err != nil || string(got) != "the greeting is longer than the limit\r\n"+lastWords {
		t.Errorf("%q, %v", got, err)
	}
	peer.Close()
	if err := await(t, ended); !errors.Is(err, errTest) {
		t.Errorf("Serve returns %v", err)
	}
}

// Whatever comes together, a connection ends once and leaves nothing.
func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	for _, nw := range networks() {
		t.Run(nw.name, func(t *testing.T) {
			t.Parallel()
			for round := range 50 {
				c, peer := nw.open(t, &session{}, 200_000)
				ended := serve(c)
				var all sync.WaitGroup
				all.Go(func() { io.CopyN(io.Discard, peer, int64(round)*5000); peer.Close() })
				for p := range 3 {
					all.Go(func() {
						for range 50 {
							if c.out.Put(make([]byte, 3000))&Overflow != 0 {
								c.Abort(errTest)
							}
							c.Flush()
						}
						if p == round%4 {
							c.Close(errTest, []byte(lastWords))
						}
					})
				}
				all.Go(func() { c.AwaitDrain(time.Millisecond) })
				all.Wait()
				await(t, ended)
				if c.Cause() == nil {
					t.Fatal("no cause")
				}
			}
		})
	}
}

func TestReadDeadlineOfPrefetchIsTakenBack(t *testing.T) {
	t.Parallel()
	server, peer := tcpPair(t, false)
	var got collector
	c := New(server, 1<<20, false)
	c.Attach(&session{receive: got.receive})
	if err := c.Prefetch(time.Now()); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("nobody spoke: %v", err)
	}
	peer.Write([]byte("prefetched"))
	if err := c.Prefetch(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("prefetched", string(c.Prefetched())); diff != "" {
		t.Error(diff)
	}
	if got := c.wire.capacity(); got > 512 {
		t.Errorf("10 bytes wait in %d", got)
	}
	c.Skip(3)
	ended := serve(c)
	peer.Write([]byte(", then more"))
	peer.CloseWrite()
	if err := await(t, ended); err != io.EOF {
		t.Errorf("Serve returns %v", err)
	}
	if diff := cmp.Diff("fetched, then more", string(got.bytes())); diff != "" {
		t.Error(diff)
	}
}
