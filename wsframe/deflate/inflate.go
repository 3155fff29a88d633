package deflate

import (
	"slices"
	"sync"

	"github.com/dunlin-mq/dunlin/wsframe/internal/flate"
)

// Inflate appends the contents of the compressed message src to dst. They may
// have limit bytes at most, else it returns [ErrTooLarge]; a negative limit sets
// no limit. Damage is reported as a [CorruptError]. With an error dst is
// returned as it was.
//
// An empty src is an empty message. It does not allocate if dst has room for
// the contents.
func Inflate(dst, src []byte, limit int) ([]byte, error) {
	z := decoders.Get().(*decoder)
	z.one[0] = src
	dst, err := z.inflate(dst, z.one[:], nil, limit)
	z.put()
	return dst, err
}

// chunk is how much of a message [InflateTo] hands over at once, at most.
const chunk = 32 << 10

// InflateTo inflates the compressed message src as [Inflate] does and hands
// its contents to sink, piece by piece of at most 32 KiB, in memory that is
// reused when sink returns. It needs the same memory for every message,
// however large. Where sink returns an error it stops and returns that; what
// sink was given before an error is part of no complete message.
func InflateTo(src []byte, limit int, sink func([]byte) error) error {
	z := decoders.Get().(*decoder)
	z.one[0] = src
	w := windows.Get().(*window)
	_, err := z.inflateTo(w, z.one[:], 0, limit, sink)
	windows.Put(w)
	z.put()
	return err
}

// InflatePieces is [InflateTo] for a compressed message that lies in pieces,
// as it came in fragments.
func InflatePieces(pieces [][]byte, limit int, sink func([]byte) error) error {
	z := decoders.Get().(*decoder)
	w := windows.Get().(*window)
	_, err := z.inflateTo(w, pieces, 0, limit, sink)
	windows.Put(w)
	z.put()
	return err
}

// decoder is what inflating one message needs beside a buffer.
type decoder struct {
	flate flate.Decoder
	one   [1][]byte // the list of pieces, for a message that is in one
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// put gives z back without the memory of the caller.
func (z *decoder) put() {
	z.flate.Release()
	z.one[0] = nil
	decoders.Put(z)
}

// A window holds what matches may refer to and, after it, what is not yet
// handed over.
type window [flate.WindowSize + chunk]byte

var windows = sync.Pool{New: func() any { return new(window) }}

// isEmpty reports whether there is no byte in pieces. Such a message has no
// contents; RFC 7692 asks its sender to send one byte, some send none.
func isEmpty(pieces [][]byte) bool {
	for _, p := range pieces {
		if len(p) > 0 {
			return false
		}
	}
	return true
}

// minGrowth is by how much a buffer grows at least.
const minGrowth = 512

// inflate is [Inflate] for pieces, with history before them.
func (z *decoder) inflate(dst []byte, pieces [][]byte, history []byte, limit int) ([]byte, error) {
	if isEmpty(pieces) {
		return dst, nil
	}
	z.flate.Reset(pieces, history)
	given, start, n := dst, len(dst), len(dst)
	for {
		out := dst[:cap(dst)]
		if limit >= 0 && limit < len(out)-start {
			out = out[:start+limit]
		}
		var done bool
		var err error
		n, done, err = z.flate.Decode(out, start, n)
		switch {
		case err != nil:
			return given, &CorruptError{Offset: z.flate.Offset()}
		case done:
			return dst[:n], nil
		case n-start == limit:
			return given, ErrTooLarge
		}
		// Double what there is, but not past the limit: what a message turns
		// out to hold is not known before it is there.
		more := max(n, minGrowth)
		if limit >= 0 {
			more = min(more, limit-(n-start))
		}
		dst = slices.Grow(dst[:n], more)
	}
}

// inflateTo is [InflatePieces] through the window w, of which the first n
// bytes are history. It returns how many bytes w holds in the end.
func (z *decoder) inflateTo(w *window, pieces [][]byte, n, limit int, sink func([]byte) error) (int, error) {
	if isEmpty(pieces) {
		return n, nil
	}
	z.flate.Reset(pieces, nil)
	for total := 0; ; {
		start := n
		room := chunk
		if limit >= 0 {
			room = min(room, limit-total)
		}
		var done bool
		var err error
		n, done, err = z.flate.Decode(w[:start+room], 0, start)
		if err != nil {
			return n, &CorruptError{Offset: z.flate.Offset()}
		}
		if n > start {
			if err := sink(w[start:n]); err != nil {
				return n, err
			}
		}
		total += n - start
		switch {
		case done:
			return n, nil
		case total == limit:
			return n, ErrTooLarge
		case n > flate.WindowSize:
			n = copy(w[:], w[n-flate.WindowSize:n])
		}
	}
}
