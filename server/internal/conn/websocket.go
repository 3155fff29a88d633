package conn

import (
	"errors"
	"io"
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/wsframe"
)

// WebSocket says how a connection that was upgraded speaks WebSocket. A
// WebSocket has messages, the session a stream of bytes: where a message
// begins or ends means nothing to it.
type WebSocket struct {
	// Compression: permessage-deflate was agreed on, without context takeover
	// either way.
	Compression bool
	// Unmasked: the peer may leave out the masks.
	Unmasked bool
	// FrameLimit bounds the payload of a frame that is sent, bytes;
	// CompressedFrameLimit that of a compressed one. 0 is no limit.
	FrameLimit, CompressedFrameLimit int
	// Status translates the cause of an ending for the close frame. It is
	// called by whoever writes last.
	Status func(cause error) (wsframe.CloseCode, string)
}

// ErrTooMuch is the cause when a compressed message is larger than allowed.
var ErrTooMuch = &wsframe.Error{Code: wsframe.StatusTooBig, Text: "maximum payload exceeded"}

// StartWebSocket puts WebSocket frames between the connection, or its TLS, and
// the session, once everything said before is written. It is called before
// Serve; prefetched bytes that were not skipped are the first frames. It
// reports false if the deadline came first.
func (c *Conn) StartWebSocket(ws WebSocket, deadline time.Time) bool {
	if !c.settle(deadline) {
		return false
	}
	w := &wsCodec{WebSocket: ws, under: c.codec, cause: c.Cause}
	w.limits.packed, w.limits.plain = earlyPacked, earlyPlain
	w.reader.Reset(wsframe.Rules{MaskOptional: ws.Unmasked, Compression: ws.Compression})
	// With TLS the first frames may be decoded already.
	w.early, c.plain = c.plain, input{}
	c.out.mu.Lock()
	c.codec, c.ws = w, w
	c.out.packs = ws.Compression
	c.out.mu.Unlock()
	return true
}

// Until the session knows its peer better, a compressed message may have this
// many bytes, compressed and as such.
const (
	earlyPacked = 64 << 10
	earlyPlain  = 1 << 20
)

// SetMessageLimits bounds compressed messages: the bytes that are collected
// until one is complete, and what may come out. It belongs to the read loop.
func (c *Conn) SetMessageLimits(packed, plain int) {
	if c.ws != nil {
		c.ws.limits.packed, c.ws.limits.plain = packed, plain
	}
}

// Packs reports whether the peer takes frames that are packed.
func (c *Conn) Packs() bool { return c.out.packs }

// wsCodec speaks the server's side of a WebSocket. Reading is in this file,
// writing in frames.go.
type wsCodec struct {
	WebSocket
	under codec // TLS, or nil
	cause func() error

	// Owned by the read loop.
	reader wsframe.Reader
	early  input // frames that came in one piece with the handshake
	mid    input // with TLS: frames not yet taken apart
	dst    sink  // of the present Open
	held   input // compressed message that is not complete
	parts  int   // pieces that it came in
	limits struct{ packed, plain int }
	emit   func([]byte) error // gives inflated bytes to dst; bound once
	failed error

	mu sync.Mutex
	// Guarded by mu: what the read loop wants sent.
	control     *chunk.Chunk // control frames, whole ones; nil when there are none
	controlSize int
	closed      bool           // a close frame was queued
	farewell    *wsframe.Error // what the peer's close frame said

	frames frames // owned by the owner of the outbox
}

// maxParts is how many pieces a compressed message may come in: each is work, and
// one of a byte costs its sender almost nothing. The reader does not give us empty
// fragments, which cost us no more than a pong.
const maxParts = 64 << 10

// Open implements [codec]. It keeps no wire bytes back.
func (w *wsCodec) Open(wire []byte, dst sink) (used int, err error) {
	w.dst = dst
	defer func() { w.dst = nil }()
	if b := w.early.bytes(); len(b) > 0 {
		err = w.decode(b)
		w.early.release()
	}
	switch {
	case err != nil:
	case w.under == nil:
		return len(wire), w.decode(wire)
	default:
		used, err = w.under.Open(wire, w)
		if derr := w.decodeMid(); derr != nil {
			err = derr
		}
		w.mid.release()
	}
	return used, err
}

// room implements [sink] for the codec under this one.
func (w *wsCodec) room() ([]byte, error) {
	if free := w.mid.free(); len(free) >= leastRoom {
		return free, nil
	}
	if err := w.decodeMid(); err != nil {
		return nil, err
	}
	return w.mid.room(readSize), nil
}

