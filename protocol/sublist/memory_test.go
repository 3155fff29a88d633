package sublist

import (
	"fmt"
	"runtime"
	"testing"
)

// heap returns the bytes in use after a collection.
func heap() int64 {
	runtime.GC()
	runtime.GC() // the first may leave spans unswept
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestMemory is not parallel: it looks at the heap of the whole process.
func TestMemory(t *testing.T) {
	tests := []struct {
		name  string
		n     int
		sub   func(i int) (subject, queue string)
		bytes int64 // limit for one subscription, without the subject itself and the value
	}{
		{"literal", 1_000_000, func(i int) (string, string) { return literal(i), "" }, 110},
		{"literal in a queue group", 100_000, func(i int) (string, string) { return literal(i), "q" }, 160},
		{"two of each literal", 100_000, func(i int) (string, string) { return literal(i / 2), "" }, 180},
		{"wildcard", 100_000, func(i int) (string, string) { return wildcard(i), "" }, 320},
		{"all on one subject", 100_000, func(int) (string, string) { return "news", "" }, 60},
		{"all in one group", 100_000, func(int) (string, string) { return "news", "q" }, 60},
		{"each in its own group", 100_000, func(i int) (string, string) { return "news", fmt.Sprint(i) }, 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := tt.n
			if raceEnabled || testing.Short() {
				n /= 10
			}
			subjects, queues := make([]string, n), make([]string, n)
			for i := range n {
				subjects[i], queues[i] = tt.sub(i)
			}
			entries := make([]*Entry[*sub], n)
			v := new(sub)
			before := heap()
			x := New[*sub]()
			for i := range n {
				e, err := x.Insert(subjects[i], queues[i], v)
				if err != nil {
					t.Fatal(err)
				}
				entries[i] = e
			}
			per := (heap() - before) / int64(n)
			t.Logf("%d bytes per subscription", per)
			if per > tt.bytes {
				t.Errorf("%d bytes per subscription, want at most %d", per, tt.bytes)
			}
			for i, e := range entries {
				x.Remove(e)
				entries[i] = nil
			}
			if left := heap() - before; left > 64<<10 {
				t.Errorf("%d bytes are left after all subscriptions were removed", left)
			}
			if x.Len() != 0 {
				t.Errorf("Len = %d, want 0", x.Len())
			}
			runtime.KeepAlive(subjects)
			runtime.KeepAlive(queues)
			runtime.KeepAlive(x)
		})
	}
}

// TestRemovedValuesAreGarbage removes the first of several subscribers: the
// index must not keep what it was.
func TestRemovedValuesAreGarbage(t *testing.T) {
	t.Parallel()
	for _, others := range []string{"a", "a q"} {
		for _, queue := range []string{"", "q"} {
			x := New[*[1024]byte]()
			freed := make(chan struct{})
			v := new([1024]byte)
			runtime.AddCleanup(v, func(int) { close(freed) }, 0)
			e, err := x.Insert("a", queue, v)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if _, err := x.Insert(others[:1], others[min(2, len(others)):], new([1024]byte)); err != nil {
					t.Fatal(err)
				}
			}
			x.Remove(e)
			for done := false; !done; {
				runtime.GC()
				select {
				case <-freed:
					done = true
				default:
					runtime.Gosched()
				}
			}
			runtime.KeepAlive(x)
		}
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	x := New[*sub]()
	add := func(n int, subject, queue string) {
		for range n {
			if _, err := x.Insert(subject, queue, new(sub)); err != nil {
				t.Fatal(err)
			}
		}
	}
	add(1, "one", "")
	add(1000, "wide", "")
	add(1000, "queue", "q")
	for i := range 100 {
		add(1, "groups.x", fmt.Sprint("q", i))
		add(1, "groups.*", fmt.Sprint("q", i))
	}
	add(2, "tree.*.b.>", "")
	add(2, "tree.a.*.c", "q")
	add(2, "tree.a.b.c", "q")
	add(2, "*.>", "p")
	for _, subject := range []string{"one", "wide", "queue", "groups.x", "tree.a.b.c", "nothing", "a..b"} {
		var r Result[*sub]
		published := []byte(subject)
		x.Match(published, &r)
		if got := testing.AllocsPerRun(100, func() { x.Match(published, &r) }); got != 0 {
			t.Errorf("Match(%q) allocates %v times", subject, got)
		}
		if got := testing.AllocsPerRun(100, func() { x.HasInterest(published) }); got != 0 {
			t.Errorf("HasInterest(%q) allocates %v times", subject, got)
		}
		r.Reset()
		if got := testing.AllocsPerRun(100, func() { x.Match(published, &r) }); got != 0 {
			t.Errorf("Match(%q) after Reset allocates %v times", subject, got)
		}
	}
}
