package wsframe

import (
	"strconv"
	"testing"
)

var sizes = []int{16, 64, 125, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10}

func BenchmarkMask(b *testing.B) {
	for _, size := range sizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			buf := make([]byte, size+6)[6:] // as behind a short header
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				Mask(buf, testKey, 1)
			}
		})
	}
}

func BenchmarkMaskTo(b *testing.B) {
	for _, size := range sizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			dst, src := make([]byte, size), make([]byte, size+6)[6:]
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				MaskTo(dst, src, testKey, 1)
			}
		})
	}
}

func BenchmarkHeader(b *testing.B) {
	buf := make([]byte, 0, MaxHeader)
	h := Header{Fin: true, Opcode: Binary, Masked: true, Key: testKey, Length: 200}
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			AppendHeader(buf, h)
		}
	})
	b.Run("parse", func(b *testing.B) {
		enc := AppendHeader(nil, h)
		b.ReportAllocs()
		for b.Loop() {
			if _, n, err := ParseHeader(enc); n == 0 || err != nil {
				b.Fatal(n, err)
			}
		}
	})
}

// streams are buffers as a server reads them: 64 KiB of frames.
var streams = []struct {
	name  string
	rules Rules
	frame []byte
}{
	{"16", Rules{}, AppendMasked(nil, Binary, testKey, make([]byte, 16))},
	// The key leaves the payload as it is, so that it is text every time.
	{"16 text", Rules{CheckUTF8: true}, AppendMasked(nil, Text, [4]byte{}, make([]byte, 16))},
	{"16 from server", Rules{FromServer: true}, AppendFrame(nil, Binary, make([]byte, 16))},
	{"16 compressed", Rules{Compression: true}, AppendMaskedFragment(nil, Binary, true, true, testKey, make([]byte, 16))},
	{"125", Rules{}, AppendMasked(nil, Binary, testKey, make([]byte, 125))},
	{"200", Rules{}, AppendMasked(nil, Binary, testKey, make([]byte, 200))},
	{"4096", Rules{}, AppendMasked(nil, Binary, testKey, make([]byte, 4096))},
	{"ping", Rules{}, AppendMasked(nil, Ping, testKey, []byte("12345678"))},
}

func BenchmarkReader(b *testing.B) {
	for _, s := range streams {
		count := max(1, (64<<10)/len(s.frame))
		var stream []byte
		for range count {
			stream = append(stream, s.frame...)
		}
		dst := make([]byte, 8<<10)
		b.Run(s.name+"/Next", func(b *testing.B) {
			r := NewReader(s.rules)
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				for rest := stream; len(rest) > 0; {
					p, n, err := r.Next(rest)
					if err != nil || p.Kind == KindNothing {
						b.Fatal(p, err)
					}
					rest = rest[n:]
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/frame")
		})
		b.Run(s.name+"/NextTo", func(b *testing.B) {
			r := NewReader(s.rules)
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				for rest := stream; len(rest) > 0; {
					p, n, err := r.NextTo(dst, rest)
					if err != nil || p.Kind == KindNothing {
						b.Fatal(p, err)
					}
					rest = rest[n:]
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/frame")
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	buf, payload := make([]byte, 0, 1<<10), make([]byte, 125)
	b.Run("frame", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			AppendFrame(buf, Binary, payload)
		}
	})
	b.Run("masked", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			AppendMasked(buf, Binary, testKey, payload)
		}
	})
	b.Run("close", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			AppendClose(buf, StatusGoingAway, "Server Shutdown")
		}
	})
}

func BenchmarkUTF8(b *testing.B) {
	for _, text := range []struct{ name, of string }{{"ascii", "hello, world. "}, {"german", "Zwölf Boxkämpfer jagen Viktor. "}, {"greek", "κόσμε "}} {
		var s []byte
		for len(s) < 4<<10 {
			s = append(s, text.of...)
		}
		b.Run(text.name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				var u UTF8
				if !u.Feed(s) {
					b.Fatal("refused")
				}
			}
		})
	}
}
