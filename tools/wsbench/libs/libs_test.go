package libs

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/tools/wsbench/memconn"
)

// sizes has both sides of each length of header, of the read buffer and of what
// is written in one go.
var sizes = []int{0, 1, 16, 125, 126, 1000, vectored - 1, vectored, ReadBuffer - 8, ReadBuffer, 65535, 65536, 1 << 20}

// shortest is how long a message is that all libraries compress.
const shortest = 512

func payload(n int) []byte {
	var b []byte
	for i := 0; len(b) < n; i++ {
		b = fmt.Appendf(b, "%d green bottles ", i)
	}
	return b[:n:n]
}

// forAll runs test for each library, with and without compression.
func forAll(t *testing.T, test func(t *testing.T, l Library, compressed bool)) {
	t.Helper()
	for _, l := range All() {
		for _, compressed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/deflate=%t", l.Name(), compressed), func(t *testing.T) {
				t.Parallel()
				test(t, l, compressed)
			})
		}
	}
}

func TestReceiverReadsWhatWasSent(t *testing.T) {
	t.Parallel()
	forAll(t, func(t *testing.T, l Library, compressed bool) {
		r, ok := l.(Reader)
		if !ok {
			t.Skip("reads nothing")
		}
		s := memconn.NewStream()
		var want [][]byte
		for _, n := range sizes {
			b := payload(n)
			want = append(want, b)
			if compressed {
				b = deflated(t, b)
			}
			s.Add(b, compressed)
		}
		want = append(want, want[:3]...) // the stream begins again
		run, err := r.Receiver(memconn.NewSource(s, len(want)), compressed)
		if err != nil {
			t.Fatal(err)
		}
		var got [][]byte
		if err := run(len(want), func(b []byte) { got = append(got, append([]byte{}, b...)) }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sums(want), sums(got)); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
	})
}

func TestReceiverTellsWhenMessagesAreMissing(t *testing.T) {
	t.Parallel()
	for _, l := range All() {
		r, ok := l.(Reader)
		if !ok {
			continue
		}
		t.Run(l.Name(), func(t *testing.T) {
			t.Parallel()
			s := memconn.NewStream()
			s.Add([]byte("one"), false)
			run, err := r.Receiver(memconn.NewSource(s, 2), false)
			if err != nil {
				t.Fatal(err)
			}
			if err := run(3, func([]byte) {}); err == nil {
				t.Error("no error after two messages of three")
			}
		})
	}
}

func TestSenderWritesWhatItIsGiven(t *testing.T) {
	t.Parallel()
	forAll(t, func(t *testing.T, l Library, compressed bool) {
		w, ok := l.(Writer)
		if !ok {
			t.Skip("writes nothing")
		}
		var wire bytes.Buffer
		var sink memconn.Sink
		send, err := w.Sender(&sink, compressed)
		if err != nil {
			t.Fatal(err)
		}
		sink.Keep = &wire
		for _, n := range sizes[1:] { // an empty message need not be compressed
			want := payload(n)
			if err := send(want); err != nil {
				t.Fatal(err)
			}
			got := readMessage(t, &wire, compressed)
			if !bytes.Equal(want, got) {
				t.Errorf("sent %d bytes, got %d or other ones", len(want), len(got))
			}
		}
		if wire.Len() > 0 {
			t.Errorf("%d bytes behind the last frame", wire.Len())
		}
	})
}

func TestBroadcasterReachesEveryConnection(t *testing.T) {
	t.Parallel()
	for _, l := range All() {
		b, ok := l.(Broadcaster)
		if !ok {
			continue
		}
		t.Run(l.Name(), func(t *testing.T) {
			t.Parallel()
			conns := make([]net.Conn, 10)
			wires := make([]bytes.Buffer, len(conns))
			for i := range conns {
				conns[i] = &memconn.Sink{}
			}
			send, err := b.Broadcaster(conns)
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range conns {
				c.(*memconn.Sink).Keep = &wires[i]
			}
			for _, n := range []int{1000, 2000} {
				want := payload(n)
				if err := send(want); err != nil {
					t.Fatal(err)
				}
				for i := range wires {
					if got := readMessage(t, &wires[i], true); !bytes.Equal(want, got) {
						t.Errorf("connection %d got %d bytes of %d or other ones", i, len(got), n)
					}
				}
			}
		})
	}
}

func TestMaskersAgreeWithTheDefinition(t *testing.T) {
	t.Parallel()
	key := [4]byte{1, 2, 3, 4}
	for _, l := range All() {
		m, ok := l.(Masker)
		if !ok {
			continue
		}
		for _, n := range sizes {
			want, got := payload(n), payload(n)
			for i := range want {
				want[i] ^= key[i%4]
			}
			if m.Mask(got, key); !bytes.Equal(want, got) {
				t.Errorf("%s: %d bytes masked wrong", l.Name(), n)
			}
		}
	}
}

// readMessage reads a message in unmasked binary frames from r. What a library
// compresses it may send in fragments, and if it is too short as it is; the rest
// stands in one frame.
func readMessage(t *testing.T, r io.Reader, compressed bool) []byte {
	t.Helper()
	next := func(n int) []byte {
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	var b []byte
	packed := false
	for first, final := byte(0x02), false; !final; first = 0 {
		head := next(2)
		final = head[0]&0x80 != 0
		if head[0]&0x3f != first || !final && !compressed {
			t.Fatalf("frame begins with %#x", head[0])
		}
		packed = packed || head[0]&0x40 != 0
		n := int(head[1])
		switch n {
		case 126:
			n = int(binary.BigEndian.Uint16(next(2)))
		case 127:
			n = int(binary.BigEndian.Uint64(next(8)))
		}
		b = append(b, next(n)...)
	}
	if packed && !compressed || !packed && compressed && len(b) >= shortest {
		t.Errorf("%d bytes, compressed: %t", len(b), packed)
	}
	if !packed {
		return b
	}
	tail := bytes.NewReader([]byte{0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff})
	plain, err := io.ReadAll(flate.NewReader(io.MultiReader(bytes.NewReader(b), tail)))
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func deflated(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(b)
	_ = w.Flush()
	return bytes.TrimSuffix(out.Bytes(), []byte{0, 0, 0xff, 0xff})
}

// sums is what to compare of messages that are too long to print.
func sums(messages [][]byte) []string {
	s := make([]string, len(messages))
	for i, m := range messages {
		s[i] = fmt.Sprintf("%d bytes, sum %08x", len(m), crc32.ChecksumIEEE(m))
	}
	return s
}
