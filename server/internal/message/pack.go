package message

import (
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// Receivers behind a compressed WebSocket would each compress the same bytes.
// A body that is large enough and has several receivers is compressed once, as
// a piece that refers to nothing in front of it; what differs by receiver goes
// in front of it as it is. That costs some of the compression, as a piece
// cannot refer to the messages before it, so it is not for everything.
const (
	// packMin and packMax are the sizes in bytes of bodies that are packed.
	// Smaller ones gain little alone, but much with their neighbours; much
	// larger ones would hold their publisher up.
	packMin = 512
	packMax = 8 << 20
	// packWork is how many bytes, over all receivers, have to be in question.
	packWork = 4 << 10
	// packLine bounds the lines, as the stored block in front of a piece has
	// a length of 16 bits.
	packLine = 32 << 10
)

// packed is a frame in packed form, made when the first receiver asks for it.
type packed struct {
	frame chunk.Frame
	done  bool // frame is what there is: Packed if it was worth it
}

// forget gives up the packed body.
func (p *packed) forget() {
	if p.frame.Owner != nil && p.frame.Packed {
		p.frame.Owner.Release()
	}
	p.frame, p.done = chunk.Frame{}, false
}

// Pack returns the packed form of f, which is m.Full() or m.Plain(), for a
// receiver whose connection compresses; or f, if packing is not worth it. It is
// valid until the message changes.
func (m *Message) Pack(f *chunk.Frame) *chunk.Frame {
	n := len(f.Body)
	if n < packMin || m.Receivers < 2 || n*m.Receivers < packWork || n > packMax || len(f.Head)+len(f.Mid) > packLine {
		return f
	}
	p := &m.layouts.packedFull
	if f == &m.layouts.plain {
		p = &m.layouts.packedPlain
	}
	if !p.done {
		p.done = true
		p.frame = *f
		p.pack()
	}
	return &p.frame
}

// pack compresses the body if that makes it smaller.
func (p *packed) pack() {
	n := len(p.frame.Body)
	c := chunk.Get(deflate.StoredSize(n) + packSlack)
	b := deflate.AppendBlocks(c.Buf[:0], p.frame.Body)
	if len(b) > n-n/16 {
		c.Release()
		return
	}
	if tight := chunk.Get(len(b)); len(tight.Buf) < len(c.Buf) {
		// A frame that is queued by reference should pin little.
		b = append(tight.Buf[:0], b...)
		c, tight = tight, c
		tight.Release()
	} else {
		tight.Release()
	}
	p.frame.Body, p.frame.Owner, p.frame.Packed = b, c, true
}

// packSlack is what a compressor may need beyond stored blocks.
const packSlack = 64
