package memconn

import (
	"bytes"
	"encoding/hex"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestSourceServesSoManyFramesHoweverItIsRead(t *testing.T) {
	t.Parallel()
	s := NewStream()
	for _, text := range []string{"one", "", "three"} {
		s.Add([]byte(text), false)
	}
	for n := range 8 {
		// Frames 0, 1, 2, 0, 1, ... by their ends.
		var want []byte
		for i := range n {
			start := 0
			if i%3 > 0 {
				start = s.ends[i%3-1]
			}
			want = append(want, s.data[start:s.ends[i%3]]...)
		}
		for name, slow := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader, "halves": iotest.HalfReader,
		} {
			got, err := io.ReadAll(slow(NewSource(s, n)))
			if err != nil || !bytes.Equal(want, got) {
				t.Errorf("%d frames, read by %s: %x, error %v, wanted %x", n, name, got, err, want)
			}
		}
	}
}

// The example is that of RFC 6455, section 5.7, but for the key and the opcode.
func TestStreamWritesMaskedBinaryFrames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		size       int
		compressed bool
		head       string
	}{
		{"short", 5, false, "8285"},
		{"compressed", 5, true, "c285"},
		{"longest short", 125, false, "82fd"},
		{"shortest with 16 bits", 126, false, "82fe007e"},
		{"longest with 16 bits", 65535, false, "82feffff"},
		{"shortest with 64 bits", 65536, false, "82ff0000000000010000"},
	} {
		s := NewStream()
		want := bytes.Repeat([]byte("Hello"), test.size/5+1)[:test.size]
		s.Add(want, test.compressed)
		head := len(test.head) / 2
		if diff := cmp.Diff(test.head, hex.EncodeToString(s.data[:head])); diff != "" {
			t.Errorf("%s: header (-want +got):\n%s", test.name, diff)
		}
		key, got := s.data[head:head+4], s.data[head+4:]
		for i := range got {
			got[i] ^= key[i%4]
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%s: the payload is another one", test.name)
		}
	}
}

func TestSinkCountsAndKeeps(t *testing.T) {
	t.Parallel()
	var kept bytes.Buffer
	s := Sink{Keep: &kept}
	_, _ = s.Write([]byte("ab"))
	_, _ = s.Write([]byte("c"))
	if s.Bytes != 3 || s.Writes != 2 || kept.String() != "abc" {
		t.Errorf("%d bytes in %d writes, kept %q", s.Bytes, s.Writes, &kept)
	}
}
