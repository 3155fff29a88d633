package chunk

import (
	"strings"
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

func TestAuditKnowsWhoHoldsAChunk(t *testing.T) {
	if !Audited {
		t.Skip("not an audited build")
	}
	c := Get(1)
	where := func() bool {
		for _, h := range Held() {
			if strings.Contains(h, "TestAuditKnowsWhoHoldsAChunk") {
				return true
			}
		}
		return false
	}
	if !where() {
		t.Errorf("the holder is not listed:\n%s", strings.Join(Held(), "\n"))
	}
	c.Release()
	if where() {
		t.Error("still listed after the release")
	}
	if diff := cmp.Diff(byte(0xdd), c.Buf[0]); diff != "" {
		t.Errorf("a released chunk keeps its bytes: %s", diff)
	}
}

func TestAuditPanicsOnWrongCounts(t *testing.T) {
	if !Audited {
		t.Skip("not an audited build")
	}
	t.Parallel()
	for name, misuse := range map[string]func(*Chunk){
		"release": (*Chunk).Release,
		"retain":  (*Chunk).Retain,
	} {
		c := Get(Max + 1) // never pooled, so nobody else gets hurt
		c.Release()
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s of a chunk without references passes", name)
				}
			}()
			misuse(c)
		}()
	}
}

func TestGetAndReleaseAllocateNothing(t *testing.T) {
	if Audited {
		t.Skip("the audit allocates")
	}
	n := testing.AllocsPerRun(1000, func() { Get(64 << 10).Release() })
	if n >= 1 { // a collection in between may empty the pool
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkGetRelease(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Get(4 << 10).Release()
	}
}
