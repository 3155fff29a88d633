package conn

import (
	"net"
	"syscall"
	"time"
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
	codec  codec
	plain  cursor
	sealed int
	// final: nothing comes after this batch, and the codec says so to the
	// peer; shut: it has.
	final, shut bool

	armed   bool      // a write deadline is set
	stalled time.Time // when the first missed round began; zero if none was missed
	round   int       // bytes written under it
	err     error     // of the last push
	push1   func(fd uintptr) bool
	pushN   func(fd uintptr) bool
	wrote   func(plain int) // accounts for bytes that left
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
func (w *batch) start(list *segs, size int, codec codec, final bool) {
	w.codec, w.final = codec, final
	if codec != nil {
		w.plain.set(list, size)
	} else {
		w.wire.set(list, size)
	}
}

// left returns how many bytes are still to be written, as far as one knows.
func (w *batch) left() int { return w.wire.left + w.plain.left }

// seal encodes the next plain bytes, once everything encoded before is
// written, and fetches what the codec has queued by itself.
func (w *batch) seal() error {
	if w.codec == nil || w.wire.left > 0 {
		return nil
	}
	if w.plain.left > 0 {
		n, err := w.codec.Seal(&w.plain, sealMax)
		if w.sealed += n; err != nil {
			return err
		}
	}
	if w.final && w.plain.left == 0 && !w.shut {
		w.shut = true
		if err := w.codec.Shut(); err != nil {
			return err
		}
	}
	out, err := w.codec.take()
	if err != nil {
		return err
	}
	if out != nil {
		w.wire.set(out, out.size())
	} else {
		w.credit()
	}
	return nil
}

// advance accounts for n written wire bytes. Plain bytes behind a codec count
// when all of their encoding is written.
func (w *batch) advance(n int) {
	w.wire.advance(n)
	w.round += n
	if w.codec == nil {
		w.wrote(n)
	} else if w.wire.left == 0 {
		w.credit()
	}
}

// credit accounts for the plain bytes all of whose encoding has left.
func (w *batch) credit() {
	if w.sealed > 0 {
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
	if err := w.seal(); err != nil || w.wire.left == 0 {
		return err
	}
	if err := raw.Write(w.push1); err != nil {
		return err
	}
	return w.err
}

// block writes what is sealed, waiting for the peer until the write deadline:
// everything, or as much as one deadline is for.
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
