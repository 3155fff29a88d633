package stream

import (
	"errors"
	"math"

	"github.com/dunlin-mq/dunlin/jetstream/store"
)

// Purge is what to remove: everything, or what matches.
type Purge struct {
	Filter *store.Filter
	Seq    uint64 // only what is below; 0 for no such bound
	Keep   uint64 // how many of the newest to keep
}

// Gone is what was removed, for the log: applying it again has the same effect.
type Gone struct {
	Compact uint64   // everything below; 0 for nothing
	Seqs    []uint64 // single messages
	Erase   bool     // were overwritten
	Count   uint64   // messages removed in all
	// Markers are messages that have to be stored instead, without a sequence yet.
	Markers []store.Message
}

// Purge removes messages and says which.
func (m *Machine) Purge(p *Purge) Gone {
	s := m.store.State()
	if p.Filter == nil && p.Keep == 0 {
		to := s.LastSeq + 1
		if p.Seq > 0 {
			to = p.Seq
		}
		if to <= s.FirstSeq && s.Messages > 0 {
			return Gone{}
		}
		return Gone{Compact: to, Count: m.compact(to, false)}
	}
	to := uint64(math.MaxUint64)
	if p.Seq > 0 {
		to = p.Seq - 1
	}
	to = min(to, s.LastSeq)
	left := m.store.Count(p.Filter, s.FirstSeq, to)
	if left <= p.Keep {
		return Gone{}
	}
	var g Gone
	for at, left := s.FirstSeq, left-p.Keep; left > 0; left-- {
		msg, err := m.store.Next(p.Filter, at, &m.buf)
		if err != nil || msg.Seq > to {
			break
		}
		at = msg.Seq + 1
		subj := append([]byte(nil), msg.Subject...)
		if m.remove(msg.Seq, subj, false) {
			g.Seqs = append(g.Seqs, msg.Seq)
			g.Count++
		}
	}
	return g
}

// Errors of Delete.
var (
	ErrNoMessage = errors.New("no message found")
	ErrBeyond    = errors.New("stream store EOF")
)

// Delete removes one message; if erase is true its bytes are overwritten.
func (m *Machine) Delete(seq uint64, erase bool) (Gone, error) {
	if s := m.store.State(); seq > s.LastSeq {
		return Gone{}, ErrBeyond
	}
	msg, err := m.store.Load(seq, &m.buf)
	if errors.Is(err, store.ErrNotFound) {
		return Gone{}, ErrNoMessage
	}
	var damaged *store.DamagedError
	if err != nil && !errors.As(err, &damaged) {
		return Gone{}, err
	}
	subj := append([]byte(nil), msg.Subject...)
	watched := m.watcher.Watches(seq)
	if _, ok := m.store.Remove(seq, erase); !ok {
		return Gone{}, ErrNoMessage
	}
	if watched {
		m.watcher.Removed(seq, subj)
	}
	return Gone{Seqs: []uint64{seq}, Erase: erase, Count: 1}, nil
}

// Drop removes messages that nobody needs any more: it returns those that were
// there. It changes seqs.
func (m *Machine) Drop(seqs []uint64) Gone {
	kept := seqs[:0]
	for _, seq := range seqs {
		if m.remove(seq, nil, false) {
			kept = append(kept, seq)
		}
	}
	return Gone{Seqs: kept, Count: uint64(len(kept))}
}

// Redo removes again, after a restart, what was removed before.
func (m *Machine) Redo(g *Gone) {
	for _, seq := range g.Seqs {
		m.store.Remove(seq, g.Erase)
	}
	if g.Compact > 0 {
		m.store.Compact(g.Compact)
	}
}

// Pass makes seq the last sequence without storing anything.
func (m *Machine) Pass(seq uint64) { m.store.Skip(seq) }
