package jetstream

import (
	"encoding/binary"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

// takeStaged takes a message of an atomic batch. It is called with mu held.
func (s *Stream) takeStaged(f *flight, p *stream.Publish, h *api.PublishHeaders, now int64) {
	st := s.machine.Stage(p, h, now, s.room)
	if st.Err == nil && st.Commit != nil {
		st.Err = s.keepAll(st.Commit)
	}
	if st.Abandoned != "" {
		s.account.adviseBatch(s, st.ID, st.Abandoned)
	}
	if s.config.NoAck || len(p.Reply) == 0 {
		return
	}
	switch {
	case st.Err != nil:
		f.reply(p.Reply, st.Err.AppendPubAck(nil, s.name), true)
	case st.Commit == nil:
		f.reply(p.Reply, nil, false)
	default:
		ack := api.PubAck{Stream: s.name, Domain: s.account.engine.cfg.Domain, Seq: s.store.State().LastSeq, Batch: st.ID, Count: len(st.Commit)}
		f.reply(p.Reply, ack.Append(nil), true)
	}
}

// keepAll stores messages together: in the log they are one entry.
func (s *Stream) keepAll(list []store.Message) *api.Error {
	var b []byte
	offsets := make([]int, len(list))
	for i := range list {
		m := &list[i]
		b = binary.LittleEndian.AppendUint32(b, uint32(store.EncodedSize(len(m.Subject), len(m.Header), len(m.Payload))))
		offsets[i] = len(b)
		b = store.AppendMessage(b, m)
	}
	at, err := s.journal.append(stream.EntryBatch, b)
	if err != nil {
		return failure(err)
	}
	for i := range list {
		var h api.PublishHeaders
		h.Parse(list[i].Header)
		if err := s.machine.Apply(&list[i], &h, at+wal.Position(offsets[i])); err != nil {
			return failure(err)
		}
	}
	return nil
}

// redoBatch stores the messages of a batch again.
func (s *Stream) redoBatch(at wal.Position, b []byte) error {
	for rest := b; len(rest) > 0; {
		if len(rest) < 4 {
			return stream.ErrEntry
		}
		n := int64(binary.LittleEndian.Uint32(rest))
		rest = rest[4:]
		if n > int64(len(rest)) {
			return stream.ErrEntry
		}
		msg, err := store.DecodeMessage(rest[:n])
		if err != nil {
			return err
		}
		var h api.PublishHeaders
		h.Parse(msg.Header)
		if err := s.machine.Apply(&msg, &h, at+wal.Position(len(b)-len(rest))); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}
