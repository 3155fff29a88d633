package conn

import (
	"net"
	"syscall"
)

const (
	// sealMax is how many plain bytes a codec encodes before the result is
	// written.
	sealMax = 128 << 10
	// roundMax is how many bytes a writer writes under one deadline. A peer
	// on a slow line has to keep up with this, not with all that is queued.
	roundMax = 1 << 20
)

// batch is what the holder of the owner bit is writing. Only the owner
// touches it.
type batch struct {
	wire cursor // bytes for the socket
	// With a codec, plain holds what is still to be encoded, and sealed is
	// how many plain bytes stand behind the bytes in wire.
	coded  bool
	plain  cursor
	sealed int

	round int   // bytes written under the present deadline
	err   error // of the last push
	push1 func(fd uintptr) bool
	pushN func(fd uintptr) bool
	wrote func(plain int) // accounts for bytes that left
}

// cursor is a list of segments being consumed from the front.
type cursor struct {
	segs *segs // nil when nothing is left
	next int   // first segment not fully consumed
	left int   // bytes
}

func (c *cursor) set(list *segs, size int) { c.segs, c.next, c.left = list, 0, size }

// front returns the segments that are left.
func (c *cursor) front() []seg {
	if c.segs == nil {
		return nil
	}
	return c.segs.list[c.next:]
}

// advance consumes n bytes.
func (c *cursor) advance(n int) {
	c.left -= n
	for n > 0 {
		s := &c.segs.list[c.next]
		if n < len(s.b) {
			s.b = s.b[n:]
			return
		}
		n -= len(s.b)
		s.c.Release()
		*s = seg{}
		c.next++
	}
	if c.left == 0 {
		c.discard()
	}
}

// discard gives up what is left.
func (c *cursor) discard() {
	if c.segs != nil {
		c.segs.release()
	}
	*c = cursor{}
}

// init binds the functions given to RawConn.Write, once, so that writing
// allocates nothing.
func (w *batch) init(wrote func(plain int)) {
	w.wrote = wrote
	w.push1 = func(fd uintptr) bool {
		w.err = w.push(fd, false)
		return true
	}
	w.pushN = func(fd uintptr) bool {
		w.err = w.push(fd, true)
		return w.err != nil || w.wire.left == 0 || w.round >= roundMax
	}
}

// start takes a list of plain bytes.
func (w *batch) start(list *segs, size int, codec Codec) {
	w.coded = codec != nil
	if w.coded {
		w.plain.set(list, size)
	} else {
		w.wire.set(list, size)
	}
}

// done reports whether everything is written.
func (w *batch) done() bool { return w.wire.left == 0 && w.plain.left == 0 }

// seal encodes the next plain bytes, once everything encoded before is
// written, and fetches what the codec has queued by itself.
func (w *batch) seal(codec Codec) error {
	if codec == nil || w.wire.left > 0 {
		return nil
	}
	for w.plain.left > 0 && w.sealed < sealMax {
		b := w.plain.front()[0].b
		if err := codec.Seal(b); err != nil {
			return err
		}
		w.sealed += len(b)
		w.plain.advance(len(b))
	}
	if out := codec.take(); out != nil {
		w.wire.set(out, out.size())
	}
	return nil
}

// advance accounts for n written wire bytes. Plain bytes behind a codec count
// when all of their encoding is written.
func (w *batch) advance(n int) {
	w.wire.advance(n)
	w.round += n
	switch {
	case !w.coded:
		w.wrote(n)
	case w.wire.left == 0 && w.sealed > 0:
		w.wrote(w.sealed)
		w.sealed = 0
	}
}

// discard gives up what was not written.
func (w *batch) discard() {
	w.wire.discard()
	w.plain.discard()
}

// try writes without blocking; what the kernel does not take stays.
func (w *batch) try(raw syscall.RawConn) error {
	if err := raw.Write(w.push1); err != nil {
		return err
	}
	return w.err
}

// block writes, waiting for the peer until the write deadline: everything, or
// as much as one deadline is for.
func (w *batch) block(raw syscall.RawConn, nc net.Conn) error {
	w.round = 0
	if raw != nil {
		if err := raw.Write(w.pushN); err != nil {
			return err
		}
		return w.err
	}
	for w.wire.left > 0 && w.round < roundMax {
		n, err := nc.Write(w.wire.front()[0].b)
		w.advance(n)
		if err != nil {
			return err
		}
	}
	return nil
}

// push writes until the kernel takes no more. A short write already says so;
// only who is going to wait (full) asks again, to be sure that the kernel
// will report when there is room.
func (w *batch) push(fd uintptr, full bool) error {
	for w.wire.left > 0 {
		before := w.wire.left
		n, again, err := writev(fd, w.wire.front())
		if err != nil {
			return err
		}
		w.advance(n)
		if again || !full && n < before || full && w.round >= roundMax {
			return nil
		}
	}
	return nil
}
