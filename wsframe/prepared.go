package wsframe

import "sync"

// Compressor makes a message of RFC 7692 out of src. deflate.MaxWindow is one.
type Compressor interface {
	AppendMessage(dst, src []byte) []byte
}

// Prepared is a message that goes to many receivers: it is framed once, and
// compressed once if any of them wants that. Several goroutines may use it at
// the same time. It is for servers: the frames of clients are masked, each with a
// key of its own, and have nothing in common.
type Prepared struct {
	plain []byte // the frame
	head  int    // length of its header

	once       sync.Once // guards the next two until it is done
	compressor Compressor
	compressed []byte
}

// NewPrepared returns a message with a copy of payload. compressor may be nil;
// otherwise it is used once, when the first compressed frame is asked for.
func NewPrepared(op Opcode, payload []byte, compressor Compressor) *Prepared {
	head := HeaderSize(len(payload), false)
	plain := AppendFrame(make([]byte, 0, head+len(payload)), op, payload)
	return &Prepared{plain: plain, head: head, compressor: compressor}
}

// Frame is the message in one frame, which the caller must not change. It is
// compressed if that was asked for, there is a compressor and it pays: a receiver
// that can read compressed messages can read the others as well.
func (p *Prepared) Frame(compressed bool) []byte {
	if !compressed || p.compressor == nil {
		return p.plain
	}
	p.once.Do(p.compress)
	return p.compressed
}

func (p *Prepared) compress() {
	p.compressed = p.plain
	payload := p.compressor.AppendMessage(nil, p.plain[p.head:])
	if HeaderSize(len(payload), false)+len(payload) < len(p.plain) {
		op := Opcode(p.plain[0] & lowOpcode)
		p.compressed = AppendFragment(nil, op, true, true, payload)
	}
}
