package deflate

import (
	"bytes"
	stdflate "compress/flate"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	kflate "github.com/klauspost/compress/flate"
)

// noLimit stands for the limit where a test is not about it.
const noLimit = -1

// contents are messages of many kinds and sizes.
func contents() map[string][]byte {
	noise := make([]byte, 200_000)
	rand.NewChaCha8([32]byte{7}).Read(noise)
	return map[string][]byte{
		"empty":          {},
		"one byte":       {0},
		"Hello":          []byte("Hello"),
		"sixteen bytes":  []byte("0123456789abcdef"),
		"json 128":       jsonOf(128),
		"json 1 KiB":     jsonOf(1 << 10),
		"json 16 KiB":    jsonOf(16 << 10),
		"json 64 KiB":    jsonOf(64 << 10),
		"json 1 MiB":     jsonOf(1 << 20),
		"nats batch":     natsBatch(64 << 10),
		"zeros":          make([]byte, 1<<20),
		"period 3":       bytes.Repeat([]byte("abc"), 50_000),
		"period 300":     bytes.Repeat(noise[:300], 700),
		"period 40000":   bytes.Repeat(noise[:40_000], 4),
		"noise":          noise,
		"64 KiB - 1":     noise[:1<<16-1],
		"64 KiB":         noise[:1<<16],
		"noise and text": slices.Concat(noise[:100_000], jsonOf(100_000), noise[:100_000]),
		"tail":           []byte("ends like an empty block: \x00\x00\xff\xff"),
	}
}

// inflateEverywhere inflates a message with every decoder there is, for a
// receiver that has history in its window.
func inflateEverywhere(t *testing.T, message, history []byte) []byte {
	t.Helper()
	// The tail, and an empty final block for readers that want an end.
	full := string(message) + "\x00\x00\xff\xff" + "\x03\x00"
	want, err := io.ReadAll(stdflate.NewReaderDict(strings.NewReader(full), history))
	if err != nil {
		t.Fatalf("compress/flate: %v", err)
	}
	results := map[string][]byte{}
	if results["klauspost"], err = io.ReadAll(kflate.NewReaderDict(strings.NewReader(full), history)); err != nil {
		t.Fatalf("klauspost: %v", err)
	}
	if results["Reader"], err = readerWith(history).Inflate(nil, message, noLimit); err != nil {
		t.Fatalf("Reader.Inflate: %v", err)
	}
	var pieces []byte
	sink := func(b []byte) error {
		if len(b) == 0 || len(b) > 32<<10 {
			t.Errorf("the sink got %d bytes", len(b))
		}
		pieces = append(pieces, b...)
		return nil
	}
	if err := readerWith(history).InflatePieces(slices.Collect(slices.Chunk(message, 100)), noLimit, sink); err != nil {
		t.Fatalf("Reader.InflatePieces: %v", err)
	}
	results["Reader in pieces"] = pieces
	if len(history) == 0 {
		if results["Inflate"], err = Inflate(nil, message, noLimit); err != nil {
			t.Fatalf("Inflate: %v", err)
		}
	}
	for name, got := range results {
		if !bytes.Equal(got, want) {
			t.Fatalf("%s reads %d bytes, compress/flate reads %d or others", name, len(got), len(want))
		}
	}
	return want
}

func readerWith(history []byte) *Reader {
	r := NewReader(MaxWindow)
	r.remember(history)
	return r
}

func TestEverybodyReadsOurMessages(t *testing.T) {
	t.Parallel()
	history := jsonOf(32 << 10)
	for name, want := range contents() {
		message := AppendMessage([]byte("kept"), want)
		rest, ok := bytes.CutPrefix(message, []byte("kept"))
		if !ok {
			t.Errorf("%s: what stood in the buffer is gone", name)
		}
		if got := inflateEverywhere(t, rest, nil); !bytes.Equal(got, want) {
			t.Errorf("%s: comes back different", name)
		}
		// A receiver that keeps its window must read the same: the message
		// refers to nothing in it.
		if got := inflateEverywhere(t, rest, history); !bytes.Equal(got, want) {
			t.Errorf("%s: comes back different from behind other messages", name)
		}
		if limit := len(want) + 6*(len(want)/40_000+1); len(rest) > limit {
			t.Errorf("%s: %d bytes became %d", name, len(want), len(rest))
		}
	}
}

