package conn

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// record is a message that tells who sent it, its number and its length.
func record(from, number, size int) []byte {
	b := pattern(from*1_000_003+number, 12+size)
	binary.BigEndian.PutUint32(b, uint32(from))
	binary.BigEndian.PutUint32(b[4:], uint32(number))
	binary.BigEndian.PutUint32(b[8:], uint32(size))
	return b
}

// readRecord returns the sender and the number of the next record, whose
// content it checks.
func readRecord(t testing.TB, r io.Reader) (from, number int) {
	t.Helper()
	var h [12]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		t.Fatalf("reading a record: %v", err)
	}
	from, number = int(binary.BigEndian.Uint32(h[:])), int(binary.BigEndian.Uint32(h[4:]))
	size := int(binary.BigEndian.Uint32(h[8:]))
	if size > 1<<20 {
		t.Fatalf("a record of %d bytes: the stream is out of step", size)
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatalf("reading a record: %v", err)
	}
	if !bytes.Equal(record(from, number, size)[12:], b) {
		t.Fatalf("record %d of %d is damaged", number, from)
	}
	return from, number
}

// Everything that many publishers queue arrives, complete and in the order of
// each, at a peer that reads in fits and starts through small windows.
func TestConcurrentPublishersReachASlowReader(t *testing.T) {
	t.Parallel()
	const publishers, records = 8, 400
	for _, nw := range networks() {
		t.Run(nw.name, func(t *testing.T) {
			t.Parallel()
			c, peer := nw.open(t, &session{}, 1<<30)
			ended := serve(c)
			var all sync.WaitGroup
			for p := range publishers {
				all.Go(func() { publish(c, p, records) })
			}
			in := bufio.NewReaderSize(peer, 512)
			next := [publishers]int{}
			for i := range publishers * records {
				from, number := readRecord(t, in)
				if from >= publishers || number != next[from] {
					t.Fatalf("record %d of publisher %d, expected %d", number, from, next[from])
				}
				next[from]++
				if i%500 == 0 { // let it pile up
					var seen uint64
					eventually(t, "the writer waits or all is written", func() bool {
						before := seen
						seen = c.out.progress()
						return seen == before
					})
				}
			}
			all.Wait()
			eventually(t, "the writer ends", c.out.idle)
			peer.Close()
			await(t, ended)
		})
	}
}

// progress returns how many bytes have left.
func (o *Outbox) progress() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.written
}

// publish queues records of many sizes, some by reference, and flushes some of
// the time: always after the last one.
func publish(c *Conn, from, records int) {
	var q Quota
	owner := chunk.Get(64 << 10)
	for n := range records {
		size := (n * n * 7) % 2000
		if n%50 == 49 {
			size = 40_000
		}
		b := record(from, n, size)
		if size > refMin {
			if owner.Shared() {
				owner.Release()
				owner = chunk.Get(64 << 10)
			}
			copy(owner.Buf, b)
			c.out.Deliver(&chunk.Frame{Body: owner.Buf[:len(b)], Owner: owner}, nil, &q, 0)
		} else {
			c.out.Put(b)
		}
		if n%3 == 0 || n == records-1 {
			c.Flush()
		}
	}
	owner.Release()
}

// A peer that stops and starts: each round fills the kernel's buffers, so that
// the owner bit changes hands again and again. A lost wake-up hangs it.
func TestNoWakeUpIsLost(t *testing.T) {
	t.Parallel()
	rounds := 2000
	if underRace {
		rounds = 300
	}
	for _, nw := range networks() {
		t.Run(nw.name, func(t *testing.T) {
			t.Parallel()
			c, peer := nw.open(t, &session{}, 1<<30)
			peer.SetReadDeadline(time.Now().Add(2 * patience))
			ended := serve(c)
			out, in := make([]byte, 100_001), make([]byte, 200_001)
			for round := range rounds {
				size := []int{1, 100, 3000, 20_000, 100_000}[round%5]
				var flushers sync.WaitGroup
				for part := range 2 {
					flushers.Go(func() {
						c.out.Put(out[:size+part])
						c.Flush()
					})
				}
				if round%2 == 0 {
					flushers.Wait() // the peer does not read meanwhile
				}
				if _, err := io.ReadFull(peer, in[:2*size+1]); err != nil {
					t.Fatalf("round %d: %v", round, err)
				}
				flushers.Wait()
			}
			eventually(t, "the writer ends", c.out.idle)
			peer.Close()
			await(t, ended)
		})
	}
}

// deadlines records the write deadlines set on a socket.
type deadlines struct {
	*net.TCPConn
	mu  sync.Mutex
	set []bool // whether it was one, or the end of one
}

func (d *deadlines) SetWriteDeadline(at time.Time) error {
	d.mu.Lock()
	d.set = append(d.set, !at.IsZero())
	d.mu.Unlock()
	return d.TCPConn.SetWriteDeadline(at)
}

