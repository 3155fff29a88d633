package conn

import "github.com/dunlin-mq/dunlin/server/internal/chunk"

const (
	readSize = 64 << 10 // buffer borrowed for a read
	readRoom = 16 << 10 // a read with less room than this in its buffer is not worth it
)

// input is the unread part of a byte stream: the bytes [start, end) of a
// borrowed chunk. It belongs to the read loop.
type input struct {
	c          *chunk.Chunk
	start, end int
	// need is how many bytes from start the session wants to see in one
	// piece before it can go on; 0 when it does not know.
	need int
	// large is the size of the last message that did not fit into an
	// ordinary buffer. Such messages come in series, so the next buffers are
	// sized for a few of them.
	large int
}

// bytes returns the unread bytes.
func (in *input) bytes() []byte {
	if in.c == nil {
		return nil
	}
	return in.c.Buf[in.start:in.end]
}

// room returns space to read into, borrowing or moving to another chunk if
// the present one has too little left or holds consumed bytes that somebody
// still refers to.
func (in *input) room() []byte {
	if in.c == nil {
		in.c = chunk.Get(max(readSize, min(4*in.large, chunk.Max)))
		in.start, in.end = 0, 0
		return in.c.Buf
	}
	held := in.end - in.start
	want := held + readRoom
	if in.need > held {
		// Grow in steps of what has really arrived, not of what was announced.
		want = min(in.need, max(4*held, readSize))
	}
	if len(in.c.Buf)-in.start >= want {
		return in.c.Buf[in.end:]
	}
	if len(in.c.Buf) >= want && !in.c.Shared() {
		copy(in.c.Buf, in.bytes())
		in.start, in.end = 0, held
		return in.c.Buf[held:]
	}
	in.move(max(want, readSize, min(4*in.large, chunk.Max)))
	return in.c.Buf[in.end:]
}

// move copies the unread bytes to a new chunk of at least size bytes.
func (in *input) move(size int) {
	c := chunk.Get(size)
	n := copy(c.Buf, in.bytes())
	in.c.Release()
	in.c, in.start, in.end = c, 0, n
}

// filled records n bytes read into room.
func (in *input) filled(n int) { in.end += n }

// consumed records that the session took n bytes and wants to see need bytes
// from there.
func (in *input) consumed(n, need int) {
	if n >= in.need && in.need > readSize {
		in.large = in.need
	} else if n > 0 && in.large > 0 && need <= readSize && n <= readSize/2 {
		in.large = 0
	}
	in.start += n
	in.need = need
	if in.start == in.end {
		in.reset()
	}
}

// reset makes the whole chunk available again, or gives it up when consumed
// bytes of it are still queued somewhere.
func (in *input) reset() {
	in.start, in.end = 0, 0
	if in.c.Shared() {
		in.release()
	}
}

// park prepares for waiting: without unread bytes no buffer is held, with few
// of them a small one.
func (in *input) park() {
	held := in.end - in.start
	switch {
	case in.c == nil:
	case held == 0:
		in.release()
	case len(in.c.Buf) > 512 && held <= len(in.c.Buf)/8:
		in.move(held)
	}
}

// release gives the buffer back, with whatever is in it.
func (in *input) release() {
	if in.c != nil {
		in.c.Release()
		in.c, in.start, in.end = nil, 0, 0
	}
}
