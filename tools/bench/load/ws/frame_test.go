package ws

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// serverFrame returns a frame as a server sends it. The first byte holds all the bits.
func serverFrame(first byte, payload []byte) []byte {
	masked := AppendFrame(nil, Opcode(first&0x0f), false, 0, payload)
	masked[0] = first
	masked[1] &^= maskBit
	keyAt := len(masked) - len(payload) - 4
	return append(masked[:keyAt:keyAt], payload...)
}

func TestAppendFrame(t *testing.T) {
	t.Parallel()
	const key = 0x04030201 // sent as 1, 2, 3, 4
	hello := []byte{'H' ^ 1, 'e' ^ 2, 'l' ^ 3, 'l' ^ 4, 'o' ^ 1}
	tests := map[string]struct {
		op         Opcode
		compressed bool
		payload    string
		wantHead   []byte
		wantBody   []byte
	}{
		"empty":       {Binary, false, "", []byte{0x82, 0x80, 1, 2, 3, 4}, nil},
		"short":       {Binary, false, "Hello", []byte{0x82, 0x85, 1, 2, 3, 4}, hello},
		"pong":        {Pong, false, "Hello", []byte{0x8a, 0x85, 1, 2, 3, 4}, hello},
		"compressed":  {Binary, true, "Hello", []byte{0xc2, 0x85, 1, 2, 3, 4}, hello},
		"126 bytes":   {Text, false, string(make([]byte, 126)), []byte{0x81, 0xfe, 0, 126, 1, 2, 3, 4}, nil},
		"65535 bytes": {Text, false, string(make([]byte, 65535)), []byte{0x81, 0xfe, 0xff, 0xff, 1, 2, 3, 4}, nil},
		"65536 bytes": {Text, false, string(make([]byte, 65536)), []byte{0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := tt.wantBody
			if want == nil {
				want = bytes.Repeat([]byte{1, 2, 3, 4}, (len(tt.payload)+3)/4)[:len(tt.payload)]
			}
			want = append(append([]byte("before"), tt.wantHead...), want...)
			got := AppendFrame([]byte("before"), tt.op, tt.compressed, key, []byte(tt.payload))
			if !bytes.Equal(want, got) {
				t.Errorf("frame (-want +got):\n%s", cmp.Diff(want, got))
			}
		})
	}
}

func TestParseHeader(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in    []byte
		want  header
		wantN int
	}{
		"nothing":      {nil, header{}, 0},
		"one byte":     {[]byte{0x82}, header{}, 0},
		"short":        {[]byte{0x82, 125, 'x'}, header{fin: true, op: Binary, length: 125}, 2},
		"first part":   {[]byte{0x42, 0}, header{compressed: true, op: Binary}, 2},
		"continuation": {[]byte{0x00, 7}, header{op: Continuation, length: 7}, 2},
		"16 bits":      {[]byte{0x82, 126, 1, 0}, header{fin: true, op: Binary, length: 256}, 4},
		"64 bits":      {[]byte{0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0}, header{fin: true, op: Binary, length: 1 << 32}, 10},
		"close":        {[]byte{0x88, 2, 3, 0xe8}, header{fin: true, op: Close, length: 2}, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, n, err := parseHeader(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, h, cmp.AllowUnexported(header{})); n > 0 && d != "" {
				t.Errorf("header (-want +got):\n%s", d)
			}
			if n != tt.wantN {
				t.Errorf("length %d, want %d", n, tt.wantN)
			}
		})
	}
	for _, in := range [][]byte{{0x82, 126, 1}, {0x82, 127, 0, 0, 0, 1, 0, 0, 0}} {
		if _, n, err := parseHeader(in); n != 0 || err != nil {
			t.Errorf("% x: %d, %v; want more bytes", in, n, err)
		}
	}
}

func TestParseHeaderRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string][]byte{
		"RSV2":                    {0xa2, 0},
		"RSV3":                    {0x92, 0},
		"mask":                    {0x82, 0x80},
		"opcode 3":                {0x83, 0},
		"opcode 11":               {0x8b, 0},
		"fragmented ping":         {0x09, 0},
		"compressed ping":         {0xc9, 0},
		"long ping":               {0x89, 126, 0, 126},
		"compressed continuation": {0xc0, 0},
		"top bit of the length":   {0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := parseHeader(in); !errors.Is(err, ErrFrame) {
				t.Errorf("error is %v", err)
			}
		})
	}
}
