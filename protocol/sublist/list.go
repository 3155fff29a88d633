package sublist

import (
	"slices"
	"sync/atomic"
)

// chunkLen is the number of values in a full chunk: what one removal copies.
const chunkLen = 64

// list is an unordered collection that readers walk without a lock while one
// writer at a time changes it. Adding and removing cost the same however many
// values it holds.
//
// What a reader has seen never changes under it: a value is added behind the
// published length, and a removal replaces the chunk. A value never moves from
// one chunk to another within one directory, so a reader sees each value that
// is there all the while exactly once.
type list[V any] struct {
	// Up to chunkLen values lie in small; then wide takes over for good and
	// small becomes nil. Readers look at small first.
	small atomic.Pointer[chunk[V]]
	wide  atomic.Pointer[wide[V]]
}

// chunk holds values [:n] of vals, which are never written again.
type chunk[V any] struct {
	vals  []V // its whole length is usable
	n     atomic.Int32
	marks []*place // of the values, in the same order; writers only
}

// wide is a directory of chunks.
type wide[V any] struct {
	chunks []atomic.Pointer[chunk[V]] // the first n are in use
	n      atomic.Int32
	live   int     // number of values; writers only
	open   []int32 // chunks with room; writers only
}

// place is a value's position in its list: the handle to remove it by. It
// belongs to the list's writers.
type place struct {
	chunk int32
}

func newChunk[V any](size int) *chunk[V] {
	return &chunk[V]{vals: make([]V, size), marks: make([]*place, size)}
}

func newWide[V any](size int) *wide[V] {
	return &wide[V]{chunks: make([]atomic.Pointer[chunk[V]], size)}
}

// segments calls yield with slices that together hold all values; none is
// empty. They must not be written to.
func (l *list[V]) segments(yield func([]V)) {
	if c := l.small.Load(); c != nil {
		if vs := c.view(); len(vs) > 0 {
			yield(vs)
		}
		return
	}
	w := l.wide.Load()
	if w == nil {
		return
	}
	for i := range w.n.Load() {
		if vs := w.chunks[i].Load().view(); len(vs) > 0 {
			yield(vs)
		}
	}
}

// isWide returns whether the values lie in more than one chunk.
func (l *list[V]) isWide() bool { return l.wide.Load() != nil }

// len returns the number of values. Writers only.
func (l *list[V]) len() int {
	if w := l.wide.Load(); w != nil {
		return w.live
	}
	if c := l.small.Load(); c != nil {
		return int(c.n.Load())
	}
	return 0
}

// add adds v, to be removed by p.
func (l *list[V]) add(v V, p *place) {
	if l.wide.Load() != nil {
		l.addWide(v, p)
		return
	}
	c := l.small.Load()
	switch {
	case c == nil:
		c = newChunk[V](2)
		c.push(v, p)
		l.small.Store(c)
	case !c.full():
		c.push(v, p)
	case len(c.vals) < chunkLen:
		c = c.resized(2 * len(c.vals))
		c.push(v, p)
		l.small.Store(c)
	default:
		w := newWide[V](4)
		w.chunks[0].Store(c)
		w.n.Store(1)
		w.live = chunkLen
		l.wide.Store(w)
		l.small.Store(nil)
		l.addWide(v, p)
	}
}

// remove removes the value that was added with p.
func (l *list[V]) remove(p *place) {
	if l.wide.Load() != nil {
		l.removeWide(p)
		return
	}
	c := l.small.Load()
	left := int(c.n.Load()) - 1
	if left == 0 {
		l.small.Store(nil)
		return
	}
	size := len(c.vals)
	if left <= size/4 {
		size /= 2
	}
	l.small.Store(c.without(p, size))
}

func (l *list[V]) addWide(v V, p *place) {
	w := l.wide.Load()
	if len(w.open) == 0 {
		w = l.extend(w)
	}
	top := len(w.open) - 1
	p.chunk = w.open[top]
	c := w.chunks[p.chunk].Load()
	c.push(v, p)
	if c.full() {
		w.open = w.open[:top]
	}
	w.live++
}

// extend adds an empty chunk to w and returns w, or what has replaced it.
func (l *list[V]) extend(w *wide[V]) *wide[V] {
	n := w.n.Load()
	if int(n) == len(w.chunks) {
		bigger := newWide[V](2 * len(w.chunks))
		for i := range w.chunks {
			bigger.chunks[i].Store(w.chunks[i].Load())
		}
		bigger.n.Store(n)
		bigger.live, bigger.open = w.live, w.open
		l.wide.Store(bigger)
		w = bigger
	}
	w.chunks[n].Store(newChunk[V](chunkLen))
	w.n.Store(n + 1)
	w.open = append(w.open, n)
	return w
}

func (l *list[V]) removeWide(p *place) {
	w := l.wide.Load()
	c := w.chunks[p.chunk].Load()
	if c.full() {
		w.open = append(w.open, p.chunk)
	}
	w.chunks[p.chunk].Store(c.without(p, chunkLen))
	w.live--
	if n := int(w.n.Load()); n > 1 && w.live < n*chunkLen/4 {
		l.wide.Store(w.packed())
	}
}

// packed returns a copy of w without holes. It touches every value, which is
// paid for by the three times as many removals that made it necessary.
func (w *wide[V]) packed() *wide[V] {
	n := max(1, (w.live+chunkLen-1)/chunkLen)
	p := newWide[V](2 * n)
	at := int32(-1)
	var dst *chunk[V]
	for i := range w.n.Load() {
		src := w.chunks[i].Load()
		for j, v := range src.view() {
			if dst == nil || dst.full() {
				dst = newChunk[V](chunkLen)
				at++
				p.chunks[at].Store(dst)
			}
			src.marks[j].chunk = at
			dst.push(v, src.marks[j])
		}
	}
	if dst == nil {
		dst, at = newChunk[V](chunkLen), 0
		p.chunks[at].Store(dst)
	}
	if !dst.full() {
		p.open = append(p.open, at)
	}
	p.n.Store(at + 1)
	p.live = w.live
	return p
}

// view returns the values published so far.
func (c *chunk[V]) view() []V {
	n := c.n.Load()
	return c.vals[:n:n]
}

func (c *chunk[V]) full() bool { return int(c.n.Load()) == len(c.vals) }

// push adds v to c, which must have room.
func (c *chunk[V]) push(v V, p *place) {
	n := c.n.Load()
	c.vals[n], c.marks[n] = v, p
	c.n.Store(n + 1)
}

// resized returns a copy of c with room for size values.
func (c *chunk[V]) resized(size int) *chunk[V] {
	r := newChunk[V](size)
	n := copy(r.vals, c.view())
	copy(r.marks, c.marks[:n])
	r.n.Store(int32(n))
	return r
}

// without returns a copy of c of the given size that lacks the value of p. It
// may take c's marks: c has no writer any more.
func (c *chunk[V]) without(p *place, size int) *chunk[V] {
	vs := c.view()
	i := slices.Index(c.marks[:len(vs)], p)
	r := &chunk[V]{vals: make([]V, size)}
	copy(r.vals, vs[:i])
	copy(r.vals[i:], vs[i+1:])
	r.marks = slices.Delete(c.marks[:len(vs)], i, i+1)
	if size == len(c.marks) {
		r.marks = r.marks[:size]
	} else {
		r.marks = append(make([]*place, 0, size), r.marks...)[:size]
	}
	r.n.Store(int32(len(vs) - 1))
	return r
}
