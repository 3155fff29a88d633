package deflate

import (
	"bytes"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// Inflate appends the contents of the compressed message src to dst. They may
// have max bytes at most, else it returns [ErrTooLarge]; a negative max sets
// no limit. Damage is reported as a [CorruptError]. With an error dst is
// returned as it was.
func Inflate(dst, src []byte, max int) ([]byte, error) {
	start := len(dst)
	out := dst
	err := InflateTo(src, max, func(b []byte) error {
		out = append(out, b...)
		return nil
	})
	if err != nil {
		return dst[:start], err
	}
	return out, nil
}

// chunk is how much of a message [InflateTo] hands over at once, at most.
const chunk = 32 << 10

// InflateTo inflates the compressed message src as [Inflate] does and hands
// its contents to sink, piece by piece of at most 32 KiB, in memory that is
// reused when sink returns. It needs the same memory for every message,
// however large. Where sink returns an error it stops and returns that; what
// sink was given before an error is part of no complete message.
func InflateTo(src []byte, max int, sink func([]byte) error) error {
	return InflatePieces([][]byte{src}, max, sink)
}

// InflatePieces is [InflateTo] for a compressed message that lies in pieces,
// as it came in fragments.
func InflatePieces(pieces [][]byte, max int, sink func([]byte) error) error {
	total := 0
	for _, p := range pieces {
		total += len(p)
	}
	if total == 0 {
		return nil
	}
	z := readers.Get().(*reader)
	defer readers.Put(z)
	z.src.Reset(bytes.Join(append(pieces[:len(pieces):len(pieces)], tail, []byte{1, 0, 0, 0xff, 0xff}), nil))
	z.flate.(flate.Resetter).Reset(&z.src, nil)
	n := 0
	for {
		k, err := z.flate.Read(z.buf[:])
		if max >= 0 && k > max-n {
			return ErrTooLarge
		}
		n += k
		if k > 0 {
			if err := sink(z.buf[:k]); err != nil {
				return err
			}
		}
		switch {
		case err == nil:
		case err == io.EOF && z.src.Len() <= 5:
			return nil
		case err == io.EOF:
			z.flate.(flate.Resetter).Reset(&z.src, nil)
		default:
			return &CorruptError{Offset: min(total, int(z.src.Size())-z.src.Len())}
		}
	}
}

type reader struct {
	src   bytes.Reader
	flate io.ReadCloser
	buf   [chunk]byte
}

var readers = sync.Pool{New: func() any { return &reader{flate: flate.NewReader(nil)} }}
