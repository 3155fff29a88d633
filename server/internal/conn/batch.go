package conn

import (
	"net"
	"syscall"
)

// batch is what the holder of the owner bit is writing. Only the owner
// touches it.
type batch struct {
	segs   *segs // what is being written; nil when there is nothing
	next   int   // index of the first segment not yet fully written
	size   int   // plain bytes taken from the outbox
	wire   int   // bytes still to be written
	done   int   // bytes written since settle was last called
	sealed bool  // segs holds wire bytes of a codec; size counts plain bytes
	err    error // of the last try, or handed to the writer with the bit
	push1  func(fd uintptr) bool
	pushN  func(fd uintptr) bool
}

// init binds the functions given to RawConn.Write, once, so that writing
// allocates nothing.
func (w *batch) init() {
	w.push1 = func(fd uintptr) bool {
		w.err = w.push(fd, false)
		return true
	}
	w.pushN = func(fd uintptr) bool {
		w.err = w.push(fd, true)
		return w.err != nil || w.wire == 0
	}
}

func (w *batch) start(list *segs, size int) {
	w.segs, w.next, w.size, w.wire, w.done, w.sealed = list, 0, size, size, 0, false
}

// seal lets a codec turn the plain bytes into wire bytes, once.
func (w *batch) seal(codec Codec) error {
	if codec == nil || w.sealed {
		return nil
	}
	w.sealed = true
	if w.segs != nil {
		for i := range w.segs.list {
			if err := codec.Seal(w.segs.list[i].b); err != nil {
				return err
			}
		}
		w.segs.release()
	}
	w.segs = codec.take()
	w.wire = 0
	if w.segs != nil {
		w.wire = w.segs.size()
	}
	return nil
}

// settle returns how many plain bytes to account for. With a codec in between
// they count when the batch is through.
func (w *batch) settle() int {
	n := w.done
	if w.sealed {
		n = 0
		if w.wire == 0 {
			n, w.size = w.size, 0
		}
	}
	w.done = 0
	return n
}

// advance drops n written bytes from the front.
func (w *batch) advance(n int) {
	w.done += n
	w.wire -= n
	for n > 0 {
		s := &w.segs.list[w.next]
		if n < len(s.b) {
			s.b = s.b[n:]
			return
		}
		n -= len(s.b)
		s.c.Release()
		*s = seg{}
		w.next++
	}
	if w.wire == 0 {
		w.discard()
	}
}

// discard gives up what was not written.
func (w *batch) discard() {
	if w.segs != nil {
		w.segs.release()
	}
	w.segs, w.wire = nil, 0
}

// try writes without blocking; what the kernel does not take stays.
func (w *batch) try(raw syscall.RawConn) error {
	if err := raw.Write(w.push1); err != nil {
		return err
	}
	return w.err
}

// block writes everything, waiting for the peer until the write deadline.
func (w *batch) block(raw syscall.RawConn, nc net.Conn) error {
	if raw != nil {
		if err := raw.Write(w.pushN); err != nil {
			return err
		}
		return w.err
	}
	for w.wire > 0 {
		n, err := nc.Write(w.segs.list[w.next].b)
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
	for w.wire > 0 {
		before := w.wire
		n, again, err := writev(fd, w.segs.list[w.next:])
		if err != nil {
			return err
		}
		w.advance(n)
		if again || !full && n < before {
			return nil
		}
	}
	return nil
}
