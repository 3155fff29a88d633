package load

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

func TestBatchEncodesWhatAServerReads(t *testing.T) {
	t.Parallel()
	b, err := NewBatch([]string{"a.0", "a.1"}, letters(18))
	if err != nil {
		t.Fatal(err)
	}
	const stamp = "\x07\x00\x00\x00\x00\x00\x00\x00" + "\x29\x00\x00\x00\x00\x00\x00\x00"
	const next = "\x07\x00\x00\x00\x00\x00\x00\x00" + "\x2a\x00\x00\x00\x00\x00\x00\x00"
	want := "PUB a.1 18\r\n" + stamp + "qr\r\n" + "PUB a.0 18\r\n" + next + "qr\r\n"
	if got := string(b.stamped(1, 2, 7, 41)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBatchSizes(t *testing.T) {
	t.Parallel()
	many := make([]string, 5000)
	for i := range many {
		many[i] = fmt.Sprintf("a.%04d", i)
	}
	tests := map[string]struct {
		subjects     []string
		size         int
		chunk, total int
	}{
		"small fill a write":       {[]string{"a"}, 16, 64 << 10 / 28, 64 << 10 / 28},
		"large go one by one":      {[]string{"a"}, 64 << 10, 1, 1},
		"all subjects have a turn": {many, 16, 64 << 10 / 33, 5000},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := NewBatch(tt.subjects, letters(tt.size))
			if err != nil {
				t.Fatal(err)
			}
			if b.chunk != tt.chunk || b.total != tt.total || len(b.buf) != b.total*b.stride {
				t.Errorf("chunk %d, total %d, %d bytes; want %d, %d, %d",
					b.chunk, b.total, len(b.buf), tt.chunk, tt.total, tt.total*b.stride)
			}
		})
	}
}

func TestBatchRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		subjects []string
		size     int
		want     string
	}{
		"no room for the stamp": {[]string{"a"}, 15, "stamp"},
		"no subject":            {nil, 16, "no subject"},
		"uneven subjects":       {[]string{"a", "aa"}, 16, "differ in length"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := NewBatch(tt.subjects, letters(tt.size)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one with %q", err, tt.want)
			}
		})
	}
}

func BenchmarkBatchStamped(b *testing.B) {
	batch, err := NewBatch([]string{subject}, letters(128))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var out []byte
	for b.Loop() {
		out = batch.stamped(0, batch.chunk, 1, 2)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch.chunk), "ns/msg")
	if binary.LittleEndian.Uint64(out[batch.payload:]) != 1 {
		b.Error("not stamped")
	}
}
