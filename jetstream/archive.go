package jetstream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/s2"
)

// An archive is a copy of a stream, for backups: an S2 stream that holds a magic line and
// then parts, each with its kind (1 byte) and length (4 bytes, little endian). Messages
// come in their order; an archive without its last part is not complete.

const archiveMagic = "DUNLINARC1\n"

// The kinds of parts.
const (
	partStream   byte = iota + 1 // a manifest without consumers
	partMessage                  // an encoded message
	partConsumer                 // the manifest of a consumer
	partEnd                      // last sequence and number of messages, 8 bytes each
)

// maxPart bounds a part, in bytes.
const maxPart = 64 << 20

// errArchive is the error of an archive that is none, or is damaged.
var errArchive = errors.New("archive cannot be read")

// archiver writes an archive.
type archiver struct {
	w *s2.Writer
}

func newArchiver(w io.Writer) (*archiver, error) {
	a := &archiver{s2.NewWriter(w, s2.WriterConcurrency(1))}
	_, err := io.WriteString(a.w, archiveMagic)
	return a, err
}

// part writes a part, whose data is given in pieces.
func (a *archiver) part(kind byte, pieces ...[]byte) error {
	size := 0
	for _, p := range pieces {
		size += len(p)
	}
	if size > maxPart {
		return fmt.Errorf("%w: a part of %d bytes", errArchive, size)
	}
	var head [5]byte
	head[0] = kind
	binary.LittleEndian.PutUint32(head[1:], uint32(size))
	if _, err := a.w.Write(head[:]); err != nil {
		return err
	}
	for _, p := range pieces {
		if _, err := a.w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// archiveReader reads an archive.
type archiveReader struct {
	r   *s2.Reader
	buf []byte
}

func newArchiveReader(r io.Reader) (*archiveReader, error) {
	a := &archiveReader{r: s2.NewReader(r, s2.ReaderMaxBlockSize(1<<20))}
	magic := make([]byte, len(archiveMagic))
	if _, err := io.ReadFull(a.r, magic); err != nil || string(magic) != archiveMagic {
		return nil, errArchive
	}
	return a, nil
}

// next reads a part. Its data is valid until the next call. Memory grows with what is
// read, not with what the archive claims.
func (a *archiveReader) next() (kind byte, data []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(a.r, head[:]); err != nil {
		return 0, nil, fmt.Errorf("%w: %w", errArchive, err)
	}
	size := int(binary.LittleEndian.Uint32(head[1:]))
	if size > maxPart {
		return 0, nil, errArchive
	}
	a.buf = a.buf[:0]
	for len(a.buf) < size {
		n := min(size-len(a.buf), max(len(a.buf), 64<<10))
		at := len(a.buf)
		a.buf = append(a.buf, make([]byte, n)...)
		if _, err := io.ReadFull(a.r, a.buf[at:]); err != nil {
			return 0, nil, fmt.Errorf("%w: %w", errArchive, err)
		}
	}
	return head[0], a.buf, nil
}
