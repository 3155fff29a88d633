package memo

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// text returns a chunk full of the letter.
func text(letter byte, n int) (*chunk.Chunk, []byte) {
	c := chunk.Get(n)
	b := append(c.Buf[:0], bytes.Repeat([]byte{letter}, n)...)
	return c, b
}

// keep remembers that n letters became one, and gives up its own references.
func keep(m *Memo, letter byte, n int) {
	from, plain := text(letter, n)
	to, packed := text(letter, 1)
	m.Keep(from, plain, to, packed)
	from.Release()
	to.Release()
}

// found returns what n letters became.
func found(m *Memo, letter byte, n int) string {
	c, packed, ok := m.Find(bytes.Repeat([]byte{letter}, n))
	if !ok {
		return ""
	}
	defer c.Release()
	return string(packed)
}

func TestFindsWhatWasKept(t *testing.T) {
	t.Parallel()
	var m Memo
	defer m.Forget()
	keep(&m, 'a', 300)
	keep(&m, 'b', 300)
	got := []string{found(&m, 'a', 300), found(&m, 'b', 300), found(&m, 'a', 301), found(&m, 'c', 300)}
	if diff := cmp.Diff([]string{"a", "b", "", ""}, got); diff != "" {
		t.Error(diff)
	}
}

func TestForgetsTheOneUsedLongestAgo(t *testing.T) {
	t.Parallel()
	var m Memo
	defer m.Forget()
	for i := range byte(Size) {
		keep(&m, 'a'+i, 300)
	}
	if found(&m, 'a', 300) == "" {
		t.Fatal("the first one was forgotten too early")
	}
	keep(&m, 'z', 300)
	got := []string{found(&m, 'a', 300), found(&m, 'b', 300), found(&m, 'z', 300)}
	if diff := cmp.Diff([]string{"a", "", "z"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestIgnoresWhatIsNotWorthIt(t *testing.T) {
	t.Parallel()
	var m Memo
	defer m.Forget()
	keep(&m, 'a', least-1)
	if got := found(&m, 'a', least-1); got != "" {
		t.Errorf("found %q", got)
	}
}

func TestForgetGivesEverythingBack(t *testing.T) {
	var m Memo
	before := chunk.Held()
	for i := range byte(2 * Size) {
		keep(&m, 'a'+i, 300)
	}
	m.Forget()
	if got := found(&m, 'a'+2*Size-1, 300); got != "" {
		t.Errorf("found %q", got)
	}
	if diff := cmp.Diff(before, chunk.Held()); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkFind(b *testing.B) {
	var m Memo
	defer m.Forget()
	for i := range byte(Size) {
		keep(&m, 'a'+i, 32<<10)
	}
	plain := bytes.Repeat([]byte{'a' + Size/2}, 32<<10)
	b.SetBytes(int64(len(plain)))
	b.ReportAllocs()
	for b.Loop() {
		c, _, _ := m.Find(plain)
		c.Release()
	}
}
