package load

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"
)

// testFormat expects messages of 16+4 bytes; the third is the last.
var testFormat = Format{Head: "MSG a 1 20\r\n", HeadLen: 12, content: letters(20), Ordered: true, Last: 2}

// message returns a message of testFormat.
func message(seq int64) []byte {
	m := testFormat.content.append([]byte(testFormat.Head), 0)
	binary.LittleEndian.PutUint64(m[testFormat.HeadLen+seqOffset:], uint64(seq))
	return append(m, "\r\n"...)
}

// feed gives the stream to a fresh scanner in pieces of at most n bytes.
func feed(f Format, stream []byte, n int) (messages int, err error) {
	s := NewScanner(f)
	for len(stream) > 0 {
		k := min(n, len(stream))
		done, _, err := s.Feed(stream[:k])
		messages += done
		if err != nil {
			return messages, err
		}
		stream = stream[k:]
	}
	return messages, nil
}

func TestScannerCountsWhateverTheCuts(t *testing.T) {
	t.Parallel()
	three := bytes.Join([][]byte{message(0), message(1), message(2)}, nil)
	tests := map[string]struct {
		stream []byte
		want   int
	}{
		"nothing":          {nil, 0},
		"three":            {three, 3},
		"last incomplete":  {three[:len(three)-1], 2},
		"pings between":    {bytes.Join([][]byte{message(0), message(1), message(2)}, []byte("PING\r\nPONG\r\n")), 3},
		"ping at the end":  {append(bytes.Clone(three), "PING\r\n"...), 3},
		"ping at the head": {append([]byte("PING\r\n"), three...), 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := 1; n <= len(tt.stream)+1; n++ {
				if got, err := feed(testFormat, tt.stream, n); got != tt.want || err != nil {
					t.Fatalf("in pieces of %d: %d messages, %v; want %d", n, got, err, tt.want)
				}
			}
		})
	}
}

func TestScannerNoticesDamage(t *testing.T) {
	t.Parallel()
	altered := func(m []byte, at int) []byte {
		m = bytes.Clone(m)
		m[at] ^= 0x20
		return m
	}
	tests := map[string]struct {
		stream []byte
		desync bool
	}{
		"error line":           {[]byte("-ERR 'x'\r\n"), true},
		"first line altered":   {altered(message(0), 4), true},
		"end of first altered": {altered(message(0), 33), true},
		"first body altered":   {altered(message(0), 30), false},
		"last body altered":    {bytes.Join([][]byte{message(0), message(1), altered(message(2), 30)}, nil), false},
		"byte lost":            {bytes.Join([][]byte{message(0)[:33], message(1)}, nil), true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{1, 5, 1000} {
				_, err := feed(testFormat, tt.stream, n)
				if err == nil || errors.Is(err, ErrDesync) != tt.desync {
					t.Errorf("in pieces of %d: error %v, want out of step: %t", n, err, tt.desync)
				}
			}
		})
	}
}

func TestScannerChecksTheSequenceOfSamples(t *testing.T) {
	t.Parallel()
	if _, err := feed(testFormat, message(1), 1000); err == nil {
		t.Error("a gap went unnoticed")
	}
	unordered := testFormat
	unordered.Ordered, unordered.Last = false, -1
	if _, err := feed(unordered, message(1), 1000); err != nil {
		t.Errorf("unordered stream: %v", err)
	}
}

func TestScannerSamplesTheFirstWholeStamp(t *testing.T) {
	t.Parallel()
	two := append(message(0), message(1)...)
	size := testFormat.len()
	tests := []struct{ from, to, want int }{
		{0, 2 * size, 0},
		{0, testFormat.HeadLen + stampSize, 0},
		{0, testFormat.HeadLen + stampSize - 1, -1},
		{5, 2 * size, size - 5},
		{5, size + 3, -1},
	}
	for _, tt := range tests {
		s := NewScanner(testFormat)
		if _, _, err := s.Feed(two[:tt.from]); err != nil {
			t.Fatal(err)
		}
		if _, got, err := s.Feed(two[tt.from:tt.to]); got != tt.want || err != nil {
			t.Errorf("bytes %d to %d: sample at %d, %v; want %d", tt.from, tt.to, got, err, tt.want)
		}
	}
}

func FuzzScanner(f *testing.F) {
	three := bytes.Join([][]byte{message(0), message(1), message(2)}, []byte("PING\r\n"))
	f.Add(three, 1)
	f.Add(three, 7)
	f.Add([]byte("-ERR 'x'\r\n"), 3)
	f.Add(append([]byte("PONG\r\n"), three[3:]...), 100)
	f.Fuzz(func(t *testing.T, stream []byte, n int) {
		// Samples, and with them sequence numbers, depend on the cuts by design.
		format := testFormat
		format.Ordered = false
		n = max(1, n)
		got, err := feed(format, stream, n)
		if got > len(stream)/format.len() {
			t.Errorf("%d messages in %d bytes", got, len(stream))
		}
		// One byte at a time there are no samples: what remains is what every cut must see.
		all, allErr := feed(format, stream, 1)
		if err == nil && (allErr != nil || got != all) {
			t.Errorf("in pieces of %d: %d messages; byte by byte %d, %v", n, got, all, allErr)
		}
	})
}

func TestScannerAllocatesNothing(t *testing.T) {
	format := testFormat
	format.Ordered = false
	s := NewScanner(format)
	chunk := bytes.Repeat(message(5), 100)
	if n := testing.AllocsPerRun(100, func() { s.Feed(chunk) }); n != 0 {
		t.Errorf("%v allocations per read", n)
	}
}

func BenchmarkScanner(b *testing.B) {
	for _, size := range []int{16, 128} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			head := fmt.Sprintf("MSG bench.stream 1 %d\r\n", size)
			f := Format{Head: head, HeadLen: len(head), content: letters(size), Last: -1}
			one := append(letters(size).append([]byte(head), 0), "\r\n"...)
			chunk := bytes.Repeat(one, (64<<10)/len(one))
			s := NewScanner(f)
			b.SetBytes(int64(len(chunk)))
			b.ReportAllocs()
			for b.Loop() {
				s.Feed(chunk)
			}
		})
	}
}
