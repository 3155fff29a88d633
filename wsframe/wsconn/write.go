package wsconn

import (
	"crypto/rand"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// compressMin is the length in bytes from which messages are compressed.
const compressMin = 64

// WriteMessage sends one message, compressed if that was agreed on and makes it
// smaller. It may be called by several goroutines. That the payload of a Text
// message is UTF-8 is up to the caller: the peer closes if it is not.
//
// After any error but ErrOpcode nothing more can be written.
func (c *Conn) WriteMessage(op wsframe.Opcode, payload []byte) error {
	if op != wsframe.Text && op != wsframe.Binary {
		return ErrOpcode
	}
	o := &c.out
	o.mu.Lock()
	defer o.unlock()
	if o.err != nil {
		return o.err
	}
	if !o.compress || len(payload) < compressMin {
		return o.message(op, false, payload)
	}
	packed := newBuffer(packedSize(len(payload)))
	defer packed.free()
	if o.takeover != nil {
		// The receiver's window follows what was compressed, so it has to be sent.
		packed.b = o.takeover.AppendMessage(packed.b, payload)
		return o.message(op, true, packed.b)
	}
	packed.b = o.window.AppendMessage(packed.b, payload)
	if len(packed.b) >= len(payload) {
		return o.message(op, false, payload)
	}
	return o.message(op, true, packed.b)
}

// packedSize is room for n bytes when they are compressed, even if that makes
// them longer.
func packedSize(n int) int { return n + n>>9 + 64 }

// WritePrepared sends a message that goes to others as well. It is compressed if
// it comes with a compressor and that was agreed on with a window of full size.
func (c *Conn) WritePrepared(p *wsframe.Prepared) error {
	o := &c.out
	o.mu.Lock()
	defer o.unlock()
	if o.err != nil {
		return o.err
	}
	frame := p.Frame(o.compress && o.window == deflate.MaxWindow)
	h, n, err := wsframe.ParseHeader(frame)
	if err != nil {
		return err
	}
	if h.RSV1 && o.takeover != nil {
		// The receiver remembers this message, and the compressor does not. Closed
		// it refers back no further than its own next message.
		o.takeover.Close()
	}
	return o.message(h.Opcode, h.RSV1, frame[n:])
}

// outbox is what writing needs.
type outbox struct {
	conn      net.Conn
	client    bool // this end masks
	deadlines deadlines
	pong      pong
	unsent    atomic.Bool // pong is to be sent

	mu sync.Mutex
	// Guarded by mu.
	err      error // why nothing more can be written
	said     bool  // a close frame was sent, which is why
	fragment int   // most payload of a frame, bytes; 0 is any
	compress bool
	window   deflate.Window
	takeover *deflate.Writer // nil if every message is compressed on its own
	chunk    *chunk          // what goes out next, while something does
	n        int             // bytes of it
}

func (o *outbox) init(u *handshake.Upgraded, client bool) {
	o.conn, o.client, o.compress = u.Conn, client, u.Deflate
	if u.Deflate {
		var keep bool
		if o.window, keep = direction(&u.Params, client); keep {
			o.takeover = deflate.NewWriter(o.window)
		}
	}
}

// message sends a message, in as many frames as it takes. This and what follows
// is called with mu held.
func (o *outbox) message(op wsframe.Opcode, packed bool, payload []byte) error {
	for more := true; more; {
		part := payload
		if o.fragment > 0 && len(part) > o.fragment {
			part = part[:o.fragment]
		}
		payload = payload[len(part):]
		more = len(payload) > 0
		o.frame(op, !more, packed, part)
		op, packed = wsframe.Continuation, false
		if more && o.unsent.Load() {
			o.sendPong()
		}
	}
	return o.flush()
}

// frame puts a frame into the chunk and sends what that has no room for.
func (o *outbox) frame(op wsframe.Opcode, fin, packed bool, payload []byte) {
	h := wsframe.Header{Fin: fin, RSV1: packed, Opcode: op, Length: uint64(len(payload))}
	if o.client {
		h.Masked, h.Key = true, newKey()
	}
	if o.chunk == nil {
		o.chunk = chunks.Get().(*chunk)
	}
	if chunkSize-o.n < wsframe.MaxHeader {
		_ = o.flush()
	}
	o.n = len(wsframe.AppendHeader(o.chunk[:o.n], h))
	phase := 0
	for len(payload) > 0 && o.err == nil {
		if o.n == 0 && !o.client && len(payload) >= chunkSize {
			o.send(payload)
			return
		}
		n := min(len(payload), chunkSize-o.n)
		if o.client {
			phase = wsframe.MaskTo(o.chunk[o.n:], payload[:n], h.Key, phase)
		} else {
			copy(o.chunk[o.n:], payload[:n])
		}
		o.n, payload = o.n+n, payload[n:]
		if o.n == chunkSize {
			_ = o.flush()
		}
	}
}

// flush sends what is in the chunk.
func (o *outbox) flush() error {
	if o.n > 0 && o.err == nil {
		o.send(o.chunk[:o.n])
	}
	o.n = 0
	return o.err
}

// send writes to the connection. Behind an error there may be half a frame.
func (o *outbox) send(b []byte) {
	if _, err := o.conn.Write(b); err != nil {
		o.err = err
		o.forget()
	}
}

// forget gives the memory of the compressor back.
func (o *outbox) forget() {
	if o.takeover != nil {
		o.takeover.Close()
	}
}

// newKey returns a mask that nobody can guess (RFC 6455 section 10.3).
func newKey() (key [4]byte) {
	rand.Read(key[:]) // never fails
	return key
}

// deadlines are the connection's until it closes, when they are set once and for
// all.
type deadlines struct {
	mu  sync.Mutex
	end bool
}

// set sets one, unless the connection closes.
func (d *deadlines) set(t time.Time, set func(time.Time) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.end {
		return nil
	}
	return set(t)
}

// last sets one for the last time; the first to do so does.
func (d *deadlines) last(t time.Time, set func(time.Time) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.end {
		d.end = true
		_ = set(t)
	}
}

// closing reports whether the last was set.
func (d *deadlines) closing() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.end
}
