package deflate

import "github.com/dunlin-mq/dunlin/wsframe/internal/flate"

// A Writer compresses the messages of one direction of a connection with
// context takeover: each message may refer to those before it. That makes
// small messages that resemble each other much smaller, and costs memory for
// as long as the connection lives: some 200 KiB from the first message until
// Close. It must not be used by two goroutines at once.
type Writer struct {
	window  Window
	matcher *flate.Matcher
	buf     []byte // what the receiver remembers, and the message
}

// minRoom is how much of a message is compressed at once at least, whatever the
// window: each time costs five bytes.
const minRoom = 16 << 10

// NewWriter returns a Writer for a receiver with the window w.
func NewWriter(w Window) *Writer { return &Writer{window: w} }

// AppendMessage appends src compressed as the next message. The receiver must
// get the result, or it could not make sense of the messages after it: where
// src is sent as it is, because it is not worth compressing, it must not have
// passed through here.
func (w *Writer) AppendMessage(dst, src []byte) []byte {
	if len(src) == 0 {
		return append(dst, 0)
	}
	if w.matcher == nil {
		w.matcher = matchers.Get().(*flate.Matcher)
		w.matcher.Reset(w.window.size())
		w.buf = make([]byte, 0, w.window.size()+max(w.window.size(), minRoom))
	}
	e := encoders.Get().(*flate.Encoder)
	for len(src) > 0 {
		n := min(len(src), w.room(len(src)))
		from := len(w.buf)
		w.buf = append(w.buf, src[:n]...)
		dst = e.Append(dst, w.matcher, w.buf, from)
		src = src[n:]
	}
	encoders.Put(e)
	return dst[:len(dst)-len(tail)]
}

// room returns how much can be added to the buffer. If that is less than n it
// first forgets what the receiver has forgotten.
func (w *Writer) room(n int) int {
	if old := len(w.buf) - w.window.size(); old > 0 && n > cap(w.buf)-len(w.buf) {
		w.buf = w.buf[:copy(w.buf, w.buf[old:])]
		w.matcher.Slide(old)
	}
	return cap(w.buf) - len(w.buf)
}

// Close gives memory back. A message after it begins without what was before;
// that is legal at any time.
func (w *Writer) Close() {
	if w.matcher != nil {
		matchers.Put(w.matcher)
	}
	w.matcher, w.buf = nil, nil
}

// A Reader inflates the messages of one direction of a connection with context
// takeover. Between messages it remembers the end of what it has inflated, up
// to the size of the window. After an error it can't go on. It must not be
// used by two goroutines at once.
type Reader struct {
	window  Window
	history []byte
}

// NewReader returns a Reader for a sender that promised to refer back no
// further than w.
func NewReader(w Window) *Reader { return &Reader{window: w} }

// Inflate is the function [Inflate] for the next message.
func (r *Reader) Inflate(dst, src []byte, limit int) ([]byte, error) {
	start := len(dst)
	z := decoders.Get().(*decoder)
	z.one[0] = src
	dst, err := z.inflate(dst, z.one[:], r.history, limit)
	z.put()
	if err == nil {
		r.remember(dst[start:])
	}
	return dst, err
}

// InflateTo is the function [InflateTo] for the next message.
func (r *Reader) InflateTo(src []byte, limit int, sink func([]byte) error) error {
	z := decoders.Get().(*decoder)
	z.one[0] = src
	err := r.inflateTo(z, z.one[:], limit, sink)
	z.put()
	return err
}

// InflatePieces is the function [InflatePieces] for the next message.
func (r *Reader) InflatePieces(pieces [][]byte, limit int, sink func([]byte) error) error {
	z := decoders.Get().(*decoder)
	err := r.inflateTo(z, pieces, limit, sink)
	z.put()
	return err
}

func (r *Reader) inflateTo(z *decoder, pieces [][]byte, limit int, sink func([]byte) error) error {
	w := windows.Get().(*window)
	n, err := z.inflateTo(w, pieces, copy(w[:], r.history), limit, sink)
	if err == nil {
		r.history = r.history[:0] // w begins with it
		r.remember(w[:n])
	}
	windows.Put(w)
	return err
}

// remember adds what was inflated to the history.
func (r *Reader) remember(b []byte) {
	size := r.window.size()
	b = b[max(0, len(b)-size):]
	if old := len(r.history) + len(b) - size; old > 0 {
		r.history = r.history[:copy(r.history, r.history[old:])]
	}
	r.history = append(r.history, b...)
}

// Close gives memory back.
func (r *Reader) Close() { r.history = nil }
