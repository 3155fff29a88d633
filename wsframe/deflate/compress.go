package deflate

import (
	"sync"

	"github.com/klauspost/compress/flate"
)

// A Window is how far back a message may refer to itself: the binary logarithm
// of a number of bytes, from 8 to 15. Other values mean 15. It is the value of
// the parameters server_max_window_bits and client_max_window_bits.
type Window int

// MaxWindow is the window of DEFLATE itself, 32 KiB, which every receiver has
// unless it asks for less.
const MaxWindow Window = 15

// AppendMessage appends src compressed as one message for a receiver with a
// window of 32 KiB. It neither needs nor touches what the receiver remembers
// of earlier messages. The result may be longer than src: then send src as it
// is.
func AppendMessage(dst, src []byte) []byte { return MaxWindow.AppendMessage(dst, src) }

// AppendBlocks appends src compressed as a piece of a message. It begins and
// ends on a byte boundary and refers to nothing outside itself, so pieces may
// be joined in any order and sent to any number of receivers; [Finish] makes
// the message. Nothing is appended if src is empty.
func AppendBlocks(dst, src []byte) []byte { return MaxWindow.AppendBlocks(dst, src) }

// AppendMessage is [AppendMessage] for a receiver with the window w.
func (w Window) AppendMessage(dst, src []byte) []byte {
	if len(src) == 0 {
		return append(dst, 0)
	}
	dst = w.AppendBlocks(dst, src)
	return dst[:len(dst)-len(tail)]
}

// AppendBlocks is [AppendBlocks] for a receiver with the window w.
func (w Window) AppendBlocks(dst, src []byte) []byte {
	if len(src) == 0 {
		return dst
	}
	z := writers.Get().(*writer)
	z.out = dst
	z.flate.Reset(z)
	z.flate.Write(src)
	z.flate.Flush()
	dst, z.out = z.out, nil
	writers.Put(z)
	return dst
}

type writer struct {
	out   []byte
	flate *flate.Writer
}

func (w *writer) Write(b []byte) (int, error) {
	w.out = append(w.out, b...)
	return len(b), nil
}

var writers = sync.Pool{New: func() any {
	w := new(writer)
	w.flate, _ = flate.NewWriter(w, flate.BestSpeed)
	return w
}}
