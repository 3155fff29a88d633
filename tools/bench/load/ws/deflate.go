package ws

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"sync"
)

// flushed is how a flush of the compressor ends; senders leave it away (RFC 7692, section 7.2.1).
const flushed = "\x00\x00\xff\xff"

// tail is what is inflated after a message: what was left away and an empty last block, so that
// the inflater sees an end.
var tail = []byte(flushed + "\x01" + flushed)

// pieceSize is how much is inflated at a time, in bytes.
const pieceSize = 64 << 10

// inflater inflates messages that know nothing of each other.
type inflater struct {
	input  io.Reader
	packed bytes.Reader
	tail   bytes.Reader
	unpack io.ReadCloser // also a flate.Resetter
	piece  [pieceSize]byte
}

// inflaters are shared: a thousand subscribers need as many as run at the same time.
var inflaters = sync.Pool{New: func() any {
	f := &inflater{unpack: flate.NewReader(bytes.NewReader(nil))}
	f.input = &pair{&f.packed, &f.tail}
	return f
}}

// inflate hands a compressed message to the sink, in pieces.
func inflate(message []byte, sink func([]byte) error) error {
	f := inflaters.Get().(*inflater)
	defer inflaters.Put(f)
	f.packed.Reset(message)
	defer f.packed.Reset(nil) // the message belongs to the caller
	f.tail.Reset(tail)
	if err := f.unpack.(flate.Resetter).Reset(f.input, nil); err != nil {
		return err
	}
	for {
		n, err := f.unpack.Read(f.piece[:])
		if n > 0 {
			if err := sink(f.piece[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("inflate message of %d bytes: %w", len(message), err)
		}
	}
}

// pair reads two readers, one after the other. It has ReadByte, which keeps the inflater from
// buffering (and allocating) once more.
type pair struct{ first, second *bytes.Reader }

func (p *pair) Read(b []byte) (int, error) {
	if p.first.Len() > 0 {
		return p.first.Read(b)
	}
	return p.second.Read(b)
}

// ReadByte returns the next byte of either.
func (p *pair) ReadByte() (byte, error) {
	if p.first.Len() > 0 {
		return p.first.ReadByte()
	}
	return p.second.ReadByte()
}

// Deflate returns the message compressed by itself, as it stands in a frame. It is slow, for what
// is encoded once and sent often.
func Deflate(message []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(message); err != nil {
		return nil, err
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte(flushed)), nil
}
