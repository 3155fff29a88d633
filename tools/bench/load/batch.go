package load

import (
	"encoding/binary"
	"fmt"
)

// Every payload starts with a stamp: the time of writing and a sequence number, eight bytes each.
const (
	seqOffset = 8
	stampSize = 16
)

// batchBytes is what a publisher writes at a time: large enough that the cost of the system call
// vanishes for small messages. Larger messages are written one by one.
const batchBytes = 64 << 10

// Batch holds encoded PUB commands of equal length, ready to be written again and again.
type Batch struct {
	buf     []byte
	stride  int // length of one command
	payload int // where the payload starts in a command
	total   int // commands in buf
	chunk   int // commands written at a time
}

// NewBatch encodes one PUB per subject, or as many as fill a write if there are few subjects. All
// subjects must have the same length; the payload size must have room for the stamp.
func NewBatch(subjects []string, size int) (*Batch, error) {
	if size < stampSize {
		return nil, fmt.Errorf("payload of %d bytes has no room for the stamp of %d", size, stampSize)
	}
	if len(subjects) == 0 {
		return nil, fmt.Errorf("no subject")
	}
	head := len(fmt.Sprintf("PUB %s %d\r\n", subjects[0], size))
	b := &Batch{stride: head + size + 2, payload: head}
	b.chunk = max(1, batchBytes/b.stride)
	b.total = max(len(subjects), b.chunk)
	b.buf = make([]byte, 0, b.total*b.stride)
	for i := range b.total {
		subject := subjects[i%len(subjects)]
		if len(subject) != len(subjects[0]) {
			return nil, fmt.Errorf("subjects %q and %q differ in length", subject, subjects[0])
		}
		b.buf = fmt.Appendf(b.buf, "PUB %s %d\r\n", subject, size)
		b.buf = appendPayload(b.buf, size)
		b.buf = append(b.buf, "\r\n"...)
	}
	return b, nil
}

// stamped writes time and sequence numbers into n commands from position pos on, and returns
// their bytes.
func (b *Batch) stamped(pos, n int, now, seq int64) []byte {
	out := b.buf[pos*b.stride : (pos+n)*b.stride]
	for at := b.payload; at < len(out); at += b.stride {
		binary.LittleEndian.PutUint64(out[at:], uint64(now))
		binary.LittleEndian.PutUint64(out[at+seqOffset:], uint64(seq))
		seq++
	}
	return out
}

// appendPayload appends a payload with an empty stamp. Behind it stand letters that differ from
// their neighbours, so that a shifted or torn payload shows.
func appendPayload(dst []byte, size int) []byte {
	dst = append(dst, make([]byte, stampSize)...)
	for i := stampSize; i < size; i++ {
		dst = append(dst, byte('a'+i%26))
	}
	return dst
}
