package conn

import (
	"sync"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// seg is a run of bytes, never empty for long, inside a chunk on which it
// holds a reference.
type seg struct {
	c *chunk.Chunk
	b []byte
	// packed: the bytes are DEFLATE blocks already, and whole ones, if the
	// segments before it in a row of packed ones are counted in.
	packed bool
}

// segs is a list of segments. Lists are pooled, not kept: an idle connection
// has none.
type segs struct {
	list []seg
}

// segsKeep is the capacity up to which a list goes back to the pool. A list
// that grew behind a stalled peer would stay large for everybody after.
const segsKeep = 1024

var segsPool = sync.Pool{New: func() any { return &segs{list: make([]seg, 0, 16)} }}

func newSegs() *segs { return segsPool.Get().(*segs) }

// add appends the empty start of free, which the last segment then grows into.
func (s *segs) add(c *chunk.Chunk, free []byte, packed bool) {
	s.list = append(s.list, seg{c, free[:0], packed})
}

// grow lengthens the last segment by n bytes that were written behind it.
func (s *segs) grow(n int) {
	last := &s.list[len(s.list)-1]
	last.b = last.b[:len(last.b)+n]
}

// size returns the number of bytes in the list.
func (s *segs) size() int {
	n := 0
	for i := range s.list {
		n += len(s.list[i].b)
	}
	return n
}

// release drops the list and the references it still holds.
func (s *segs) release() {
	for i := range s.list {
		if s.list[i].c != nil {
			s.list[i].c.Release()
			s.list[i] = seg{}
		}
	}
	if cap(s.list) <= segsKeep {
		s.list = s.list[:0]
		segsPool.Put(s)
	}
}

// cursor is a list of segments being consumed from the front.
type cursor struct {
	segs *segs // nil when nothing is left
	next int   // first segment not fully consumed
	left int   // bytes
}

// set takes over a list of size bytes; nil is an empty one.
func (c *cursor) set(list *segs, size int) { c.segs, c.next, c.left = list, 0, size }

// front returns the segments that are left.
func (c *cursor) front() []seg {
	if c.segs == nil {
		return nil
	}
	return c.segs.list[c.next:]
}

// advance consumes n bytes.
func (c *cursor) advance(n int) {
	c.left -= n
	for n > 0 {
		s := &c.segs.list[c.next]
		if n < len(s.b) {
			s.b = s.b[n:]
			return
		}
		n -= len(s.b)
		s.c.Release()
		*s = seg{}
		c.next++
	}
	if c.left == 0 {
		c.discard()
	}
}

// move consumes n bytes by handing them over to another list.
func (c *cursor) move(n int, to *segs) {
	c.left -= n
	for n > 0 {
		s := &c.segs.list[c.next]
		if n < len(s.b) {
			s.c.Retain()
			to.list = append(to.list, seg{c: s.c, b: s.b[:n:n]})
			s.b = s.b[n:]
			return
		}
		n -= len(s.b)
		to.list = append(to.list, seg{c: s.c, b: s.b})
		*s = seg{}
		c.next++
	}
	if c.left == 0 {
		c.discard()
	}
}

// discard gives up what is left.
func (c *cursor) discard() {
	if c.segs != nil {
		c.segs.release()
	}
	*c = cursor{}
}
