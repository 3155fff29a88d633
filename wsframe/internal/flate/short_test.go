package flate

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestShortMessagesAreWhatOthersRead(t *testing.T) {
	t.Parallel()
	e, d := new(Encoder), new(Decoder)
	check := func(name string, want []byte) {
		t.Helper()
		message := bytes.TrimSuffix(e.AppendShort(nil, want), []byte(streamTail))
		if got := inflateOthers(t, message, nil); !bytes.Equal(got, want) {
			t.Errorf("%s: others read %q", name, got)
		}
		got, err := inflateAll(d, [][]byte{message}, nil, len(want), len(want))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if n := len(want) + 6; len(message) > n {
			t.Errorf("%s: %d bytes became %d", name, len(want), len(message))
		}
	}
	for name, sample := range samples() {
		for n := 0; n <= ShortMax && n <= len(sample); n++ {
			check(fmt.Sprint(name, " ", n), sample[:n])
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 { // few letters: many matches, also with themselves
		b := make([]byte, r.IntN(ShortMax+1))
		for i := range b {
			b[i] = "ab\xff"[r.IntN(3)]
		}
		check(fmt.Sprintf("%q", b), b)
	}
}

func TestShortMessagesWithRepetitionsGetShorter(t *testing.T) {
	t.Parallel()
	src := bytes.Repeat([]byte(`{"id":1},`), 14)
	if got := new(Encoder).AppendShort(nil, src); len(got) > len(src)/2 {
		t.Errorf("%d bytes became %d", len(src), len(got))
	}
}
