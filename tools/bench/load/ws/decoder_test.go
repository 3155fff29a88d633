package ws

import (
	"bytes"
	"compress/flate"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// deflated returns the message compressed.
func deflated(t testing.TB, message string) []byte {
	t.Helper()
	b, err := Deflate([]byte(message))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// decode feeds the stream in pieces of at most n bytes, and returns what came out of it.
func decode(stream []byte, n int, wanted func() bool) (data, control string, d *Decoder, err error) {
	var all bytes.Buffer
	defer func() { data = all.String() }()
	d = &Decoder{Wanted: wanted}
	d.Data = func(b []byte) error {
		all.Write(b)
		return nil
	}
	d.Control = func(op Opcode, b []byte) error {
		control += string(rune('0'+op)) + string(b) + " "
		return nil
	}
	for len(stream) > 0 {
		k := min(n, len(stream))
		if err := d.Feed(bytes.Clone(stream[:k])); err != nil {
			return data, control, d, err
		}
		stream = stream[k:]
	}
	return data, control, d, nil
}

func TestDecoderSeesTheSameWhateverTheCuts(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("MSG a 1 5\r\nhello\r\n", 20)
	packed := deflated(t, text)
	long := strings.Repeat("x", 70_000)
	join := func(frames ...[]byte) []byte { return bytes.Join(frames, nil) }
	tests := map[string]struct {
		stream        []byte
		data, control string
		messages      int
		pending       bool
	}{
		"nothing":       {},
		"plain":         {join(serverFrame(0x82, []byte("one")), serverFrame(0x81, []byte("two"))), "onetwo", "", 2, false},
		"long":          {serverFrame(0x82, []byte(long)), long, "", 1, false},
		"empty":         {join(serverFrame(0x82, nil), serverFrame(0x82, []byte("x"))), "x", "", 2, false},
		"fragments":     {join(serverFrame(0x02, []byte("o")), serverFrame(0x00, nil), serverFrame(0x80, []byte("ne"))), "one", "", 1, false},
		"ping between":  {join(serverFrame(0x02, []byte("o")), serverFrame(0x89, []byte("p")), serverFrame(0x80, []byte("ne"))), "one", "9p ", 1, false},
		"empty ping":    {join(serverFrame(0x89, nil), serverFrame(0x8a, nil)), "", "9 : ", 0, false},
		"close":         {serverFrame(0x88, []byte{3, 'B'}), "", "8\x03B ", 0, false},
		"compressed":    {join(serverFrame(0xc2, packed), serverFrame(0x82, []byte("end"))), text + "end", "", 2, false},
		"in two halves": {join(serverFrame(0x42, packed[:9]), serverFrame(0x80, packed[9:])), text, "", 1, false},
		"packed empty":  {join(serverFrame(0xc2, []byte{0}), serverFrame(0xc2, nil)), "", "", 2, false},
		"half a header": {[]byte{0x82}, "", "", 0, true},
		"half a frame":  {[]byte{0x82, 2, 'a'}, "a", "", 0, true},
		"half":          {serverFrame(0x02, []byte("o")), "o", "", 0, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sizes := []int{1, 2, 3, 7, 100, len(tt.stream) + 1}
			for _, n := range sizes {
				data, control, d, err := decode(tt.stream, n, nil)
				if err != nil {
					t.Fatal(err)
				}
				if data != tt.data || control != tt.control || d.Messages() != tt.messages || d.Pending() != tt.pending {
					t.Errorf("in pieces of %d: %.40q, %q, %d messages, pending %t", n, data, control, d.Messages(), d.Pending())
				}
			}
		})
	}
}

func TestDecoderInflatesOnlyWhatIsWanted(t *testing.T) {
	t.Parallel()
	stream := bytes.Join([][]byte{
		serverFrame(0xc2, deflated(t, "first ")),
		serverFrame(0x42, []byte("not even ")), // would not inflate
		serverFrame(0x80, []byte("compressed")),
		serverFrame(0x82, []byte("plain ")),
		serverFrame(0xc2, deflated(t, "last")),
	}, nil)
	asked := 0
	data, _, d, err := decode(stream, 5, func() bool { asked++; return asked != 2 })
	if err != nil || data != "first plain last" || asked != 3 || d.Messages() != 4 {
		t.Errorf("got %q, %v after %d questions, %d messages", data, err, asked, d.Messages())
	}
}

func TestDecoderRefuses(t *testing.T) {
	t.Parallel()
	var corrupt flate.CorruptInputError
	for name, tt := range map[string]struct {
		stream  []byte
		corrupt bool
	}{
		"continuation of nothing": {serverFrame(0x80, nil), false},
		"second beginning":        {append(serverFrame(0x02, nil), serverFrame(0x82, nil)...), false},
		"no header":               {[]byte{0x83, 0}, false},
		"no deflate stream":       {serverFrame(0xc2, []byte{0xff, 0xff}), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, _, err := decode(tt.stream, 1, nil)
			if err == nil || errors.Is(err, ErrFrame) == tt.corrupt || errors.As(err, &corrupt) != tt.corrupt {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestDecoderReturnsTheErrorOfItsConsumers(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	fails := func([]byte) error { return broken }
	for name, stream := range map[string][]byte{
		"plain":      serverFrame(0x82, []byte("x")),
		"compressed": serverFrame(0xc2, deflated(t, "x")),
	} {
		if err := (&Decoder{Data: fails}).Feed(stream); !errors.Is(err, broken) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	d := Decoder{Control: func(Opcode, []byte) error { return broken }}
	if err := d.Feed(serverFrame(0x89, nil)); !errors.Is(err, broken) {
		t.Errorf("control: error is %v", err)
	}
}

func TestInflateUndoesDeflate(t *testing.T) {
	t.Parallel()
	for _, message := range []string{"", "x", strings.Repeat("the same again ", 20_000)} {
		var got bytes.Buffer
		err := inflate(deflated(t, message), func(b []byte) error {
			got.Write(b)
			return nil
		})
		if d := cmp.Diff(message, got.String()); err != nil || d != "" {
			t.Errorf("%d bytes: %v (-want +got):\n%s", len(message), err, d)
		}
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add(bytes.Join([][]byte{
		serverFrame(0x42, deflated(f, "hello")), serverFrame(0x89, []byte("p")), serverFrame(0x80, nil), serverFrame(0x82, []byte("x")),
	}, nil), 3)
	f.Add([]byte{0x82, 126, 0, 1, 'x', 0x88, 0}, 1)
	f.Add([]byte{0x82, 127, 0, 0, 0, 0, 0, 0, 0, 1, 'x'}, 4)
	f.Fuzz(func(t *testing.T, stream []byte, n int) {
		data, control, d, err := decode(stream, max(1, n), nil)
		data1, control1, d1, err1 := decode(stream, 1, nil)
		if err == nil != (err1 == nil) {
			t.Fatalf("in pieces of %d: %v; byte by byte: %v", n, err, err1)
		}
		if err == nil && (data != data1 || control != control1 || d.Messages() != d1.Messages()) {
			t.Errorf("in pieces of %d: %q, %q; byte by byte: %q, %q", n, data, control, data1, control1)
		}
	})
}

func TestDecoderAllocatesNothing(t *testing.T) {
	d := Decoder{Data: func([]byte) error { return nil }, Wanted: func() bool { return false }}
	frame := append(serverFrame(0xc2, []byte("skipped")), serverFrame(0x82, []byte("plain"))...)
	if n := testing.AllocsPerRun(100, func() { d.Feed(frame) }); n != 0 {
		t.Errorf("%v allocations per read", n)
	}
}

func BenchmarkDecoder(b *testing.B) {
	text := strings.Repeat(`{"seq":1000000000,"type":"order.created","name":"Desk lamp"}`, 1000)
	chunk := serverFrame(0xc2, deflated(b, text))
	for name, want := range map[string]bool{"inflate": true, "skip": false} {
		b.Run(name, func(b *testing.B) {
			d := Decoder{Data: func([]byte) error { return nil }, Wanted: func() bool { return want }}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				d.Feed(chunk)
			}
		})
	}
}