func TestPiecesJoinToMessages(t *testing.T) {
	t.Parallel()
	shared := jsonOf(2000)
	header := []byte("MSG telemetry.sensors 17 2000\r\n")
	tests := map[string]struct {
		pieces [][]byte
		want   []byte
	}{
		"nothing":            {nil, nil},
		"one":                {[][]byte{AppendBlocks(nil, shared)}, shared},
		"stored":             {[][]byte{AppendStored(nil, header)}, header},
		"stored, shared":     {[][]byte{AppendStored(nil, header), AppendBlocks(nil, shared)}, slices.Concat(header, shared)},
		"shared, stored":     {[][]byte{AppendBlocks(nil, shared), AppendStored(nil, header)}, slices.Concat(shared, header)},
		"shared twice":       {[][]byte{AppendBlocks(nil, shared), AppendBlocks(nil, shared)}, slices.Concat(shared, shared)},
		"several":            {[][]byte{AppendStored(nil, header), AppendBlocks(nil, shared), AppendStored(nil, header), AppendBlocks(nil, shared)}, slices.Concat(header, shared, header, shared)},
		"incompressible":     {[][]byte{AppendBlocks(nil, contents()["noise"]), AppendBlocks(nil, shared)}, slices.Concat(contents()["noise"], shared)},
		"stored like a tail": {[][]byte{AppendBlocks(nil, shared), AppendStored(nil, []byte("x\x00\x00\xff\xff"))}, append(bytes.Clone(shared), "x\x00\x00\xff\xff"...)},
		"long stored":        {[][]byte{AppendStored(nil, jsonOf(150_000))}, jsonOf(150_000)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message := Finish(slices.Concat(tt.pieces...))
			for _, history := range [][]byte{nil, jsonOf(32 << 10)} {
				if got := inflateEverywhere(t, message, history); !bytes.Equal(got, tt.want) {
					t.Errorf("got %d bytes, want %d or others", len(got), len(tt.want))
				}
			}
		})
	}
}

func TestBytesOnTheWire(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ got, want []byte }{
		"stored":           {AppendStored(nil, []byte("Hello")), []byte("\x00\x05\x00\xfa\xffHello")},
		"stored message":   {Finish(AppendStored(nil, []byte("Hello"))), []byte("\x00\x05\x00\xfa\xffHello\x00")},
		"stored nothing":   {AppendStored(nil, nil), nil},
		"empty message":    {AppendMessage(nil, nil), []byte{0}},
		"message of none":  {Finish(nil), []byte{0}},
		"no blocks":        {AppendBlocks(nil, nil), nil},
		"fixed codes":      {AppendMessage(nil, []byte("Hello")), []byte("\xf2\x48\xcd\xc9\xc9\x07\x00")}, // RFC 7692, 7.2.3.1
		"end of the piece": {AppendBlocks(nil, []byte("Hello")), []byte("\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff")},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, n := range []int{0, 1, 65535, 65536, 200_000} {
		if got, want := len(AppendStored(nil, make([]byte, n))), StoredSize(n); got != want {
			t.Errorf("%d bytes are stored in %d, StoredSize says %d", n, got, want)
		}
	}
}

