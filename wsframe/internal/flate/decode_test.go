package flate

import (
	"bytes"
	stdflate "compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// inflateAll inflates a message whose output has at most max bytes, through a
// buffer of the given size that grows when it is full.
func inflateAll(d *Decoder, pieces [][]byte, history []byte, size, max int) ([]byte, error) {
	d.Reset(pieces, history)
	defer d.Release()
	out, n := make([]byte, size), 0
	for {
		var done bool
		var err error
		n, done, err = d.Decode(out, 0, n)
		switch {
		case err != nil:
			return nil, err
		case done:
			return out[:n], nil
		case n < len(out):
			return nil, fmt.Errorf("asked for more room with %d of %d bytes filled", n, len(out))
		case len(out) > max:
			return nil, errors.New("too long")
		}
		out = append(out, make([]byte, min(len(out)+1, 1<<16))...)
	}
}

// oracle is what compress/flate makes of a message: it must be a sequence of
// blocks, whatever comes after it.
func oracle(message, history []byte, max int) ([]byte, error) {
	var results [2][]byte
	for i, suffix := range []string{"\x01\x00\x00\xff\xff", "\x03\x00"} {
		src := strings.NewReader(string(message) + streamTail + suffix)
		r := stdflate.NewReaderDict(src, history)
		var out bytes.Buffer
		for {
			if _, err := io.Copy(&out, io.LimitReader(r, int64(max+1-out.Len()))); err != nil {
				return nil, err
			}
			if out.Len() > max {
				return nil, errors.New("too long")
			}
			if src.Len() == 0 {
				break
			}
			if src.Len() == len(streamTail)+len(suffix) {
				return out.Bytes(), nil // a final block and nothing after it
			}
			if len(suffix) == 2 && src.Len() < 2 || len(suffix) == 5 && src.Len() < 5 {
				return nil, errors.New("ends in the suffix")
			}
			r.(stdflate.Resetter).Reset(src, lastBytes(append(slices.Clip(history), out.Bytes()...), WindowSize))
		}
		results[i] = out.Bytes()
	}
	if !bytes.Equal(results[0], results[1]) {
		return nil, errors.New("used the suffix")
	}
	return results[0], nil
}

func lastBytes(b []byte, n int) []byte { return b[max(0, len(b)-n):] }

// deflateStd compresses with the standard library and removes the tail.
func deflateStd(t testing.TB, level int, history []byte, writes ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := stdflate.NewWriterDict(&b, level, history)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range writes {
		if _, err := w.Write(p); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	return bytes.TrimSuffix(b.Bytes(), []byte(streamTail))
}

// samples are contents of many kinds.
func samples() map[string][]byte {
	random := rand.NewChaCha8([32]byte{1})
	noise := make([]byte, 100_000)
	random.Read(noise)
	few := bytes.Clone(noise)
	for i := range few {
		few[i] = "abcdefghijklmnop"[few[i]&15]
	}
	skewed := make([]byte, 70_000)
	for i := range skewed {
		skewed[i] = byte(bitsOf(noise[i], noise[i+1]))
	}
	var json bytes.Buffer
	for i := 0; json.Len() < 200_000; i++ {
		fmt.Fprintf(&json, `{"id":%d,"name":"sensor-%d","value":%d.%02d,"ok":%v,"tags":["a%d","b"]}`,
			i*7919, i%37, noise[i%5000], noise[i%7000]%100, i%3 == 0, noise[i%9000])
	}
	return map[string][]byte{
		"empty":  {},
		"byte":   {'x'},
		"hello":  []byte("Hello"),
		"zeros":  make([]byte, 300_000),
		"period": bytes.Repeat([]byte("abc"), 5000),
		"noise":  noise,
		"few":    few,
		"skewed": skewed,
		"json":   json.Bytes(),
		"short":  json.Bytes()[:200],
		"kilo":   json.Bytes()[:1024],
	}
}

// bitsOf returns the number of leading zeros of a random number, so that
// symbols have very different frequencies and long codes come up.
func bitsOf(a, b byte) int {
	v, n := uint16(a)<<8|uint16(b), 0
	for ; v&0x8000 == 0 && n < 16; n++ {
		v <<= 1
	}
	return n
}

func TestDecoderReadsWhatOthersWrite(t *testing.T) {
	t.Parallel()
	for name, want := range samples() {
		for _, level := range []int{-2, 0, 1, 6, 9} {
			message := deflateStd(t, level, nil, want)
			for _, size := range []int{0, 1, len(want), len(want) + 100} {
				got, err := inflateAll(new(Decoder), [][]byte{message}, nil, size, len(want))
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s, level %d, room for %d: %v, %d bytes of %d", name, level, size, err, len(got), len(want))
				}
			}
		}
	}
}

func TestDecoderDoesNotCareHowTheMessageIsCut(t *testing.T) {
	t.Parallel()
	d := new(Decoder)
	for name, want := range samples() {
		message := deflateStd(t, 6, nil, want[:len(want)/2], want[len(want)/2:])
		for _, size := range []int{1, 2, 7, 15, 16, 17, 40, 100, 1000} {
			var pieces [][]byte
			for p := range slices.Chunk(message, size) {
				pieces = append(pieces, p, nil)
			}
			got, err := inflateAll(d, pieces, nil, 100, len(want))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s in pieces of %d: %v, %d bytes of %d", name, size, err, len(got), len(want))
			}
		}
	}
}

func FuzzDecoder(f *testing.F) {
	for _, want := range samples() {
		want = want[:min(len(want), 5000)]
		for _, level := range []int{-2, 0, 1, 9} {
			f.Add(deflateStd(f, level, nil, want), []byte{}, uint8(3), uint16(10))
		}
	}
	for _, s := range []string{
		"", "\x00", "\x02\x00", "\x03\x00", "\x03\x00\x00", "\xf3\x48\xcd\xc9\xc9\x07\x00\x00", "\xf2\x48\xcd\xc9\xc9\x07\x00",
		"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", "\x00\x05\x00\xfa\xff\x48", "\x01\x00\x00\xff\xff\x00", "\x07", "\x04\x80",
	} {
		f.Add([]byte(s), []byte("history"), uint8(1), uint16(300))
	}
	d := new(Decoder)
	f.Fuzz(func(t *testing.T, message, history []byte, cut uint8, size uint16) {
		const limit = 1 << 20
		if len(message) == 0 {
			return
		}
		want, wantErr := oracle(message, lastBytes(history, WindowSize), limit)
		for _, pieces := range [][][]byte{{message}, slices.Collect(slices.Chunk(message, int(cut)+1))} {
			got, err := inflateAll(d, pieces, history, int(size), limit)
			if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
				t.Fatalf("got %d bytes, %v; want %d bytes, %v", len(got), err, len(want), wantErr)
			}
		}
	})
}