// filled implements [sink].
func (w *wsCodec) filled(n int) { w.mid.filled(n) }

func (w *wsCodec) decodeMid() error {
	b := w.mid.bytes()
	err := w.decode(b)
	w.mid.consumed(len(b), 0)
	return err
}

// decode takes frames apart. Once it failed it always does: the stream cannot
// be read any further.
func (w *wsCodec) decode(b []byte) error {
	for len(b) > 0 && w.failed == nil {
		room, err := w.dst.room()
		if err != nil {
			return err
		}
		piece, n, err := w.reader.NextTo(room, b)
		if err == nil {
			b = b[n:]
			err = w.handle(&piece)
		}
		w.failed = err
	}
	return w.failed
}

// handle carries out one piece of the stream, whose data stand in the room of
// dst.
func (w *wsCodec) handle(p *wsframe.Piece) error {
	switch p.Kind {
	case wsframe.KindData:
		if p.Compressed {
			return w.collect(p)
		}
		w.dst.filled(len(p.Payload))
	case wsframe.KindPing:
		w.queuePong(p.Payload)
	case wsframe.KindClose:
		// What was asked for before is answered first: Shut says goodbye.
		w.mu.Lock()
		w.farewell = &wsframe.Error{Code: p.Code, Text: string(p.Reason)}
		w.mu.Unlock()
		return io.EOF
	}
	return nil
}

// collect gathers a compressed message, and inflates it when it is complete.
func (w *wsCodec) collect(p *wsframe.Piece) error {
	if w.parts++; w.parts > maxParts || len(w.held.bytes())+len(p.Payload) > w.limits.packed {
		return ErrTooMuch
	}
	for rest := p.Payload; len(rest) > 0; {
		k := copy(w.held.room(len(rest)), rest)
		w.held.filled(k)
		rest = rest[k:]
	}
	if !p.Last {
		return nil
	}
	err := w.inflate(w.held.bytes())
	w.held.release()
	w.parts = 0
	return err
}

// queuePong answers a ping. A peer that sends many and does not read gets
// answers to the last ones only (RFC 6455 section 5.5.3 asks for no more).
func (w *wsCodec) queuePong(payload []byte) {
	var frame [wsframe.MaxHeader + wsframe.MaxControl]byte
	b := wsframe.AppendFrame(frame[:0], wsframe.Pong, payload)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queueLocked(b)
}

// queueClose says goodbye, once.
func (w *wsCodec) queueClose(code wsframe.CloseCode, reason string) {
	var frame [wsframe.MaxHeader + wsframe.MaxControl]byte
	b := wsframe.AppendClose(frame[:0], code, reason)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.closed = true
		w.queueLocked(b)
	}
}

func (w *wsCodec) queueLocked(frame []byte) {
	if w.control == nil {
		w.control = chunk.Get(maxAnswers)
	}
	if w.controlSize+len(frame) > len(w.control.Buf) {
		w.controlSize = 0
	}
	w.controlSize += copy(w.control.Buf[w.controlSize:], frame)
}

// maxAnswers is how many bytes of control frames wait to be written.
const maxAnswers = 4 << 10

// parting implements [codec].
func (w *wsCodec) parting() bool { return true }

// queued implements [codec].
func (w *wsCodec) queued() bool {
	w.mu.Lock()
	n := w.controlSize
	w.mu.Unlock()
	return n > 0 || w.under != nil && w.under.queued()
}

// status returns what the close frame says about the ending: what that of the
// peer said, if it came first.
func (w *wsCodec) status() (wsframe.CloseCode, string) {
	w.mu.Lock()
	e := w.farewell
	w.mu.Unlock()
	if e != nil {
		return e.Code, e.Text
	}
	cause := w.cause()
	if errors.As(cause, &e) {
		return e.Code, e.Text
	}
	return w.Status(cause)
}

// endsIn reports whether the peer's close frame is in b, after which it has
// nothing to say. Under TLS that is left to the end of the stream.
func (w *wsCodec) endsIn(b []byte) bool {
	if w.under != nil || w.failed != nil {
		return false
	}
	var waste [leastRoom]byte
	for len(b) > 0 {
		p, n, err := w.reader.NextTo(waste[:], b)
		if err != nil {
			w.failed = err
			return false
		}
		if p.Kind == wsframe.KindClose {
			return true
		}
		b = b[n:]
	}
	return false
}

// release gives back what reading holds.
func (w *wsCodec) release() {
	w.early.release()
	w.mid.release()
	w.held.release()
}