func TestWriterTakesItsDeadlineAway(t *testing.T) {
	t.Parallel()
	server, peer := tcpPair(t, true)
	nc := &deadlines{TCPConn: server}
	c := New(nc, 1<<30, false)
	c.Attach(&session{})
	ended := serve(c)
	c.out.Put(make([]byte, 8<<20))
	c.Flush()
	if _, err := io.ReadFull(peer, make([]byte, 8<<20)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the writer ends", c.out.idle)
	nc.mu.Lock()
	if len(nc.set) < 2 || nc.set[len(nc.set)-1] {
		t.Errorf("deadlines set: %v; want some and the last one taken away", nc.set)
	}
	nc.set = nil
	nc.mu.Unlock()
	c.out.Put([]byte("small"))
	c.Flush()
	if _, err := io.ReadFull(peer, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	nc.mu.Lock()
	if len(nc.set) != 0 {
		t.Errorf("a write in place set a deadline")
	}
	nc.mu.Unlock()
	peer.Close()
	await(t, ended)
}

func TestWriteDeadlinePolicies(t *testing.T) {
	t.Parallel()
	const size, read, deadline = 1000, 100, 5 * time.Second
	stall := func(bytes, wrote int) WriteStall {
		return WriteStall{Chunks: 1, Bytes: bytes, Wrote: wrote, Deadline: deadline}
	}
	again := func(w WriteStall) WriteStall {
		w.Repeated = true
		return w
	}
	for _, tt := range []struct {
		name   string
		goOn   bool
		read   int // bytes the peer reads before it stalls
		stalls []WriteStall
		cause  error
	}{
		{"close", false, read, []WriteStall{stall(size, read)}, ErrWriteDeadline},
		{"close without progress", false, 0, []WriteStall{stall(size, 0)}, ErrWriteDeadline},
		{"retry", true, read, []WriteStall{stall(size, read), again(stall(size-read, 0))}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, peer := net.Pipe()
				s := &session{deadline: deadline, goOn: tt.goOn}
				c := New(server, 1<<20, false)
				c.Attach(s)
				ended := serve(c)
				want := pattern(1, size)
				c.out.Put(want)
				c.Flush()
				got := make([]byte, size)
				io.ReadFull(peer, got[:tt.read])
				time.Sleep(time.Duration(len(tt.stalls))*deadline + time.Second)
				if diff := cmp.Diff(tt.stalls, s.stalled()); diff != "" {
					t.Errorf("stalls: %s", diff)
				}
				if !errors.Is(c.Cause(), tt.cause) {
					t.Errorf("cause %v, want %v", c.Cause(), tt.cause)
				}
				if tt.cause == nil { // it may still catch up
					if _, err := io.ReadFull(peer, got[tt.read:]); err != nil || !bytes.Equal(want, got) {
						t.Errorf("the rest does not arrive: %v", err)
					}
					synctest.Wait()
					if diff := cmp.Diff([]time.Duration{2*deadline + time.Second}, s.late()); diff != "" {
						t.Errorf("recovered after: %s", diff)
					}
					synctest.Wait()
					if !c.out.idle() {
						t.Error("the writer lives on")
					}
				}
				peer.Close()
				<-ended
				if diff := cmp.Diff(int64(0), c.out.Snapshot().Pending); diff != "" {
					t.Errorf("pending: %s", diff)
				}
			})
		})
	}
}

func TestWriteDeadlineHoldsOnASocket(t *testing.T) {
	t.Parallel()
	server, _ := tcpPair(t, true)
	s := &session{deadline: 20 * time.Millisecond}
	c := New(server, 1<<30, false)
	c.Attach(s)
	ended := serve(c)
	const size = 16 << 20
	c.out.Put(make([]byte, size))
	c.Flush()
	await(t, ended)
	if !errors.Is(c.Cause(), ErrWriteDeadline) {
		t.Errorf("cause %v", c.Cause())
	}
	stalls := s.stalled()
	if len(stalls) != 1 || stalls[0].Bytes > size || stalls[0].Chunks == 0 || stalls[0].Wrote > stalls[0].Bytes {
		t.Errorf("stalls %+v", stalls)
	}
}

func TestBackPressure(t *testing.T) {
	t.Parallel()
	const limit, tries = 10 * time.Millisecond, 40
	for _, tt := range []struct {
		name string
		do   func(*Conn, net.Conn) // what the peer does while a publisher waits
		want time.Duration         // how long it waits, in all its tries
	}{
		{"a peer that reads at once costs nothing", func(_ *Conn, peer net.Conn) { io.ReadFull(peer, make([]byte, 900)) }, 0},
		{"for a peer that never reads patience ends", func(*Conn, net.Conn) {}, maxPatience},
		{"for a slow peer it does not", func(c *Conn, _ net.Conn) { c.wrote(1) }, tries * limit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, peer := net.Pipe()
				c := New(server, 1000, false)
				c.Attach(&session{})
				ended := serve(c)
				v := c.out.Deliver(&chunk.Frame{Body: make([]byte, 900)}, nil, new(Quota), 0)
				if v&Congested == 0 {
					t.Fatalf("verdict %b", v)
				}
				c.Flush()
				var got time.Duration
				for range tries {
					go tt.do(c, peer)
					got += c.AwaitDrain(limit)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
				peer.Close()
				<-ended
			})
		})
	}
}

func TestPatienceMakesUpForALowLimit(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int64]time.Duration{
		-1: maxPatience, 1000: maxPatience, 4 << 20: 160 * time.Millisecond,
		64 << 20: minPatience, 1 << 40: minPatience,
	} {
		if got := patienceFor(limit); got != want {
			t.Errorf("%d bytes: %v, want %v", limit, got, want)
		}
	}
}

func TestEndOfAConnectionFreesStalledPublishers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, _ := net.Pipe()
		c := New(server, 1000, false)
		c.Attach(&session{})
		c.out.Put(make([]byte, 900))
		c.Flush()
		waited := make(chan time.Duration)
		go func() { waited <- c.AwaitDrain(time.Hour) }()
		synctest.Wait()
		c.Abort(io.ErrClosedPipe)
		if got := <-waited; got != 0 {
			t.Errorf("waited %v", got)
		}
		c.Finish()
	})
}
