package contest

import (
	"net"
	"testing"

	"github.com/dunlin-mq/dunlin/tools/wsbench/libs"
	"github.com/dunlin-mq/dunlin/tools/wsbench/memconn"
)

// streamSize is about how much a stream has before it begins again, in bytes:
// more than the caches next to a core, as what comes from a socket was written by
// another. With less, a message that just fits is a matter of luck.
const streamSize = 4 << 20

// measured runs work, which does something b.N times, and reports what it takes.
// work counts for itself because a library that reads in a loop of its own
// has to know when to stop: b.Loop would not do.
func measured(b *testing.B, work func() error) {
	b.ReportAllocs()
	b.ResetTimer()
	start := processorTime()
	err := work()
	used := processorTime() - start
	b.StopTimer()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(used.Nanoseconds())/float64(b.N), TimeMetric)
}

// read reads masked frames.
func read(l libs.Library, size int) func(*testing.B) {
	r, ok := l.(libs.Reader)
	if !ok {
		return nil
	}
	return func(b *testing.B) {
		s := memconn.NewStream()
		payload := noise(size)
		for range max(1, streamSize/size) {
			s.Add(payload, false)
		}
		receive(b, r, s, size, false)
	}
}

// inflate reads masked frames that are compressed.
func inflate(l libs.Library, size int) func(*testing.B) {
	r, ok := l.(libs.Reader)
	if !ok {
		return nil
	}
	return func(b *testing.B) {
		s := memconn.NewStream()
		for _, d := range documents(size) {
			s.Add(deflated(d), true)
		}
		receive(b, r, s, size, true)
	}
}

func receive(b *testing.B, r libs.Reader, s *memconn.Stream, size int, compressed bool) {
	run, err := r.Receiver(memconn.NewSource(s, b.N), compressed)
	if err != nil {
		b.Fatal(err)
	}
	total := 0
	b.SetBytes(int64(size))
	measured(b, func() error {
		return run(b.N, func(payload []byte) { total += len(payload) })
	})
	if total != b.N*size {
		b.Fatalf("read %d bytes of %d", total, b.N*size)
	}
}

// write writes unmasked frames.
func write(l libs.Library, size int) func(*testing.B) {
	w, ok := l.(libs.Writer)
	if !ok {
		return nil
	}
	return func(b *testing.B) { send(b, w, [][]byte{noise(size)}, false) }
}

// deflate writes messages compressed.
func deflate(l libs.Library, size int) func(*testing.B) {
	w, ok := l.(libs.Writer)
	if !ok {
		return nil
	}
	return func(b *testing.B) { send(b, w, documents(size), true) }
}

func send(b *testing.B, w libs.Writer, payloads [][]byte, compressed bool) {
	var sink memconn.Sink
	run, err := w.Sender(&sink, compressed)
	if err != nil {
		b.Fatal(err)
	}
	sink.Bytes = 0 // the handshake
	b.SetBytes(int64(len(payloads[0])))
	measured(b, func() error { return each(b.N, payloads, run) })
	b.ReportMetric(float64(sink.Bytes)/float64(b.N), WireMetric)
}

// each does run n times, with the payloads in turn.
func each(n int, payloads [][]byte, run libs.Sender) error {
	for i := range n {
		if err := run(payloads[i%len(payloads)]); err != nil {
			return err
		}
	}
	return nil
}

// mask masks bytes in place.
func mask(l libs.Library, size int) func(*testing.B) {
	m, ok := l.(libs.Masker)
	if !ok {
		return nil
	}
	return func(b *testing.B) {
		payload, key := noise(size), [4]byte{0x37, 0xfa, 0x21, 0x3d}
		b.SetBytes(int64(size))
		measured(b, func() error {
			for range b.N {
				m.Mask(payload, key)
			}
			return nil
		})
	}
}

// broadcast compresses a message and sends it to many connections.
func broadcast(l libs.Library, size int) func(*testing.B) {
	c, ok := l.(libs.Broadcaster)
	if !ok {
		return nil
	}
	return func(b *testing.B) {
		conns := make([]net.Conn, Receivers)
		for i := range conns {
			conns[i] = &memconn.Sink{}
		}
		run, err := c.Broadcaster(conns)
		if err != nil {
			b.Fatal(err)
		}
		docs := documents(size)
		measured(b, func() error { return each(b.N, docs, run) })
	}
}
