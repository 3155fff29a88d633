package contest

import (
	"net"
	"testing"

	"github.com/dunlin-mq/dunlin/tools/wsbench/libs"
	"github.com/dunlin-mq/dunlin/tools/wsbench/memconn"
)

// The benchmarks count to b.N themselves instead of asking b.Loop, because a
// library that reads in a loop of its own has to know when to stop.

// streamSize is about how much a stream has before it begins again, in bytes:
// more than the caches next to the core, so that no library finds its input warm.
const streamSize = 512 << 10

// read reads masked frames.
func read(l libs.Library, size int) func(*testing.B) {
	return func(b *testing.B) {
		s := memconn.NewStream()
		payload := noise(size)
		for range max(1, streamSize/size) {
			s.Add(payload, false)
		}
		receive(b, l, s, size, false)
	}
}

// inflate reads masked frames that are compressed.
func inflate(l libs.Library, size int) func(*testing.B) {
	return func(b *testing.B) {
		s := memconn.NewStream()
		for _, d := range documents(size) {
			s.Add(deflated(d), true)
		}
		receive(b, l, s, size, true)
	}
}

func receive(b *testing.B, l libs.Library, s *memconn.Stream, size int, compressed bool) {
	run, err := l.Receiver(memconn.NewSource(s, b.N), compressed)
	if err != nil {
		b.Fatal(err)
	}
	total := 0
	b.SetBytes(int64(size))
	b.ReportAllocs()
	b.ResetTimer()
	err = run(b.N, func(payload []byte) { total += len(payload) })
	b.StopTimer()
	if err != nil || total != b.N*size {
		b.Fatalf("read %d bytes of %d, error %v", total, b.N*size, err)
	}
}

// write writes unmasked frames.
func write(l libs.Library, size int) func(*testing.B) {
	return func(b *testing.B) { send(b, l, [][]byte{noise(size)}, false) }
}

// deflate writes messages compressed.
func deflate(l libs.Library, size int) func(*testing.B) {
	return func(b *testing.B) { send(b, l, documents(size), true) }
}

func send(b *testing.B, l libs.Library, payloads [][]byte, compressed bool) {
	var sink memconn.Sink
	run, err := l.Sender(&sink, compressed)
	if err != nil {
		b.Fatal(err)
	}
	sink.Bytes = 0 // the handshake
	b.SetBytes(int64(len(payloads[0])))
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if err := run(payloads[i%len(payloads)]); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(sink.Bytes)/float64(b.N), WireMetric)
}

// mask masks bytes in place, with a key that does not begin at a word.
func mask(l libs.Library, size int) func(*testing.B) {
	m, ok := l.(libs.Masker)
	if !ok {
		return nil
	}
	return func(b *testing.B) {
		payload, key := noise(size), [4]byte{0x37, 0xfa, 0x21, 0x3d}
		b.SetBytes(int64(size))
		b.ReportAllocs()
		b.ResetTimer()
		for range b.N {
			m.Mask(payload, key)
		}
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
		b.ReportAllocs()
		b.ResetTimer()
		for i := range b.N {
			if err := run(docs[i%len(docs)]); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*Receivers), "ns/receiver")
	}
}
