package message

import (
	"strconv"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// layouts are the frames of a message, each made when the first receiver asks
// for it and then shared by all.
type layouts struct {
	full, plain       chunk.Frame
	hasFull, hasPlain bool

	packedFull, packedPlain packed
	spelled                 spelled

	// scratch holds the lines of both frames as far as they fit; the first
	// taken bytes are in use.
	scratch [512]byte
	taken   int
}

// forget gives up the frames: the message has changed.
func (l *layouts) forget() {
	l.hasFull, l.hasPlain, l.taken = false, false, 0
	l.spelled.of = nil
	if l.packedFull.done {
		l.packedFull.forget()
	}
	if l.packedPlain.done {
		l.packedPlain.forget()
	}
}

// free returns the unused scratch space to append to. What does not fit moves
// to the heap by itself.
func (l *layouts) free() []byte {
	return l.scratch[l.taken:l.taken:len(l.scratch)]
}

// keep returns b, which was appended to what free returned, and marks its
// place as used.
func (l *layouts) keep(b []byte) []byte {
	if n := l.taken + len(b); n <= len(l.scratch) {
		l.taken = n
	}
	return b
}

// Full is the layout for receivers that understand headers: HMSG if the
// message has any, else MSG. It is valid until the message changes.
func (m *Message) Full() *chunk.Frame {
	l := &m.layouts
	if !l.hasFull {
		l.hasFull = true
		m.layFull(&l.full)
	}
	return &l.full
}

func (m *Message) layFull(f *chunk.Frame) {
	l := &m.layouts
	hdrSize := m.hdrSize
	if len(m.Header) > 0 {
		f.Head = l.keep(protocol.AppendHMsgHead(l.free(), m.Subject))
	} else {
		f.Head = l.keep(protocol.AppendMsgHead(l.free(), m.Subject))
		hdrSize = nil // an HPUB may have an empty block
	}
	f.Owner, f.Size = m.owner, m.Size()
	if m.tail != nil {
		f.Mid, f.Body = nil, m.tail
		return
	}
	f.Mid = l.keep(protocol.AppendMsgTail(l.free(), m.Reply, hdrSize, m.size))
	f.Body = m.body
}

// Plain is the layout for receivers that do not understand headers: they get
// the payload alone. It is valid until the message changes.
func (m *Message) Plain() *chunk.Frame {
	if len(m.Header) == 0 {
		return m.Full()
	}
	l := &m.layouts
	if !l.hasPlain {
		l.hasPlain = true
		m.layPlain(&l.plain)
	}
	return &l.plain
}

func (m *Message) layPlain(f *chunk.Frame) {
	l := &m.layouts
	var digits [20]byte
	size := strconv.AppendInt(digits[:0], int64(len(m.Payload)), 10)
	f.Head = l.keep(protocol.AppendMsgHead(l.free(), m.Subject))
	f.Mid = l.keep(protocol.AppendMsgTail(l.free(), m.Reply, nil, size))
	f.Body = m.body[len(m.Header):]
	f.Owner, f.Size = m.owner, len(m.Payload)
}
