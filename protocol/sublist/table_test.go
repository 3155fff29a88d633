package sublist

import (
	"math/rand/v2"
	"sync"
	"testing"
)

// number is a node whose key is its hash.
type number struct{ hash uint64 }

func find(t *table[number], h uint64) *number {
	s := t.at(h)
	mask := uint64(len(s.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch s.slots[i].hash.Load() {
		case slotEmpty:
			return nil
		case h:
			return s.slots[i].node.Load()
		}
	}
}

func put(t *table[number], n *number) {
	s := t.lockRoomy(n.hash)
	s.put(n.hash, n)
	t.unlock(s, n.hash)
}

func drop(t *table[number], n *number) {
	s := t.lock(n.hash)
	s.drop(n.hash, n)
	t.unlock(s, n.hash)
}

func count(t *table[number]) int {
	n := 0
	t.all(func(*number) bool { n++; return true })
	return n
}

func newTable() *table[number] {
	t := new(table[number])
	t.init()
	return t
}

// numbers returns n nodes whose hashes are spread by spread.
func numbers(n int, seed uint64, spread func(uint64) uint64) []*number {
	rnd := rand.New(rand.NewPCG(seed, 7))
	ns := make([]*number, n)
	for i := range ns {
		// The low bits make them differ whatever spread does.
		ns[i] = &number{spread(rnd.Uint64())&^0xfffff | seed<<18 | uint64(i) | hashBit}
	}
	return ns
}

func TestTableHoldsWhatIsPut(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		n      int
		spread func(uint64) uint64
	}{
		{"few", 5, func(h uint64) uint64 { return h }},
		{"one full shard", maxSlots, func(h uint64) uint64 { return h }},
		{"many shards", 20 * maxSlots, func(h uint64) uint64 { return h }},
		{"equal leading bits", 3 * maxSlots, func(uint64) uint64 { return 0 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tab := newTable()
			ns := numbers(tt.n, 0, tt.spread)
			for i, n := range ns {
				if find(tab, n.hash) != nil {
					t.Fatalf("node %d found before it was put", i)
				}
				put(tab, n)
			}
			for i, n := range ns {
				if find(tab, n.hash) != n {
					t.Fatalf("node %d not found", i)
				}
			}
			if got := count(tab); got != tt.n {
				t.Errorf("all yields %d nodes, want %d", got, tt.n)
			}
			for i, n := range ns {
				drop(tab, n)
				if find(tab, n.hash) != nil {
					t.Fatalf("node %d found after it was dropped", i)
				}
			}
			d := tab.dir.Load()
			if len(d.shards) != 1 || len(d.at(0).slots) > 4*minSlots {
				t.Errorf("%d shards of %d slots are left of an empty table", len(d.shards), len(d.at(0).slots))
			}
		})
	}
}

// TestTableReusesSlots replaces nodes for long enough that slots of dropped
// ones would fill the shard.
func TestTableReusesSlots(t *testing.T) {
	t.Parallel()
	tab := newTable()
	ns := numbers(100_000, 0, func(h uint64) uint64 { return h })
	const window = 50
	for i, n := range ns {
		put(tab, n)
		if i >= window {
			drop(tab, ns[i-window])
		}
	}
	if got := len(tab.at(0).slots); got > 8*window {
		t.Errorf("%d slots for %d nodes", got, window)
	}
	if got := count(tab); got != window {
		t.Errorf("all yields %d nodes, want %d", got, window)
	}
}

// TestTableWriters has writers meet in shards that grow, split, shrink and
// merge while nodes come and go.
func TestTableWriters(t *testing.T) {
	t.Parallel()
	const writers, most = 4, 2 * maxSlots
	rounds := 4
	if raceEnabled {
		rounds = 1
	}
	tab := newTable()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			ns := numbers(most, uint64(w), func(h uint64) uint64 { return h })
			rnd := rand.New(rand.NewPCG(uint64(w), 8))
			in := 0 // ns[:in] are in the table
			for range rounds {
				for in < most {
					in = step(t, tab, ns, in, rnd.IntN(3) > 0)
				}
				for in > 0 {
					in = step(t, tab, ns, in, rnd.IntN(3) == 0)
				}
			}
		})
	}
	wg.Wait()
	if got := count(tab); got != 0 {
		t.Errorf("%d nodes are left", got)
	}
}

// step puts one more of ns into the table, or drops one, and returns how many
// are in it.
func step(t *testing.T, tab *table[number], ns []*number, in int, more bool) int {
	if more && in < len(ns) {
		put(tab, ns[in])
		if find(tab, ns[in].hash) != ns[in] {
			t.Error("a node is not found after it was put")
		}
		return in + 1
	}
	if more || in == 0 {
		return in
	}
	drop(tab, ns[in-1])
	if find(tab, ns[in-1].hash) != nil {
		t.Error("a node is found after it was dropped")
	}
	return in - 1
}
