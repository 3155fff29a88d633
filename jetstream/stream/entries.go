package stream

import (
	"encoding/binary"
	"errors"
)

// The kinds of entries that a stream writes to the log. After a restart they are
// applied in the same order.
const (
	// EntryMessage is a message as store.AppendMessage encodes it.
	EntryMessage byte = iota + 1
	// EntryPassed is the sequence of a message that was not stored.
	EntryPassed
	// EntryGone is messages that were removed, see [Gone.Append].
	EntryGone
	// EntryConfig is a new configuration of the stream, opaque here.
	EntryConfig
	// EntryConsumer is a consumer that was made or changed: its number and what the
	// engine wants to know of it.
	EntryConsumer
	// EntryConsumerGone is the number of a consumer that was removed.
	EntryConsumerGone
	// EntryBatch is messages that are stored together, each with its length (4 bytes,
	// little endian) before it.
	EntryBatch
	// EntryConsumerState is the number of a consumer and a change of its state.
	EntryConsumerState
)

// ErrEntry is the error of an entry that cannot be read.
var ErrEntry = errors.New("log entry cannot be read")

// maxGone bounds the sequences in one entry.
const maxGone = 1 << 16

// Append calls emit with one or more entries of kind [EntryGone] that stand for g.
func (g *Gone) Append(emit func([]byte) error) error {
	seqs, compact := g.Seqs, g.Compact
	var b []byte
	for {
		n := min(len(seqs), maxGone)
		if n == len(seqs) {
			b = binary.AppendUvarint(b[:0], compact)
		} else {
			b = binary.AppendUvarint(b[:0], 0)
		}
		erase := byte(0)
		if g.Erase {
			erase = 1
		}
		b = append(b, erase)
		last := uint64(0)
		for _, seq := range seqs[:n] {
			b = binary.AppendVarint(b, int64(seq-last)) // not always ascending
			last = seq
		}
		if err := emit(b); err != nil {
			return err
		}
		if seqs = seqs[n:]; len(seqs) == 0 {
			return nil
		}
	}
}

// ParseGone reads one entry of kind [EntryGone].
func ParseGone(b []byte) (g Gone, err error) {
	compact, n := binary.Uvarint(b)
	if n <= 0 || len(b) == n {
		return g, ErrEntry
	}
	g.Compact, g.Erase = compact, b[n] != 0
	b = b[n+1:]
	for last := uint64(0); len(b) > 0; {
		d, n := binary.Varint(b)
		if n <= 0 {
			return g, ErrEntry
		}
		last += uint64(d)
		g.Seqs = append(g.Seqs, last)
		b = b[n:]
	}
	g.Count = uint64(len(g.Seqs))
	return g, nil
}
