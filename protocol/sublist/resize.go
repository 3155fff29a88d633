package sublist

import "sync/atomic"

// grow makes room in the shard responsible for h.
func (t *table[N]) grow(h uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.dir.Load()
	s := d.at(h)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.crowded() {
		return
	}
	size := len(s.slots)
	if int(s.live)*loadDenom > size*loadNumer/2 { // else most are gone: the same size will do
		size *= 2
	}
	if size <= maxSlots || s.depth >= maxDepth {
		n := newShard[N](size, s.depth)
		s.copyTo(0, n)
		d.install(h, n)
	} else {
		t.split(d, s, h)
	}
	s.dead = true
}

// split replaces s, the shard responsible for h, by two. The caller holds
// both locks.
func (t *table[N]) split(d *directory[N], s *shard[N], h uint64) {
	depth := s.depth + 1
	bit := uint64(1) << (64 - depth)
	lo, hi := newShard[N](maxSlots, depth), newShard[N](maxSlots, depth)
	s.copyTo(bit, lo, hi)
	if depth > d.bits() {
		d = d.doubled()
	}
	d.install(h&^bit, lo)
	d.install(h|bit, hi)
	t.dir.Store(d)
}

// shrink gives memory of the shard responsible for h back: it is merged with
// its sibling as long as both are nearly empty, or else copied into a smaller
// one.
func (t *table[N]) shrink(h uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	merged := false
	for t.merge(h) {
		merged = true
	}
	if merged {
		return
	}
	d := t.dir.Load()
	s := d.at(h)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sparse() {
		return
	}
	n := newShard[N](slotsFor(int(s.live)), s.depth)
	s.copyTo(0, n)
	d.install(h, n)
	s.dead = true
}

// merge makes one shard of the one responsible for h and its sibling, if both
// hold little, and returns whether it did. The caller holds t.mu.
func (t *table[N]) merge(h uint64) bool {
	d := t.dir.Load()
	a := d.at(h)
	if a.depth == 0 {
		return false
	}
	b := d.at(h ^ 1<<(64-a.depth))
	if b.depth != a.depth {
		return false
	}
	// Only the holder of t.mu ever locks two shards: no order is needed.
	a.mu.Lock()
	defer a.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	live := int(a.live) + int(b.live)
	if live > mergeNodes {
		return false
	}
	n := newShard[N](slotsFor(live), a.depth-1)
	a.copyTo(0, n)
	b.copyTo(0, n)
	d.install(h, n)
	a.dead, b.dead = true, true
	t.dir.Store(d.halved())
	return true
}

// slotsFor returns a size that keeps n nodes far from both growing and
// shrinking.
func slotsFor(n int) int {
	size := minSlots
	for size*loadNumer < n*loadDenom*2 {
		size *= 2
	}
	return size
}

// bits returns how many leading bits of a hash d is indexed by.
func (d *directory[N]) bits() uint { return 64 - d.shift }

// install makes s responsible for h and all hashes that share its first
// s.depth bits.
func (d *directory[N]) install(h uint64, s *shard[N]) {
	width := 1 << (d.bits() - s.depth)
	first := int(h>>d.shift) &^ (width - 1)
	for i := range width {
		d.shards[first+i].Store(s)
	}
}

// doubled returns a copy of d that is indexed by one more bit.
func (d *directory[N]) doubled() *directory[N] {
	n := &directory[N]{shift: d.shift - 1, shards: make([]atomic.Pointer[shard[N]], 2*len(d.shards))}
	for i := range n.shards {
		n.shards[i].Store(d.shards[i/2].Load())
	}
	return n
}

// halved returns a copy of d without the last bits that no shard needs, or d
// itself.
func (d *directory[N]) halved() *directory[N] {
	need := uint(0)
	for i := range d.shards {
		need = max(need, d.shards[i].Load().depth)
	}
	if need == d.bits() {
		return d
	}
	drop := d.bits() - need
	n := &directory[N]{shift: d.shift + drop, shards: make([]atomic.Pointer[shard[N]], 1<<need)}
	for i := range n.shards {
		n.shards[i].Store(d.shards[i<<drop].Load())
	}
	return n
}
