package deflate

import (
	"sync"

	"github.com/dunlin-mq/dunlin/wsframe/internal/flate"
)

// A Window is how far back a message may refer to itself: the binary logarithm
// of a number of bytes, from 8 to 15. Other values mean 15. It is the value of
// the parameters server_max_window_bits and client_max_window_bits.
type Window int

// MaxWindow is the window of DEFLATE itself, 32 KiB, which every receiver has
// unless it asks for less.
const MaxWindow Window = 15

// minWindow is the smallest window of RFC 7692, 256 bytes.
const minWindow Window = 8

// AppendMessage appends src compressed as one message for a receiver with a
// window of 32 KiB. It neither needs nor touches what the receiver remembers
// of earlier messages. The result may be longer than src, by six bytes in
// 64 KiB: then send src as it is.
//
// It does not allocate if dst has room for the result.
func AppendMessage(dst, src []byte) []byte { return MaxWindow.AppendMessage(dst, src) }

// AppendBlocks appends src compressed as a piece of a message. It begins and
// ends on a byte border and refers to nothing outside itself, so pieces may be
// joined in any order and sent to any number of receivers; [Finish] makes the
// message. Nothing is appended if src is empty.
func AppendBlocks(dst, src []byte) []byte { return MaxWindow.AppendBlocks(dst, src) }

// AppendMessage is the function [AppendMessage] for a receiver with window w.
func (w Window) AppendMessage(dst, src []byte) []byte {
	if len(src) == 0 {
		return append(dst, 0)
	}
	dst = w.AppendBlocks(dst, src)
	return dst[:len(dst)-len(tail)]
}

// AppendBlocks is the function [AppendBlocks] for a receiver with window w.
func (w Window) AppendBlocks(dst, src []byte) []byte {
	if len(src) == 0 {
		return dst
	}
	e := encoders.Get().(*flate.Encoder)
	if len(src) <= flate.ShortMax { // and any window is larger
		dst = e.AppendShort(dst, src)
	} else {
		m := matchers.Get().(*flate.Matcher)
		m.Reset(w.size())
		dst = e.Append(dst, m, src, 0)
		matchers.Put(m)
	}
	encoders.Put(e)
	return dst
}

// size returns how many bytes w is.
func (w Window) size() int {
	if w < minWindow || w > MaxWindow {
		w = MaxWindow
	}
	return 1 << w
}

var (
	encoders = sync.Pool{New: func() any { return new(flate.Encoder) }}
	matchers = sync.Pool{New: func() any { return new(flate.Matcher) }}
)
