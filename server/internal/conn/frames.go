package conn

import (
	"bytes"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/memo"
	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

const (
	// compressMin is the size in bytes above which a batch is compressed.
	compressMin = 64
	// compressPiece is how much is compressed at once, bytes: with the worst
	// that can come of it, it fits into one buffer of 64 KiB.
	compressPiece = 60 << 10
	// stored blocks of a piece that cannot be compressed, and its end
	compressWorst = 256
)

// frames is the writing half of a WebSocket: it puts headers in front of lists
// of segments, and compresses those that are worth it.
type frames struct {
	out    *segs        // frames made and not yet taken
	header *chunk.Chunk // holds the headers of the frames in out; nil when out is
	used   int          // bytes of header that are in use
	memo   *memo.Memo   // of who flushes; nil for none
	vain   uint8        // batches in a row that did not get smaller
	skip   uint8        // batches not to be tried
}

// Seal implements [codec]. What the read loop wants sent goes first.
func (w *wsCodec) Seal(p *cursor, limit int) (taken int, err error) {
	w.drain()
	for p.left > 0 && taken < limit {
		switch {
		case p.front()[0].packed:
			taken += w.sealPacked(p, limit-taken)
		case w.Compression && w.frames.worthTrying(p):
			taken += w.sealCompressed(p, limit-taken)
		default:
			taken += w.sealPlain(p, limit-taken)
		}
	}
	return taken, nil
}

// Shut implements [codec].
func (w *wsCodec) Shut() error {
	w.drain()
	w.queueClose(w.status())
	w.drain()
	if w.under == nil {
		return nil
	}
	if err := w.seal(); err != nil {
		return err
	}
	return w.under.Shut()
}

// take implements [codec].
func (w *wsCodec) take() (*segs, error) {
	w.drain()
	if w.under == nil {
		return w.frames.take(), nil
	}
	if err := w.seal(); err != nil {
		return nil, err
	}
	return w.under.take()
}

// seal gives the frames to the codec under this one.
func (w *wsCodec) seal() error {
	out := w.frames.take()
	if out == nil {
		return nil
	}
	var p cursor
	p.set(out, out.size())
	_, err := w.under.Seal(&p, p.left)
	p.discard()
	return err
}

// drain appends the control frames that wait.
func (w *wsCodec) drain() {
	w.mu.Lock()
	c, n := w.control, w.controlSize
	w.control, w.controlSize = nil, 0
	w.mu.Unlock()
	if c != nil {
		w.frames.append(seg{c: c, b: c.Buf[:n]})
	}
}

// sealPlain makes one frame, or with a limit on frames several, of the bytes
// in front that are not packed. They are not copied.
func (w *wsCodec) sealPlain(p *cursor, limit int) int {
	n := min(unpacked(p, limit), limit)
	for left := n; left > 0; {
		k := left
		if w.FrameLimit > 0 {
			k = min(k, w.FrameLimit)
		}
		w.frames.begin(wsframe.Header{Fin: true, Opcode: wsframe.Binary, Length: uint64(k)})
		p.move(k, w.frames.out)
		left -= k
	}
	return n
}

// sealCompressed makes a message of the bytes in front that are not packed.
func (w *wsCodec) sealCompressed(p *cursor, limit int) int {
	n := min(unpacked(p, limit), limit)
	if n <= compressMin {
		return w.sealPlain(p, n)
	}
	list := newSegs()
	size := 0
	for left := n; left > 0; {
		k := min(left, compressPiece)
		s := w.frames.compressed(p, k)
		list.list = append(list.list, s)
		size += len(s.b)
		left -= k
	}
	w.frames.judge(size, n)
	w.message(list)
	return n
}

// compressed consumes n bytes in front of p and returns them as a piece of a
// compressed message.
func (f *frames) compressed(p *cursor, n int) (s seg) {
	first := &p.front()[0]
	owner, src := first.c, first.b
	if len(src) < n {
		owner = chunk.Get(n)
		src = join(owner.Buf[:0], p.front(), n)
		defer owner.Release()
	}
	s = f.compress(owner, src[:n])
	p.advance(n)
	return s
}

// join appends the first n bytes of a list.
func join(dst []byte, list []seg, n int) []byte {
	for _, s := range list {
		dst = append(dst, s.b[:min(len(s.b), n-len(dst))]...)
		if len(dst) == n {
			break
		}
	}
	return dst
}

// compress compresses src, which lies in owner, unless that was done already.
func (f *frames) compress(owner *chunk.Chunk, src []byte) seg {
	if f.memo != nil {
		if c, b, ok := f.memo.Find(src); ok {
			return seg{c: c, b: b}
		}
	}
	c := chunk.Get(len(src) + compressWorst)
	b := deflate.AppendBlocks(c.Buf[:0], src)
	if f.memo != nil {
		f.memo.Keep(owner, src, c, b)
	}
	return seg{c: c, b: b}
}

// sealPacked makes a message of the bytes in front that are compressed
// already. It may end behind any segment, so it takes whole ones.
func (w *wsCodec) sealPacked(p *cursor, limit int) int {
	list := newSegs()
	n := 0
	for _, s := range p.front() {
		if !s.packed || n >= limit {
			break
		}
		n += len(s.b)
	}
	p.move(n, list)
	w.message(list)
	return n
}

// pieceEnd is the end of a compressed piece, which is not sent with the last
// one of a message (RFC 7692 section 7.2.1).
var pieceEnd = []byte{0, 0, 0xff, 0xff}

// message makes frames of a list of pieces that are a compressed message when
// they stand together. It takes the list over.
func (w *wsCodec) message(list *segs) {
	last := &list.list[len(list.list)-1]
	if bytes.HasSuffix(last.b, pieceEnd) {
		last.b = last.b[:len(last.b)-len(pieceEnd)]
	} else { // a stored block
		c := chunk.Get(1)
		c.Buf[0] = 0
		list.list = append(list.list, seg{c: c, b: c.Buf[:1]})
	}
	var p cursor
	p.set(list, list.size())
	h := wsframe.Header{Opcode: wsframe.Binary, RSV1: true}
	for p.left > 0 {
		k := p.left
		if w.CompressedFrameLimit > 0 {
			k = min(k, w.CompressedFrameLimit)
		}
		h.Fin, h.Length = k == p.left, uint64(k)
		w.frames.begin(h)
		p.move(k, w.frames.out)
		h = wsframe.Header{Opcode: wsframe.Continuation}
	}
}

// unpacked returns how many bytes in front of p, up to limit, are not packed.
func unpacked(p *cursor, limit int) int {
	n := 0
	for _, s := range p.front() {
		if s.packed || n >= limit {
			break
		}
		n += len(s.b)
	}
	return n
}

// begin starts a frame, whose payload has to be appended to out.
func (f *frames) begin(h wsframe.Header) {
	if f.header != nil && f.used+wsframe.MaxHeader > len(f.header.Buf) {
		f.header.Release()
		f.header = nil
	}
	if f.header == nil {
		f.header, f.used = chunk.Get(1), 0
	}
	b := wsframe.AppendHeader(f.header.Buf[f.used:f.used], h)
	f.used += len(b)
	f.header.Retain()
	f.append(seg{c: f.header, b: b})
}

func (f *frames) append(s seg) {
	if f.out == nil {
		f.out = newSegs()
	}
	f.out.list = append(f.out.list, s)
}

// take hands over the frames made so far; nil when there are none.
func (f *frames) take() *segs {
	out := f.out
	f.out = nil
	if f.header != nil {
		f.header.Release()
		f.header = nil
	}
	return out
}

// Compressing what does not get smaller is given up for a while, and tried
// again, less and less often.
const (
	vainMin = 4
	vainMax = 64
)

// worthTrying reports whether to compress the next batch.
func (f *frames) worthTrying(p *cursor) bool {
	if p.left <= compressMin {
		return false
	}
	if f.skip > 0 {
		f.skip--
		return false
	}
	return true
}

// judge learns from what became of a batch of n bytes.
func (f *frames) judge(size, n int) {
	if size < n-n/16 {
		f.vain = 0
		return
	}
	f.vain = max(min(2*f.vain, vainMax), vainMin)
	f.skip = f.vain
}
