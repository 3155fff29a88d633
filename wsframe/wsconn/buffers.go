package wsconn

import (
	"math/bits"
	"sync"
)

// chunkSize is how much is read from a connection or written to it at once,
// bytes.
const chunkSize = 32 << 10

// A chunk is borrowed for as long as bytes pass through it.
type chunk [chunkSize]byte

var chunks = sync.Pool{New: func() any { return new(chunk) }}

// A buffer holds a message that does not fit into a chunk, or that is not as it
// came. Its memory is a power of two, so that what one connection needed serves
// another that needs about as much.
type buffer struct{ b []byte }

// The exponents of the smallest and the largest buffer that is kept for others.
const (
	minExponent = 12
	maxExponent = 24
)

var buffers [maxExponent - minExponent + 1]sync.Pool

// newBuffer returns an empty buffer with room for n bytes at least.
func newBuffer(n int) *buffer {
	exponent := max(bits.Len(uint(max(n, 1)-1)), minExponent)
	if exponent > maxExponent {
		return &buffer{make([]byte, 0, n)}
	}
	if f, ok := buffers[exponent-minExponent].Get().(*buffer); ok {
		return f
	}
	return &buffer{make([]byte, 0, 1<<exponent)}
}

// free gives f to whoever needs it next; a nil f is fine. Its memory may have
// been replaced by a larger one of any size.
func (f *buffer) free() {
	if f == nil {
		return
	}
	exponent := bits.Len(uint(cap(f.b))) - 1
	if exponent < minExponent || exponent > maxExponent {
		return
	}
	f.b = f.b[:0]
	buffers[exponent-minExponent].Put(f)
}

// grown returns a buffer with what f holds and room for n bytes more, and frees
// f if that is another one. What a message turns out to need is not known
// before it is there, so it grows by a multiple.
func (f *buffer) grown(n int) *buffer {
	need := len(f.b) + n
	if need <= cap(f.b) {
		return f
	}
	g := newBuffer(max(need, 4*cap(f.b)))
	g.b = append(g.b, f.b...)
	f.free()
	return g
}
