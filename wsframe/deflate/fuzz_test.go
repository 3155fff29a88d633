package deflate

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

// FuzzInflate checks that the ways to inflate agree on every input, that the
// limit is kept, and that nothing but the errors that are promised comes out.
func FuzzInflate(f *testing.F) {
	for _, c := range contents() {
		f.Add(AppendMessage(nil, c[:min(len(c), 3000)]), 5000, uint8(7))
	}
	f.Add([]byte("\xf3\x48\x05\x00\x00\x00\x00\xff\xff\xcb\xc9\xc9\x07\x00\x00"), 5, uint8(2))
	f.Add([]byte("\x00\x09\x00\xf6\xffHel"), 100, uint8(0))
	f.Add([]byte{7}, 1, uint8(0))
	f.Fuzz(func(t *testing.T, message []byte, limit int, cut uint8) {
		limit = max(0, min(limit, 1<<20))
		want, err := Inflate(nil, message, limit)
		if err != nil && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("unexpected error %v", err)
		}
		if len(want) > limit {
			t.Fatalf("%d bytes, %d are allowed", len(want), limit)
		}
		var got []byte
		pieces := slices.Collect(slices.Chunk(message, int(cut)+1))
		chunkErr := InflatePieces(pieces, limit, func(b []byte) error {
			got = append(got, b...)
			return nil
		})
		switch {
		case len(got) > limit:
			t.Fatalf("%d bytes in chunks, %d are allowed", len(got), limit)
		case (err == nil) != (chunkErr == nil):
			t.Fatalf("%v, but in chunks %v", err, chunkErr)
		case err == nil && !bytes.Equal(got, want):
			t.Fatalf("%d bytes, but in chunks %d or others", len(want), len(got))
		}
	})
}

// FuzzPieces checks that whatever we make of a message is read by everybody,
// with something in the window or nothing.
func FuzzPieces(f *testing.F) {
	for _, c := range contents() {
		c = c[:min(len(c), 3000)]
		f.Add(c, c[len(c)/2:], uint8(10), []byte("before"), uint16(len(c)/3))
	}
	f.Fuzz(func(t *testing.T, a, b []byte, bits uint8, history []byte, at uint16) {
		if len(a)+len(b) > 1<<20 {
			return
		}
		w := Window(bits%8 + 8)
		i := min(int(at), len(a))
		var message []byte
		message = w.AppendBlocks(message, a[:i])
		message = AppendStored(message, a[i:])
		message = w.AppendBlocks(message, b)
		message = Finish(message)
		if got := inflateEverywhere(t, message, lastOf(history, MaxWindow)); !bytes.Equal(got, slices.Concat(a, b)) {
			t.Fatalf("%d and %d bytes came back as %d or others", len(a), len(b), len(got))
		}

		// The same with takeover, by a writer and a reader that have both seen history.
		z := NewWriter(w)
		defer z.Close()
		z.AppendMessage(nil, history)
		r := NewReader(w)
		r.remember(history)
		for _, want := range [][]byte{a, b, a} {
			message = z.AppendMessage(message[:0], want)
			if got, err := r.Inflate(nil, message, len(want)); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("takeover: %d bytes came back as %d or others, %v", len(want), len(got), err)
			}
		}
	})
}

func lastOf(b []byte, w Window) []byte { return b[max(0, len(b)-w.size()):] }
