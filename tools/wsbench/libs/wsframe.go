package libs

import (
	"net"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// Wsframe is this repository's wsframe, fed by hand: a message that came whole
// is handed out where it stands in the read buffer, a longer one is put together
// by the copy that unmasks it.
type Wsframe struct{}

// Name implements Library.
func (Wsframe) Name() string { return "wsframe" }

// Module implements Library.
func (Wsframe) Module() string { return "github.com/dunlin-mq/dunlin/wsframe" }

// Mask implements Masker.
func (Wsframe) Mask(b []byte, key [4]byte) { wsframe.Mask(b, key, 0) }

// maxMessage is what an inflated message may have. The libraries with a limit
// have it at 16 MiB.
const maxMessage = 16 << 20

// Receiver implements Reader.
func (Wsframe) Receiver(c net.Conn, compressed bool) (Receiver, error) {
	in := &assembler{reader: wsframe.NewReader(wsframe.Rules{Compression: compressed, MaxMessage: maxMessage})}
	return func(n int, handle func([]byte)) error {
		in.left = n
		in.handle = handle
		if compressed {
			var plain []byte
			in.handle = func(b []byte) {
				plain, in.err = deflate.Inflate(plain[:0], b, maxMessage)
				handle(plain)
			}
		}
		buf := make([]byte, ReadBuffer)
		for in.left > 0 && in.err == nil {
			k, err := c.Read(buf)
			if err != nil {
				return err
			}
			in.take(buf[:k])
		}
		return in.err
	}, nil
}

// assembler makes messages out of what was read. It unmasks in place until a
// message comes in parts; from then on by copying, which such a message needs
// anyway, until one comes whole.
type assembler struct {
	reader *wsframe.Reader
	handle func([]byte)
	left   int    // messages to come
	part   []byte // of a message that did not come whole; its capacity is kept
	parts  bool   // the last message came in parts
	err    error
}

// take takes all of b.
func (a *assembler) take(b []byte) {
	for len(b) > 0 && a.err == nil {
		if a.parts {
			a.grow(len(b))
			p, n, err := a.reader.NextTo(a.part[len(a.part):cap(a.part)], b)
			b, a.err = b[n:], err
			if p.Kind == wsframe.KindData {
				a.data(&p, true)
			}
		} else {
			p, n, err := a.reader.Next(b)
			b, a.err = b[n:], err
			if p.Kind == wsframe.KindData {
				a.data(&p, false)
			}
		}
	}
}

// data takes a piece, which if it was copied stands where it belongs.
func (a *assembler) data(p *wsframe.Piece, copied bool) {
	if p.First && p.Last {
		a.parts = false
		a.left--
		a.handle(p.Payload)
		return
	}
	a.parts = true
	if copied {
		a.part = a.part[:len(a.part)+len(p.Payload)]
	} else {
		a.part = append(a.part, p.Payload...)
	}
	if p.Last {
		a.left--
		a.handle(a.part)
		a.part = a.part[:0]
	}
}

// grow makes room for n bytes more.
func (a *assembler) grow(n int) {
	if cap(a.part)-len(a.part) < n {
		a.part = append(make([]byte, 0, 2*(cap(a.part)+n)), a.part...)
	}
}

// vectored is the size of payload, in bytes, from which on a header of its own
// is cheaper than the copy behind it. A socket takes both with one call (net.Buffers).
const vectored = 512

// Sender implements Writer.
func (Wsframe) Sender(c net.Conn, compressed bool) (Sender, error) {
	w := &writer{conn: c}
	if !compressed {
		return w.write, nil
	}
	return w.deflate, nil
}

// writer writes messages to a connection with buffers that it keeps.
type writer struct {
	conn          net.Conn
	frame, packed []byte
}

func (w *writer) write(payload []byte) error {
	if len(payload) < vectored {
		w.frame = wsframe.AppendFrame(w.frame[:0], wsframe.Binary, payload)
		_, err := w.conn.Write(w.frame)
		return err
	}
	h := wsframe.Header{Fin: true, Opcode: wsframe.Binary, Length: uint64(len(payload))}
	w.frame = wsframe.AppendHeader(w.frame[:0], h)
	if _, err := w.conn.Write(w.frame); err != nil {
		return err
	}
	_, err := w.conn.Write(payload)
	return err
}

func (w *writer) deflate(payload []byte) error {
	w.packed = deflate.AppendMessage(w.packed[:0], payload)
	w.frame = wsframe.AppendFragment(w.frame[:0], wsframe.Binary, true, true, w.packed)
	_, err := w.conn.Write(w.frame)
	return err
}

// Broadcaster implements Broadcaster: a frame that is prepared once.
func (Wsframe) Broadcaster(conns []net.Conn) (Sender, error) {
	return func(payload []byte) error {
		frame := wsframe.NewPrepared(wsframe.Binary, payload, deflate.MaxWindow).Frame(true)
		for _, c := range conns {
			if _, err := c.Write(frame); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
