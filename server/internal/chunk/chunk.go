package chunk

import (
	"sync"
	"sync/atomic"
)

// sizes are the capacities lent out. The steps are wide: a buffer is held
// only while bytes move through it, so what counts is few pools that stay
// warm, not a tight fit.
var sizes = [...]int{512, 4 << 10, 16 << 10, 64 << 10, 256 << 10, Max}

// Max is the largest pooled capacity in bytes; larger chunks are left to the
// garbage collector.
const Max = 1 << 20

// unpooled is the class of chunks larger than Max.
const unpooled = -1

var pools [len(sizes)]sync.Pool

// Chunk is a buffer shared by reference count. A byte of it may be written
// only by the goroutine that got the chunk (or that was handed it), and only
// as long as nobody else was given that byte.
type Chunk struct {
	// Buf has the chunk's whole capacity as its length.
	Buf   []byte
	refs  atomic.Int32
	class int8 // index into sizes, or unpooled
}

// Get returns a chunk with at least size bytes and one reference.
func Get(size int) *Chunk {
	c := borrow(size)
	c.refs.Store(1)
	noteGet(c)
	return c
}

func borrow(size int) *Chunk {
	for i, s := range sizes {
		if size <= s {
			if c, _ := pools[i].Get().(*Chunk); c != nil {
				return c
			}
			return &Chunk{Buf: make([]byte, s), class: int8(i)}
		}
	}
	return &Chunk{Buf: make([]byte, size), class: unpooled}
}

// Retain adds a reference. The caller holds one, or is told so by somebody
// who does.
func (c *Chunk) Retain() {
	n := c.refs.Add(1)
	if Audited {
		checkRetain(n)
	}
}

// Release drops a reference; the caller may not touch the chunk afterwards.
func (c *Chunk) Release() {
	n := c.refs.Add(-1)
	if n > 0 {
		return
	}
	noteFree(c, n)
	if c.class != unpooled {
		pools[c.class].Put(c)
	}
}

// Shared reports whether somebody else holds a reference, which forbids the
// caller to overwrite bytes it has handed out. Only the answer false lasts.
func (c *Chunk) Shared() bool { return c.refs.Load() > 1 }
