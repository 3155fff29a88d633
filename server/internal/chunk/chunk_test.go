package chunk

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGetFitsTheRequest(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]int{
		0: 512, 512: 512, 513: 4 << 10, 4097: 16 << 10, 64 << 10: 64 << 10,
		Max: Max, Max + 1: Max + 1,
	} {
		c := Get(size)
		if diff := cmp.Diff(want, len(c.Buf)); diff != "" {
			t.Errorf("Get(%d): %s", size, diff)
		}
		c.Release()
	}
}

func TestSharedUntilTheLastOtherReferenceIsGone(t *testing.T) {
	t.Parallel()
	c := Get(1)
	if c.Shared() {
		t.Fatal("a fresh chunk is shared")
	}
	c.Retain()
	if !c.Shared() {
		t.Fatal("a retained chunk is not shared")
	}
	c.Release()
	if c.Shared() {
		t.Fatal("still shared after the second holder released it")
	}
	c.Release()
}

func BenchmarkGetRelease(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Get(4 << 10).Release()
	}
}