func TestMessagesOfTheRFC(t *testing.T) {
	t.Parallel()
	// RFC 7692, section 7.2.3.
	tests := map[string]string{
		"one block":        "\xf2\x48\xcd\xc9\xc9\x07\x00",
		"no compression":   "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00",
		"BFINAL":           "\xf3\x48\xcd\xc9\xc9\x07\x00\x00",
		"BFINAL, no block": "\xf3\x48\xcd\xc9\xc9\x07\x00", // not allowed, but clear
		"two blocks":       "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
		"BFINAL twice":     "\xf3\x48\x05\x00\x00\x00\x00\xff\xff\xcb\xc9\xc9\x07\x00\x00",
	}
	for name, message := range tests {
		got, err := Inflate(nil, []byte(message), 5)
		if err != nil || string(got) != "Hello" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, message := range map[string]string{"canonical": "\x00", "fixed": "\x02\x00", "none": ""} {
		got, err := Inflate(nil, []byte(message), 0)
		if err != nil || len(got) != 0 {
			t.Errorf("empty, %s: %q, %v", name, got, err)
		}
	}
	// With context takeover the second message refers to the first.
	r := NewReader(MaxWindow)
	for _, message := range []string{"\xf2\x48\xcd\xc9\xc9\x07\x00", "\xf2\x00\x11\x00\x00"} {
		got, err := r.Inflate(nil, []byte(message), 5)
		if err != nil || string(got) != "Hello" {
			t.Errorf("takeover: %q, %v", got, err)
		}
	}
}

func TestSmallerWindowsCompressLess(t *testing.T) {
	t.Parallel()
	src := jsonOf(200_000)
	last := len(src)
	for bits := Window(8); bits <= 15; bits++ {
		message := bits.AppendMessage(nil, src)
		if got := inflateEverywhere(t, message, nil); !bytes.Equal(got, src) {
			t.Errorf("window of %d bytes: comes back different", 1<<bits)
		}
		if len(message) >= last {
			t.Errorf("window of %d bytes: %d bytes, %d with half of it", 1<<bits, len(message), last)
		}
		last = len(message)
	}
	for _, w := range []Window{-1, 0, 7, 16, 100} {
		if !bytes.Equal(w.AppendMessage(nil, src), AppendMessage(nil, src)) {
			t.Errorf("Window(%d) is not 15", w)
		}
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	src := jsonOf(100_000)
	message := AppendMessage(nil, src)
	sink := func([]byte) error { return nil }
	for _, tt := range []struct {
		limit int
		want  error
	}{{-1, nil}, {100_000, nil}, {200_000, nil}, {99_999, ErrTooLarge}, {32 << 10, ErrTooLarge}, {1, ErrTooLarge}, {0, ErrTooLarge}} {
		for _, room := range []int{0, 10, 99_999, 100_000, 100_010} {
			dst := append(make([]byte, 0, room+4), "kept"...)
			got, err := Inflate(dst, message, tt.limit)
			if !errors.Is(err, tt.want) {
				t.Errorf("limit %d, room for %d: %v", tt.limit, room, err)
			}
			want := "kept"
			if tt.want == nil {
				want += string(src)
			}
			if string(got) != want {
				t.Errorf("limit %d, room for %d: got %d bytes, want %d or others", tt.limit, room, len(got), len(want))
			}
		}
		if err := InflateTo(message, tt.limit, sink); !errors.Is(err, tt.want) {
			t.Errorf("InflateTo, limit %d: %v", tt.limit, err)
		}
	}
}

func TestCorruptInputSaysWhere(t *testing.T) {
	t.Parallel()
	good := AppendMessage(nil, jsonOf(1000))
	tests := map[string]struct {
		message []byte
		offset  int
	}{
		"reserved kind of block": {[]byte{7}, 0},
		"stored length":          {[]byte("\x00\x05\x00\x05\x00Hello\x00"), 1},
		"no length":              {[]byte("\x00\x05\x00"), 1},
		"cut short":              {good[:len(good)/2], len(good) / 2},
		"stored, cut short":      {[]byte("\x00\x09\x00\xf6\xffHel"), 8},
		"before the beginning":   {[]byte("\x02\x13\x00\x00"), 2},
		"not stripped":           {append(bytes.Clone(good), tail...), len(good) + 4},
	}
	for name, tt := range tests {
		_, err := Inflate(nil, tt.message, noLimit)
		var corrupt *CorruptError
		if !errors.As(err, &corrupt) || !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(err.Error(), "flate: corrupt input before offset ") {
			t.Errorf("%s: the text is %q", name, err)
		}
		if corrupt.Offset < tt.offset || corrupt.Offset > len(tt.message) {
			t.Errorf("%s: offset %d, want at least %d and not behind the end at %d", name, corrupt.Offset, tt.offset, len(tt.message))
		}
		if err := InflateTo(tt.message, noLimit, func([]byte) error { return nil }); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s, InflateTo: %v", name, err)
		}
	}
}

func TestSinkStops(t *testing.T) {
	t.Parallel()
	stop := errors.New("enough")
	calls := 0
	err := InflateTo(AppendMessage(nil, make([]byte, 1<<20)), noLimit, func([]byte) error {
		if calls++; calls == 3 {
			return stop
		}
		return nil
	})
	if err != stop || calls != 3 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			want := jsonOf(1000 * (i + 1))
			for range 50 {
				message := AppendMessage(nil, want)
				if got, err := Inflate(nil, message, len(want)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%d bytes: %d came back, %v", len(want), len(got), err)
				}
				n := 0
				count := func(b []byte) error {
					n += len(b)
					return nil
				}
				if err := InflateTo(message, len(want), count); err != nil || n != len(want) {
					t.Errorf("%d bytes: %d came back in chunks, %v", len(want), n, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestBomb(t *testing.T) {
	t.Parallel()
	size := 1 << 30
	if underRace || testing.Short() {
		size = 1 << 25
	}
	// A thousandth of what comes out of it, in equal parts.
	part := AppendBlocks(nil, make([]byte, 1<<20))
	bomb := Finish(bytes.Repeat(part, size>>20))
	total := 0
	count := func(b []byte) error {
		total += len(b)
		return nil
	}
	if err := InflateTo(bomb, size/32, count); !errors.Is(err, ErrTooLarge) || total != size/32 {
		t.Errorf("with a limit: %d bytes, %v", total, err)
	}
	got, err := Inflate(make([]byte, 0, 100), bomb, 1<<20)
	if !errors.Is(err, ErrTooLarge) || cap(got) != 100 {
		t.Errorf("Inflate: %v, and a buffer of %d bytes", err, cap(got))
	}
	total = 0
	if err := InflateTo(bomb, size, count); err != nil || total != size {
		t.Errorf("%d bytes, %v", total, err)
	}
}
