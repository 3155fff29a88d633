package conn

import (
	"sync"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// seg is a run of bytes inside a chunk on which it holds a reference.
type seg struct {
	c *chunk.Chunk
	b []byte
}

// segs is a list of segments. Lists are pooled, not kept: an idle connection
// has none.
type segs struct {
	list []seg
}

var segsPool = sync.Pool{New: func() any { return &segs{list: make([]seg, 0, 16)} }}

func newSegs() *segs { return segsPool.Get().(*segs) }

func (s *segs) last() *seg { return &s.list[len(s.list)-1] }

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
	s.list = s.list[:0]
	segsPool.Put(s)
}
