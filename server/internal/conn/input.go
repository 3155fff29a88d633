package conn

import "github.com/dunlin-mq/dunlin/server/internal/chunk"

const (
	// readSize is the buffer, bytes, borrowed to try a read.
	readSize = 64 << 10
	// waitSize is the buffer held during a read that cannot be tried, unless
	// the read before filled its own.
	waitSize = 4 << 10
	// readRoom is the least that a read should find free in its buffer.
	readRoom = 16 << 10
)

// input is the unread part of a byte stream: the bytes [start, end) of a
// borrowed chunk. It belongs to the read loop. The zero value is empty.
type input struct {
	c          *chunk.Chunk
	start, end int
	// need is how many bytes from start the session wants to see in one
	// piece before it can go on; 0 when it does not know.
	need int
	// large is the size of the last message that did not fit into an
	// ordinary buffer, 0 if there was none lately. Such messages come in
	// series, so the next buffers are sized for a few of them.
	large int
}

// bytes returns the unread bytes.
func (in *input) bytes() []byte {
	if in.c == nil {
		return nil
	}
	return in.c.Buf[in.start:in.end]
}

// room returns space to read into; it is never empty. Without a chunk it
// borrows one of size bytes; it moves to another one if the present one has
// too little left, or holds consumed bytes that somebody still refers to.
func (in *input) room(size int) []byte {
	ahead := min(4*in.large, chunk.Max)
	if in.c == nil {
		in.c = chunk.Get(max(size, ahead))
		return in.c.Buf
	}
	held := in.end - in.start
	want := held + min(readRoom, size)
	if in.need > held {
		// Grow in steps of what has really arrived, not of what was announced.
		want = min(in.need, max(4*held, size))
	}
	switch {
	case len(in.c.Buf)-in.start >= want:
	case len(in.c.Buf) >= want && !in.c.Shared():
		copy(in.c.Buf, in.bytes())
		in.start, in.end = 0, held
	default:
		in.move(max(want, size, ahead))
	}
	return in.c.Buf[in.end:]
}

// free returns the space behind the unread bytes; there may be none.
func (in *input) free() []byte {
	if in.c == nil {
		return nil
	}
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
	switch {
	case in.need > readSize && n >= in.need:
		in.large = in.need
	case n > 0 && n <= readSize/2 && need <= readSize:
		in.large = 0
	}
	in.start += n
	in.need = need
	if in.start == in.end && in.c != nil {
		in.rewind()
	}
}

// rewind makes the whole chunk available again, or gives it up when consumed
// bytes of it are still queued somewhere.
func (in *input) rewind() {
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
	case len(in.c.Buf) > parkSize && held <= len(in.c.Buf)/8:
		in.move(held)
	}
}

// parkSize is the smallest chunk: nothing is gained by leaving one of these.
const parkSize = 512

// release gives the buffer back, with whatever is in it.
func (in *input) release() {
	if in.c != nil {
		in.c.Release()
		in.c, in.start, in.end = nil, 0, 0
	}
}
