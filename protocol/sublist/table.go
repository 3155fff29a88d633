package sublist

import (
	"sync"
	"sync/atomic"
)

// Sizes of a shard in slots. A shard that would outgrow maxSlots is split, so
// no single SUB ever moves more than that many nodes.
const (
	minSlots   = 8
	maxSlots   = 4096
	mergeNodes = maxSlots / 8 // two sibling shards with no more nodes become one
	maxDepth   = 16           // a shard this deep grows instead: hashes that bad do not happen by chance
)

// States of a slot that holds no node. Hashes of nodes carry hashBit and are
// neither.
const (
	slotEmpty  = 0 // ends every probe
	slotGone   = 1 // held a node once; a probe goes on behind it
	hashBit    = 1 << 32
	cacheLine  = 64
	loadNumer  = 3 // a shard is full when loadNumer/loadDenom of its slots are not empty
	loadDenom  = 4
	sparseness = 8 // a shard shrinks when fewer than 1/sparseness of its slots hold a node
)

// table is an extendible hash table of nodes. It knows nothing of keys: it
// finds slots by hash, and whoever searches compares what lies there.
//
// Readers take no lock: they load the directory, the shard and its slots one
// by one. Writers lock one shard. A shard's slots never move: when a shard has
// to grow, split, shrink or merge, it is frozen, replaced in the directory by
// a copy and marked dead; a reader that still looks at the frozen one started
// before the change, and a writer looks again.
type table[N any] struct {
	dir atomic.Pointer[directory[N]]
	// mu orders the replacement of shards and of the directory. Its holder
	// may lock shards; the holder of a shard never waits for mu.
	mu sync.Mutex
}

// directory maps the leading bits of a hash to the shard responsible.
type directory[N any] struct {
	shift  uint // 64 minus the number of leading bits it is indexed by
	shards []atomic.Pointer[shard[N]]
}

// shard is an open-addressed table with linear probing.
type shard[N any] struct {
	slots []slot[N] // a power of two; the slice is never replaced
	depth uint      // leading hash bits that all its nodes share
	_     [cacheLine - 32]byte

	// What follows is the writers': away from the line that readers load.
	mu   sync.Mutex
	dead bool  // replaced: look again in the directory
	live int32 // slots with a node
	used int32 // slots that are not empty
	_    [cacheLine - 24]byte
}

// slot is one place of a shard. The hash lies beside the pointer so that a
// probe touches no node but the right one. To fill it, the node is stored
// first; to clear it, the hash.
type slot[N any] struct {
	hash atomic.Uint64
	node atomic.Pointer[N]
}

func (t *table[N]) init() {
	d := &directory[N]{shift: 64, shards: make([]atomic.Pointer[shard[N]], 1)}
	d.shards[0].Store(newShard[N](minSlots, 0))
	t.dir.Store(d)
}

func newShard[N any](slots int, depth uint) *shard[N] {
	return &shard[N]{slots: make([]slot[N], slots), depth: depth}
}

// at returns the shard responsible for h.
func (t *table[N]) at(h uint64) *shard[N] {
	return t.dir.Load().at(h)
}

func (d *directory[N]) at(h uint64) *shard[N] {
	return d.shards[h>>d.shift].Load()
}

// lock returns the shard responsible for h, locked.
func (t *table[N]) lock(h uint64) *shard[N] {
	for {
		s := t.at(h)
		s.mu.Lock()
		if !s.dead {
			return s
		}
		s.mu.Unlock()
	}
}

// lockRoomy returns the shard responsible for h, locked and with room for one
// more node.
func (t *table[N]) lockRoomy(h uint64) *shard[N] {
	for {
		s := t.lock(h)
		if !s.crowded() {
			return s
		}
		s.mu.Unlock()
		t.grow(h)
	}
}

// unlock releases s, the shard responsible for h, and gives memory back if
// few nodes are left in it.
func (t *table[N]) unlock(s *shard[N], h uint64) {
	sparse := s.sparse()
	s.mu.Unlock()
	if sparse {
		t.shrink(h)
	}
}

func (s *shard[N]) crowded() bool {
	return int(s.used)+1 > len(s.slots)/loadDenom*loadNumer
}

func (s *shard[N]) sparse() bool {
	return len(s.slots) > minSlots && int(s.live) < len(s.slots)/sparseness
}

// put adds n, which must not be in s, to s, which must have room. The caller
// holds the lock, or owns s alone.
func (s *shard[N]) put(h uint64, n *N) {
	mask := uint64(len(s.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		sl := &s.slots[i]
		was := sl.hash.Load()
		if was != slotEmpty && was != slotGone {
			continue
		}
		if was == slotEmpty {
			s.used++
		}
		s.live++
		sl.node.Store(n)
		sl.hash.Store(h)
		return
	}
}

// index returns the position of n, which must be in s.
func (s *shard[N]) index(h uint64, n *N) uint64 {
	mask := uint64(len(s.slots) - 1)
	i := h & mask
	for s.slots[i].node.Load() != n {
		i = (i + 1) & mask
	}
	return i
}

// swap puts n into the place of old, under the same hash. The caller holds the
// lock.
func (s *shard[N]) swap(h uint64, old, n *N) {
	s.slots[s.index(h, old)].node.Store(n)
}

// drop takes n out of s. The caller holds the lock.
func (s *shard[N]) drop(h uint64, n *N) {
	mask := uint64(len(s.slots) - 1)
	i := s.index(h, n)
	s.live--
	s.slots[i].hash.Store(slotGone)
	s.slots[i].node.Store(nil)
	// Nothing lies behind an empty slot, so what is gone before one is empty
	// too. No reader can be misled: none needs to get past it.
	for s.slots[(i+1)&mask].hash.Load() == slotEmpty && s.slots[i].hash.Load() == slotGone {
		s.slots[i].hash.Store(slotEmpty)
		s.used--
		i = (i - 1) & mask
	}
}

// copyTo puts all nodes of s into those shards of dst that bit, of the hash,
// selects.
func (s *shard[N]) copyTo(bit uint64, dst ...*shard[N]) {
	for i := range s.slots {
		sl := &s.slots[i]
		n := sl.node.Load()
		if n == nil {
			continue
		}
		h := sl.hash.Load()
		if h&bit != 0 {
			dst[1].put(h, n)
		} else {
			dst[0].put(h, n)
		}
	}
}

// all calls yield for every node until it returns false, and returns whether
// it never did. A node that is in the table all the while is yielded once.
func (t *table[N]) all(yield func(*N) bool) bool {
	var from uint64 // smaller hashes are done: a merged shard may hold them too
	for {
		s := t.at(from)
		for i := range s.slots {
			if h := s.slots[i].hash.Load(); h == slotEmpty || h == slotGone || h < from {
				continue
			}
			if n := s.slots[i].node.Load(); n != nil && !yield(n) {
				return false
			}
		}
		next := from>>(64-s.depth) + 1
		if next == 1<<s.depth {
			return true
		}
		from = next << (64 - s.depth)
	}
}
