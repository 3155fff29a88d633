package conn

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"testing"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// batchOf is how many messages the benchmarks put into an outbox before it is
// drained: what one read of a busy publisher brings.
func batchOf(size int) int { return max(1, 64<<10/size) }

// deliver is one round of a publisher: a batch of messages out of one read
// buffer.
func deliver(o *Outbox, f *chunk.Frame, n int, q *Quota) {
	for range n {
		o.Deliver(f, []byte("12 "), q, 1)
	}
}

// outboxOf returns an outbox, a frame of the given size, and a function that
// takes everything out.
func outboxOf(size int) (o *Outbox, f *chunk.Frame, empty func()) {
	owner := chunk.Get(64 << 10)
	f = &chunk.Frame{
		Head: []byte("MSG some.subject "), Body: owner.Buf[:size], Owner: owner, Size: size,
	}
	o = &Outbox{max: 1 << 30}
	var c cursor
	return o, f, func() {
		o.mu.Lock()
		c.set(o.bytes.take())
		n := c.left
		c.advance(n)
		o.wroteLocked(n)
		o.dirty = false
		o.mu.Unlock()
	}
}

func BenchmarkDeliver(b *testing.B) {
	for _, size := range []int{16, 128, 4 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			o, f, empty := outboxOf(size)
			var q Quota
			n := batchOf(size)
			b.SetBytes(int64(size * n))
			b.ReportAllocs()
			for b.Loop() {
				deliver(o, f, n, &q)
				empty()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/msg")
		})
	}
}

func TestDeliverAllocatesNothing(t *testing.T) {
	if underRace || chunk.Audited {
		t.Skip("allocates by itself")
	}
	for _, size := range []int{16, 128, 4 << 10, 64 << 10} {
		o, f, empty := outboxOf(size)
		var q Quota
		n := testing.AllocsPerRun(200, func() {
			deliver(o, f, batchOf(size), &q)
			empty()
		})
		if n >= 1 { // a collection in between may empty the pools
			t.Errorf("%d bytes: %v allocations per batch", size, n)
		}
	}
}

// relay is a session that delivers whatever it receives to another
// connection, in messages of a fixed size, and flushes at the end as a client
// session does.
type relay struct {
	session
	to   *Conn
	size int
	f    chunk.Frame
	q    Quota
}

func (r *relay) Receive(b []byte, owner *chunk.Chunk) (used, need int, err error) {
	for len(b)-used >= r.size {
		r.f.Body, r.f.Owner, r.f.Size = b[used:used+r.size], owner, r.size
		r.to.out.Deliver(&r.f, nil, &r.q, 1)
		used += r.size
	}
	r.to.Flush()
	return used, r.size, nil
}

// path is publisher → read loop → outbox → flush → subscriber.
type path struct {
	publisher, subscriber net.Conn
	in, out               []byte
}

// send moves one batch through.
func (p *path) send(tb testing.TB) {
	if _, err := p.publisher.Write(p.out); err != nil {
		tb.Fatal(err)
	}
	if _, err := io.ReadFull(p.subscriber, p.in); err != nil {
		tb.Fatal(err)
	}
}

func newPath(tb testing.TB, size, batch int) *path {
	server, publisher := tcpPair(tb, false)
	server2, subscriber := tcpPair(tb, false)
	to := New(server2, 1<<30, false)
	to.Attach(&session{})
	from := New(server, 1<<30, false)
	from.Attach(&relay{to: to, size: size})
	a, b := serve(from), serve(to)
	tb.Cleanup(func() {
		publisher.Close()
		subscriber.Close()
		await(tb, a)
		await(tb, b)
	})
	return &path{publisher, subscriber, make([]byte, size*batch), make([]byte, size*batch)}
}

func BenchmarkReadDeliverFlush(b *testing.B) {
	for _, bm := range []struct{ size, batch int }{
		{16, 1}, {16, 4096}, {128, 512}, {4 << 10, 16}, {64 << 10, 1}, {1 << 20, 1},
	} {
		b.Run(fmt.Sprintf("%dx%dB", bm.batch, bm.size), func(b *testing.B) {
			p := newPath(b, bm.size, bm.batch)
			b.SetBytes(int64(bm.size * bm.batch))
			b.ReportAllocs()
			for b.Loop() {
				p.send(b)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*bm.batch), "ns/msg")
		})
	}
}

func TestTheWholePathAllocatesNothing(t *testing.T) {
	if underRace || chunk.Audited {
		t.Skip("allocates by itself")
	}
	for _, tt := range []struct{ size, batch int }{{16, 1}, {16, 1000}, {4 << 10, 8}, {32 << 10, 1}} {
		p := newPath(t, tt.size, tt.batch)
		p.send(t)
		n := testing.AllocsPerRun(200, func() { p.send(t) })
		if n >= 1 {
			t.Errorf("%d messages of %d bytes: %v allocations", tt.batch, tt.size, n)
		}
	}
}

// BenchmarkIdleConnection reports the memory of a connection that waits, its
// share of sockets and the peer's side in this process excluded as far as the
// runtime can tell: heap and stacks of 2,000 connections after some traffic.
func BenchmarkIdleConnection(b *testing.B) {
	const conns = 2000
	for _, name := range []string{"tcp", "tls"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				before := inUse()
				b.ReportMetric(float64(idle(b, conns, name == "tls", before))/conns, "B/conn")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// inUse returns the bytes of heap and stacks.
func inUse() uint64 {
	for range 3 { // stacks shrink by half each time; pools empty in two
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// idle opens connections, lets each carry a little and then rest, and returns
// by how much memory has grown.
func idle(tb testing.TB, conns int, secure bool, before uint64) uint64 {
	peers := make([]net.Conn, conns)
	ended := make([]<-chan error, conns)
	for i := range conns {
		server, client := tcpPair(tb, false)
		c := New(server, 1<<20, false)
		c.Attach(echo(&c))
		stream := net.Conn(client)
		if secure {
			stream = handshake(tb, c, client, clientTLS())
		}
		peers[i], ended[i] = client, serve(c) // the client's TLS is garbage from here on
		stream.Write(make([]byte, 100))
		io.ReadFull(stream, make([]byte, 100))
	}
	after := inUse()
	for i := range conns {
		peers[i].Close()
		await(tb, ended[i])
	}
	return after - before
}
