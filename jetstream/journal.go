package jetstream

import (
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

// journal is the log as one stream sees it. A stream in memory has one that keeps
// nothing: the zero value.
type journal struct {
	log *wal.Log
	id  uint64
	// head is memory for what stands before the header block of a message.
	head []byte
}

// immediate reports whether nothing has to be waited for.
func (j *journal) immediate() bool { return j.log == nil }

// append writes an entry, without waiting for it.
func (j *journal) append(kind byte, parts ...[]byte) (wal.Position, error) {
	if j.log == nil {
		return 0, nil
	}
	return j.log.Append(j.id, kind, parts...)
}

// message writes a message. It is for the stream's own goroutine.
func (j *journal) message(m *store.Message) (wal.Position, error) {
	if j.log == nil {
		return 0, nil
	}
	j.head = store.AppendMessageHead(j.head[:0], m)
	return j.log.Append(j.id, stream.EntryMessage, j.head, m.Header, m.Payload)
}

// gone writes what was removed.
func (j *journal) gone(g *stream.Gone) error {
	if j.log == nil || g.Count == 0 && g.Compact == 0 {
		return nil
	}
	return g.Append(func(b []byte) error {
		_, err := j.append(stream.EntryGone, b)
		return err
	})
}

// commit has w told when all of it is durable.
func (j *journal) commit(w wal.Waiter) {
	if j.log == nil {
		w.Durable(nil)
		return
	}
	j.log.Commit(w)
}

// sync waits until all of it is durable.
func (j *journal) sync() error {
	if j.log == nil {
		return nil
	}
	return j.log.Sync()
}
