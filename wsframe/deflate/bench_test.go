package deflate

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	kflate "github.com/klauspost/compress/flate"
)

// benchmarkInputs are the messages that a server of NATS sees.
func benchmarkInputs() []struct {
	name string
	data []byte
} {
	random := make([]byte, 16<<10)
	rand.NewChaCha8([32]byte{7}).Read(random)
	return []struct {
		name string
		data []byte
	}{
		{"json-128", jsonOf(128)},
		{"json-1k", jsonOf(1 << 10)},
		{"json-16k", jsonOf(16 << 10)},
		{"json-64k", jsonOf(64 << 10)},
		{"nats-batch-64k", natsBatch(64 << 10)},
		{"random-16k", random},
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

func BenchmarkAppendMessage(b *testing.B) {
	for _, in := range benchmarkInputs() {
		b.Run(in.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in.data)))
			var dst []byte
			for b.Loop() {
				dst = AppendMessage(dst[:0], in.data)
			}
			b.ReportMetric(float64(len(in.data))/float64(len(dst)), "ratio")
		})
	}
}

func BenchmarkInflate(b *testing.B) {
	for _, in := range benchmarkInputs() {
		b.Run(in.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in.data)))
			message := newBaseline().compress(nil, in.data)
			var dst []byte
			for b.Loop() {
				var err error
				if dst, err = Inflate(dst[:0], message, len(in.data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBaselineCompress(b *testing.B) {
	for _, in := range benchmarkInputs() {
		b.Run(in.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in.data)))
			z := newBaseline()
			var dst []byte
			for b.Loop() {
				dst = z.compress(dst[:0], in.data)
			}
			b.ReportMetric(float64(len(in.data))/float64(len(dst)), "ratio")
		})
	}
}

func BenchmarkBaselineInflate(b *testing.B) {
	for _, in := range benchmarkInputs() {
		b.Run(in.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in.data)))
			z := newBaseline()
			message := z.compress(nil, in.data)
			dst := make([]byte, len(in.data))
			for b.Loop() {
				z.inflate(dst, message)
			}
		})
	}
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
