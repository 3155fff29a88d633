package conn

import (
	"encoding/binary"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

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
	// maxRuns is how many chunks of messages that are shared with others one
	// batch may pin, however little of them it needs.
	maxRuns = 16
)

const (
	growMin = 16 << 10 // smallest chunk but the first of a batch
	growMax = 64 << 10 // largest chunk for copied bytes
)

// queue is the list of bytes that an outbox collects: chunks of its own, into
// which small things are copied, and large bodies in other people's chunks.
type queue struct {
	size   int          // bytes queued
	segs   *segs        // nil when empty
	runs   int          // segments that began with a message shared with others
	split  bool         // the last byte of own is not where the next one belongs: another segment has to begin
	packed bool         // the last segment holds packed bytes
	own    *chunk.Chunk // the last chunk of its own, which its segments keep alive
	free   []byte       // unused rest of own
	copied int          // bytes in chunks of its own
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
	switch {
	case f.Packed:
		q.packedMessage(f, label, backlog)
		return
	case f.Whole:
		q.wholeMessage(f, backlog)
		return
	}
	if !referable(f, backlog) {
		q.copy(f.Head, label, f.Mid, f.Body)
		return
	}
	q.copy(f.Head, label, f.Mid, nil)
	q.refer(f)
}

// refer appends the body of f without copying it.
func (q *queue) refer(f *chunk.Frame) {
	if q.segs == nil {
		q.segs = newSegs()
	}
	f.Owner.Retain()
	q.segs.list = append(q.segs.list, seg{f.Owner, f.Body, f.Packed})
	q.size += len(f.Body)
	q.split, q.packed = true, f.Packed
}

// wholeMessage appends a message that is complete in the frame's body: to the
// run of such messages that the last segment is, or as the first one of a run
// if not too many are pinned already.
func (q *queue) wholeMessage(f *chunk.Frame, backlog int64) {
	if q.follows(f) {
		q.segs.grow(len(f.Body))
		q.size += len(f.Body)
		return
	}
	if q.runs == maxRuns || backlog >= refBacklog {
		q.copy(nil, nil, nil, f.Body)
		return
	}
	q.runs++
	q.refer(f)
}

// follows reports whether the body of f stands right behind the last segment.
func (q *queue) follows(f *chunk.Frame) bool {
	if q.segs == nil {
		return false
	}
	last := &q.segs.list[len(q.segs.list)-1]
	n := len(last.b)
	return last.c == f.Owner && n > 0 && cap(last.b) > n && &last.b[:n+1][n] == &f.Body[0]
}

// packedMessage appends a message whose body is a piece of a DEFLATE stream.
// The lines, which differ by receiver, go in front as a stored block. The blocks of the
// message are not spread over segments, so that a compressed message may end
// behind each of them.
func (q *queue) packedMessage(f *chunk.Frame, label []byte, backlog int64) {
	var block [storedHeader]byte
	putStoredHeader(&block, len(f.Head)+len(label)+len(f.Mid))
	body := f.Body
	byRef := referable(f, backlog)
	if byRef {
		body = nil
	}
	n := storedHeader + len(f.Head) + len(label) + len(f.Mid) + len(body)
	if !q.packed || q.split || n > len(q.free) {
		q.turn(n, true)
	}
	q.copyAll(block[:], f.Head, label, f.Mid, body)
	q.size += n
	q.copied += n
	if byRef {
		q.refer(f)
	}
}

// storedHeader is the size of the header of a stored block that begins on a
// byte boundary: three bits of type, padding, and the length twice (RFC 1951
// section 3.2.4).
const storedHeader = 5

// putStoredHeader announces n bytes, at most 65535.
func putStoredHeader(b *[storedHeader]byte, n int) {
	b[0] = 0
	binary.LittleEndian.PutUint16(b[1:], uint16(n))
	binary.LittleEndian.PutUint16(b[3:], ^uint16(n))
}

// turn begins a segment of the other kind, or one with room for n bytes in one
// piece.
func (q *queue) turn(n int, packed bool) {
	if n > len(q.free) {
		q.free = nil
	}
	q.split = q.split || len(q.free) > 0
	q.packed = packed
	q.makeRoom(n)
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
	if q.packed {
		q.turn(min(n, growMin), false)
	}
	if n <= len(q.free) && !q.split {
		q.copyAll(nil, a, b, c, d)
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

// copyAll appends the parts where there is room for them.
func (q *queue) copyAll(a, b, c, d, e []byte) {
	i := copy(q.free, a)
	i += copy(q.free[i:], b)
	i += copy(q.free[i:], c)
	i += copy(q.free[i:], d)
	i += copy(q.free[i:], e)
	q.segs.grow(i)
	q.free = q.free[i:]
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
	q.segs.add(q.own, q.free, q.packed)
	q.split = false
}

// nextSize is the size of the next chunk. It follows what the connection
// sends: the first one fits the batch before, the next ones grow with this
// batch. Packed bytes are not spread over several.
func (q *queue) nextSize(n int) int {
	size := max(q.hint, n)
	if q.segs != nil {
		size = max(size, growMin, q.copied-n)
	}
	size = min(size, growMax)
	if q.packed {
		size = max(size, n)
	}
	return size
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
