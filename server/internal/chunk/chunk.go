// Package chunk lends out reference-counted byte buffers in a few sizes.
//
// A Chunk starts with one reference, held by whoever got it. Bytes that were
// read from a socket into a Chunk can be queued to any number of outboxes
// without a copy: each queue entry retains the Chunk and releases it when the
// bytes are written. With the last release the buffer goes back to its pool,
// so nobody may keep a slice into a Chunk that it has not retained.
package chunk

import (
	"sync"
	"sync/atomic"
)

// sizes are the capacities lent out. The steps are wide: a buffer is held
// only while bytes move through it, so what counts is few pools that stay
// warm, not a tight fit.
var sizes = [...]int{512, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20}

// Max is the largest pooled capacity in bytes; larger chunks are left to the
// garbage collector.
const Max = 1 << 20

var pools [len(sizes)]sync.Pool

// Chunk is a buffer shared by reference count. Its bytes may be written only
// by the goroutine that got it, and only as long as nobody else retained the
// part being written.
type Chunk struct {
	// Buf has the chunk's whole capacity as its length.
	Buf   []byte
	refs  atomic.Int32
	class int8 // index into sizes, -1 when too large to be pooled
}

// Get returns a chunk with at least size bytes and one reference.
func Get(size int) *Chunk {
	for i, s := range sizes {
		if size <= s {
			c, _ := pools[i].Get().(*Chunk)
			if c == nil {
				c = &Chunk{Buf: make([]byte, s), class: int8(i)}
			}
			c.refs.Store(1)
			return c
		}
	}
	c := &Chunk{Buf: make([]byte, size), class: -1}
	c.refs.Store(1)
	return c
}

// Retain adds a reference.
func (c *Chunk) Retain() { c.refs.Add(1) }

// Release drops a reference; the caller may not touch the chunk afterwards.
func (c *Chunk) Release() {
	if c.refs.Add(-1) == 0 && c.class >= 0 {
		pools[c.class].Put(c)
	}
}

// Shared reports whether somebody else holds a reference, which forbids the
// caller to overwrite bytes it has handed out.
func (c *Chunk) Shared() bool { return c.refs.Load() > 1 }
