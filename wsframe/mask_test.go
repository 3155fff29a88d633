package wsframe

import (
	"bytes"
	"testing"
)

// naive is the definition in RFC 6455 section 5.3.
func naive(b []byte, key [4]byte, phase int) []byte {
	out := make([]byte, len(b))
	for i := range b {
		out[i] = b[i] ^ key[(phase+i)&3]
	}
	return out
}

func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

func TestMaskIsTheNaiveLoop(t *testing.T) {
	t.Parallel()
	lengths := []int{511, 512, 513, 1000, 4096, 65537}
	for n := range 300 {
		lengths = append(lengths, n)
	}
	for _, n := range lengths {
		for phase := range 4 {
			for align := range 8 {
				checkMask(t, counting(n), testKey, phase, align)
			}
		}
	}
}

// checkMask compares Mask and MaskTo at an offset into memory to the naive loop,
// and looks for bytes touched around.
func checkMask(t *testing.T, src []byte, key [4]byte, phase, align int) {
	t.Helper()
	const guard = 0xa5
	want := naive(src, key, phase)
	next := (phase + len(src)) & 3
	padded := bytes.Repeat([]byte{guard}, align+len(src)+64)
	intact := func(name string) {
		t.Helper()
		if !bytes.Equal(padded[align:align+len(src)], want) {
			t.Fatalf("%s of %d bytes, phase %d, offset %d: wrong", name, len(src), phase, align)
		}
		for i, c := range padded {
			if (i < align || i >= align+len(src)) && c != guard {
				t.Fatalf("%s of %d bytes, phase %d, offset %d: touched byte %d", name, len(src), phase, align, i-align)
			}
		}
	}
	if got := MaskTo(padded[align:], src, key, phase); got != next {
		t.Fatalf("MaskTo of %d bytes: phase %d, then %d", len(src), phase, got)
	}
	intact("MaskTo")
	copy(padded[align:], src)
	if got := Mask(padded[align:align+len(src)], key, phase); got != next {
		t.Fatalf("Mask of %d bytes: phase %d, then %d", len(src), phase, got)
	}
	intact("Mask")
}

// Where there is a faster way the portable one is tested all the same.
func TestMaskWithoutAssembly(t *testing.T) {
	t.Parallel()
	for n := range 300 {
		for phase := range 4 {
			src := counting(n)
			want, got := naive(src, testKey, phase), make([]byte, n)
			xorWords(got, src, word(testKey, phase))
			if !bytes.Equal(got, want) {
				t.Fatalf("%d bytes, phase %d: wrong", n, phase)
			}
			xorWords(src, src, word(testKey, phase))
			if !bytes.Equal(src, want) {
				t.Fatalf("%d bytes, phase %d: wrong in place", n, phase)
			}
		}
	}
}

func TestMaskOfPiecesIsMaskOfTheWhole(t *testing.T) {
	t.Parallel()
	whole := counting(100)
	want := naive(whole, testKey, 0)
	for i := range whole {
		for j := i; j <= len(whole); j++ {
			got := bytes.Clone(whole)
			phase := Mask(got[:i], testKey, 0)
			phase = Mask(got[i:j], testKey, phase)
			Mask(got[j:], testKey, phase)
			if !bytes.Equal(got, want) {
				t.Fatalf("cut at %d and %d: wrong", i, j)
			}
		}
	}
}

func TestMaskAgainUnmasks(t *testing.T) {
	t.Parallel()
	// The example of RFC 6455 section 5.7.
	b := []byte("\x7f\x9f\x4d\x51\x58")
	Mask(b, testKey, 0)
	if string(b) != "Hello" {
		t.Errorf("unmasked %q", b)
	}
	Mask(b, testKey, 4) // only the last two bits of a phase count
	if string(b) != "\x7f\x9f\x4d\x51\x58" {
		t.Errorf("masked %q", b)
	}
}
