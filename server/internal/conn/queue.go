package conn

import "github.com/dunlin-mq/dunlin/server/internal/chunk"

// A body that is queued by reference pins the whole chunk it stands in.
const (
	// refMin is the size in bytes from which a body is queued by reference
	// instead of being copied.
	refMin = 4 << 10
	// refSpread is how many times larger than the body its chunk may be.
	refSpread = 4
	// With less than refBacklog bytes pending the chunk will soon be free
	// again, and may be refSpreadBrief times larger.
	refBacklog     = 1 << 20
	refSpreadBrief = 16
)

const (
	growMin = 16 << 10 // smallest chunk but the first of a batch
	growMax = 64 << 10 // largest chunk for copied bytes
)

// queue is the list of bytes that an outbox collects: chunks of its own, into
// which small things are copied, and large bodies in other people's chunks.
type queue struct {
	segs   *segs        // nil when empty
	own    *chunk.Chunk // the last chunk of its own, which its segments keep alive
	free   []byte       // unused rest of own
	split  bool         // a referenced body stands behind the last byte of own
	size   int          // bytes queued
	copied int          // of these, bytes in chunks of its own
	hint   int          // bytes copied for the batch before: sizes the first chunk
}

// referable reports whether to queue the body of f by reference, with backlog
// bytes pending.
func referable(f *chunk.Frame, backlog int64) bool {
	if f.Owner == nil || len(f.Body) < refMin {
		return false
	}
	spread := refSpread
	if backlog < refBacklog {
		spread = refSpreadBrief
	}
	return len(f.Owner.Buf) <= spread*len(f.Body)
}

// message appends the parts of a message, the body by reference if that is
// worth it.
func (q *queue) message(f *chunk.Frame, label []byte, backlog int64) {
	if !referable(f, backlog) {
		q.copy(f.Head, label, f.Mid, f.Body)
		return
	}
	q.copy(f.Head, label, f.Mid, nil)
	if q.segs == nil {
		q.segs = newSegs()
	}
	f.Owner.Retain()
	q.segs.list = append(q.segs.list, seg{f.Owner, f.Body})
	q.size += len(f.Body)
	q.split = true
}

// copy appends the four parts to the last chunk, and to new ones as far as
// they do not fit.
func (q *queue) copy(a, b, c, d []byte) {
	n := len(a) + len(b) + len(c) + len(d)
	if n == 0 {
		return
	}
	q.size += n
	q.copied += n
	if n <= len(q.free) && !q.split {
		i := copy(q.free, a)
		i += copy(q.free[i:], b)
		i += copy(q.free[i:], c)
		copy(q.free[i:], d)
		q.segs.grow(n)
		q.free = q.free[n:]
		return
	}
	for _, p := range [...][]byte{a, b, c, d} {
		for len(p) > 0 {
			q.makeRoom(n)
			k := copy(q.free, p)
			q.segs.grow(k)
			q.free = q.free[k:]
			p, n = p[k:], n-k
		}
	}
}

// makeRoom makes the last segment one that may grow into free. n is how much
// more the caller has.
func (q *queue) makeRoom(n int) {
	switch {
	case len(q.free) == 0:
		q.own = chunk.Get(q.nextSize(n))
		q.free = q.own.Buf
	case q.split:
		q.own.Retain()
	default:
		return
	}
	if q.segs == nil {
		q.segs = newSegs()
	}
	q.segs.add(q.own, q.free)
	q.split = false
}

// nextSize is the size of the next chunk. It follows what the connection
// sends: the first one fits the batch before, the next ones grow with this
// batch.
func (q *queue) nextSize(n int) int {
	size := max(q.hint, n)
	if q.segs != nil {
		size = max(size, growMin, q.copied-n)
	}
	return min(size, growMax)
}

// take hands over everything queued; nil when there is nothing.
func (q *queue) take() (list *segs, size int) {
	list, size = q.segs, q.size
	*q = queue{hint: q.copied}
	return list, size
}

// discard drops everything queued.
func (q *queue) discard() {
	if list, _ := q.take(); list != nil {
		list.release()
	}
}
