package jetstream

import (
	"encoding/json"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
)

// fastAnswer is what the publisher of a fast batch is told meanwhile.
type fastAnswer struct {
	Type    string     `json:"type"` // ack, gap or err
	LastSeq *uint64    `json:"last_seq,omitempty"`
	Seq     uint64     `json:"seq"`
	Msgs    int        `json:"msgs,omitempty"`
	Error   *api.Error `json:"error,omitempty"`
}

// takeFast takes a message of a fast batch. It is called with mu held.
func (s *Stream) takeFast(f *flight, p *stream.Publish, now int64) {
	refuse := func(number uint16) { f.reply(p.Reply, api.Known(number).AppendPubAck(nil, s.name), true) }
	m, ok := stream.ParseFast(p.Reply)
	switch {
	case !s.config.AllowBatched:
		refuse(10205)
		return
	case !ok:
		refuse(10206)
		return
	case len(m.ID) > 64:
		refuse(10207)
		return
	case s.config.MaxMsgSize >= 0 && len(p.Header)+len(p.Payload) > int(s.config.MaxMsgSize):
		refuse(10054)
		return
	}
	b, full := s.machine.Fast(&m, now)
	switch {
	case full:
		refuse(10211)
	case b == nil:
		refuse(10208)
	case m.Op == stream.FastPing:
		s.tell(f, p, &fastAnswer{Type: "ack", Seq: b.Last, Msgs: s.machine.Interval(b)})
	default:
		s.takeNumbered(f, p, &m, b, now)
	}
}

// tell answers the publisher of a fast batch.
func (s *Stream) tell(f *flight, p *stream.Publish, a *fastAnswer) {
	text, err := json.Marshal(a)
	if err == nil {
		f.reply(p.Reply, text, true)
	}
}

// takeNumbered takes the next message of a fast batch.
func (s *Stream) takeNumbered(f *flight, p *stream.Publish, m *stream.FastMessage, b *stream.FastBatch, now int64) {
	if m.Seq == 1 && b.Last == 0 {
		s.tell(f, p, &fastAnswer{Type: "ack", Msgs: s.machine.Interval(b)})
	}
	switch {
	case m.Seq <= b.Last:
		return // it came before
	case m.Seq > b.Last+1:
		expected := b.Last + 1
		s.tell(f, p, &fastAnswer{Type: "gap", LastSeq: &expected, Seq: m.Seq})
		if m.Fail {
			s.endFast(f, p, m, b)
			return
		}
	}
	if m.Op == stream.FastEnd {
		s.endFast(f, p, m, b)
		return
	}
	if err := s.storeFast(p, b, now); err != nil {
		if m.Fail && b.Last == 0 {
			s.machine.EndFast(m.ID)
			f.reply(p.Reply, err.AppendPubAck(nil, s.name), true)
			return
		}
		s.tell(f, p, &fastAnswer{Type: "err", Seq: m.Seq, Error: err})
		if m.Fail {
			s.endFast(f, p, m, b)
			return
		}
	}
	b.Last = m.Seq
	switch {
	case m.Op == stream.FastCommit:
		s.endFast(f, p, m, b)
	case s.machine.Due(b):
		s.tell(f, p, &fastAnswer{Type: "ack", Seq: b.Last, Msgs: s.machine.Interval(b)})
	}
}

// storeFast stores a message as any other.
func (s *Stream) storeFast(p *stream.Publish, b *stream.FastBatch, now int64) *api.Error {
	a := &s.admission
	s.machine.Admit(p, now, s.room, a)
	switch {
	case a.Err != nil:
		return a.Err
	case a.Duplicate:
		return nil
	case a.Passed:
		if _, err := s.journal.append(stream.EntryPassed, seqBytes(a.Seq)); err != nil {
			return failure(err)
		}
		s.machine.Pass(a.Seq)
	default:
		if err := s.keep(a); err != nil {
			return err
		}
	}
	b.Stored = a.Seq
	return nil
}

// endFast ends a batch with what was stored of it.
func (s *Stream) endFast(f *flight, p *stream.Publish, m *stream.FastMessage, b *stream.FastBatch) {
	s.machine.EndFast(m.ID)
	ack := api.PubAck{Stream: s.name, Domain: s.account.engine.cfg.Domain, Seq: b.Stored, Batch: m.ID, Count: int(b.Last)}
	f.reply(p.Reply, ack.Append(nil), true)
}
