package deflate

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	kflate "github.com/klauspost/compress/flate"
)

// A traffic is a number of messages of one kind. The benchmarks take them in
// turn: a processor that sees the same message all the time learns it by heart,
// which makes everything look a third faster than it is.
type traffic struct {
	name     string
	messages [][]byte
}

// traffics are what a server of NATS sees.
func traffics() []traffic {
	random := make([]byte, 256<<10)
	rand.NewChaCha8([32]byte{7}).Read(random)
	cut := func(name string, b []byte, size int) traffic {
		return traffic{name, slices.Collect(slices.Chunk(b, size))}
	}
	return []traffic{
		cut("json-128", jsonOf(1<<20), 128),
		cut("json-1k", jsonOf(1<<20), 1<<10),
		cut("json-16k", jsonOf(1<<20), 16<<10),
		cut("json-64k", jsonOf(1<<20), 64<<10),
		cut("nats-batch-64k", natsBatch(1 << 20)[:1<<20], 64<<10),
		cut("random-16k", random, 16<<10),
	}
}

// jsonOf returns n bytes of JSON in which values change and keys do not.
func jsonOf(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	cities := []string{"Berlin", "Tokyo", "San Francisco", "São Paulo", "Nairobi", "Melbourne", "Toronto"}
	var b bytes.Buffer
	for b.Len() < n {
		fmt.Fprintf(&b, `{"id":%d,"device":"sensor-%03d","city":"%s","temperature":%.2f,"humidity":%.1f,"ts":"2026-03-%02dT%02d:%02d:%02dZ","ok":%v}`+"\n",
			r.IntN(1e6), r.IntN(400), cities[r.IntN(len(cities))], r.NormFloat64()*8+15, r.Float64()*100,
			r.IntN(28)+1, r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(10) > 0)
	}
	return b.Bytes()[:n]
}

// natsBatch returns about n bytes as a flush of a busy subscription has them.
func natsBatch(n int) []byte {
	r := rand.New(rand.NewPCG(3, 4))
	var b bytes.Buffer
	for b.Len() < n {
		payload := fmt.Sprintf(`{"seq":%d,"device":"sensor-%03d","temperature":%.2f,"unit":"C","status":"ok","position":{"lat":%.4f,"lon":%.4f}}`,
			b.Len(), r.IntN(400), r.NormFloat64()*8+15, r.Float64()*90, r.Float64()*180)
		fmt.Fprintf(&b, "MSG telemetry.sensors 1 %d\r\n%s\r\n", len(payload), payload)
	}
	return b.Bytes()
}

// benchmarkCompress measures f, which appends a compressed message.
func benchmarkCompress(b *testing.B, f func(dst, src []byte) []byte) {
	for _, in := range traffics() {
		b.Run(in.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in.messages[0])))
			var read, written, i int
			dst := make([]byte, 0, 128<<10)
			for b.Loop() {
				src := in.messages[i]
				i = (i + 1) % len(in.messages)
				dst = f(dst[:0], src)
				read, written = read+len(src), written+len(dst)
			}
			b.ReportMetric(float64(read)/float64(written), "ratio")
		})
	}
}

// benchmarkInflate measures f, which inflates a message to all of dst.
func benchmarkInflate(b *testing.B, f func(dst, message []byte)) {
	z := newBaseline()
	for _, in := range traffics() {
		b.Run(in.name, func(b *testing.B) {
			b.ReportAllocs()
			size := len(in.messages[0])
			b.SetBytes(int64(size))
			var messages [][]byte
			for _, m := range in.messages {
				messages = append(messages, z.compress(nil, m))
			}
			dst, i := make([]byte, size), 0
			for b.Loop() {
				f(dst, messages[i])
				i = (i + 1) % len(messages)
			}
		})
	}
}

func BenchmarkAppendMessage(b *testing.B)    { benchmarkCompress(b, AppendMessage) }
func BenchmarkBaselineCompress(b *testing.B) { benchmarkCompress(b, newBaseline().compress) }
func BenchmarkBaselineInflate(b *testing.B)  { benchmarkInflate(b, newBaseline().inflate) }

// BenchmarkWriter compresses with context takeover.
func BenchmarkWriter(b *testing.B) {
	w := NewWriter(MaxWindow)
	defer w.Close()
	benchmarkCompress(b, w.AppendMessage)
}

func BenchmarkInflate(b *testing.B) {
	benchmarkInflate(b, func(dst, message []byte) {
		if got, err := Inflate(dst[:0], message, len(dst)); err != nil || len(got) != len(dst) {
			b.Fatal(len(got), err)
		}
	})
}

func BenchmarkInflateTo(b *testing.B) {
	sink := func([]byte) error { return nil }
	benchmarkInflate(b, func(dst, message []byte) {
		if err := InflateTo(message, len(dst), sink); err != nil {
			b.Fatal(err)
		}
	})
}

// baseline is what is common practice: a library for streams whose state is
// kept between messages.
type baseline struct {
	out []byte
	w   *kflate.Writer
	src bytes.Reader
	r   io.ReadCloser
	in  []byte
}

func newBaseline() *baseline {
	z := new(baseline)
	z.w, _ = kflate.NewWriter(z, kflate.BestSpeed)
	z.r = kflate.NewReader(nil)
	return z
}

func (z *baseline) Write(p []byte) (int, error) {
	z.out = append(z.out, p...)
	return len(p), nil
}

func (z *baseline) compress(dst, src []byte) []byte {
	z.out = dst
	z.w.Reset(z)
	z.w.Write(src)
	z.w.Flush()
	return z.out[:len(z.out)-len(tail)]
}

func (z *baseline) inflate(dst, message []byte) {
	z.in = append(append(z.in[:0], message...), "\x00\x00\xff\xff\x01\x00\x00\xff\xff"...)
	z.src.Reset(z.in)
	z.r.(kflate.Resetter).Reset(&z.src, nil)
	if _, err := io.ReadFull(z.r, dst); err != nil {
		panic(err)
	}
}
