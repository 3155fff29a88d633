package wsframe

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPreparedMessage(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "short", strings.Repeat("long ", 100), strings.Repeat("longer ", 20000)} {
		payload := []byte(text)
		c := new(stdDeflate)
		p := NewPrepared(Text, payload, c)
		for i := range payload {
			payload[i] = 0 // it has a copy
		}
		plain := AppendFrame(nil, Text, []byte(text))
		if d := cmp.Diff(plain, p.Frame(false)); d != "" {
			t.Errorf("plain frame of %d bytes (-want +got):\n%s", len(text), d)
		}
		if c.calls != 0 {
			t.Errorf("%d bytes were compressed before anyone asked", len(text))
		}
		pays := len(deflated(text)) < len(text)
		rules := Rules{FromServer: true, Compression: true}
		want := []event{{Kind: "message", Op: Text, Compressed: pays, Text: text}}
		if d := cmp.Diff(want, assemble(t, rules, 0, stdInflate, p.Frame(true))); d != "" {
			t.Errorf("compressed frame of %d bytes (-want +got):\n%s", len(text), d)
		}
		if !pays && !bytes.Equal(p.Frame(true), plain) {
			t.Errorf("%d bytes are compressed though it does not pay", len(text))
		}
		if c.calls != 1 {
			t.Errorf("compressed %d times", c.calls)
		}
	}
}

func TestPreparedMessageWithoutCompressor(t *testing.T) {
	t.Parallel()
	p := NewPrepared(Binary, []byte("x"), nil)
	if d := cmp.Diff(p.Frame(false), p.Frame(true)); d != "" {
		t.Errorf("(-plain +compressed):\n%s", d)
	}
}

func TestPreparedMessageIsSharedByGoroutines(t *testing.T) {
	t.Parallel()
	c := new(stdDeflate)
	p := NewPrepared(Text, bytes.Repeat([]byte("x"), 1000), c)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if f := p.Frame(i%2 == 0); len(f) == 0 {
				t.Error("empty frame")
			}
		})
	}
	wg.Wait()
	if c.calls != 1 {
		t.Errorf("compressed %d times", c.calls)
	}
}
