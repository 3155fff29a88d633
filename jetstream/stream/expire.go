package stream

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/protocol/header"
)

// Expiry: messages that are too old, by the limit of the stream or their own time to
// live, and what the last one of a subject leaves.

// Deadline returns when Expire has to be called next, in unix nanoseconds; 0 for
// never.
func (m *Machine) Deadline() int64 {
	next := m.ttls.next()
	if at := m.abandonDeadline(); at > 0 && (next == 0 || at < next) {
		next = at
	}
	if m.cfg.MaxAge <= 0 {
		return next
	}
	s := m.store.State()
	first := s.FirstTime
	if s.Messages == 0 {
		return next
	}
	if len(m.never) > 0 {
		msg, err := m.store.Next(nil, m.oldest(s.FirstSeq), &m.buf)
		if err != nil {
			return next
		}
		first = msg.Time
	}
	if at := first + int64(m.cfg.MaxAge); next == 0 || at < next {
		next = at
	}
	return next
}

// oldest returns the first sequence from one on that may be too old some time: those
// before are to stay.
func (m *Machine) oldest(from uint64) uint64 {
	for {
		if _, stays := m.never[from]; !stays {
			msg, err := m.store.Next(nil, from, &m.buf)
			if err != nil {
				return from
			}
			if _, stays := m.never[msg.Seq]; !stays {
				return msg.Seq
			}
			from = msg.Seq
		}
		from++
	}
}

// live notes the time to live of a message.
func (m *Machine) live(seq uint64, stored int64, h *api.PublishHeaders) {
	if len(h.TTL) == 0 || !m.cfg.AllowMsgTTL {
		return
	}
	ttl, err := api.ParseTTL(h.TTL)
	switch {
	case err != nil:
	case ttl == api.Never:
		if m.never == nil {
			m.never = make(map[uint64]struct{})
		}
		m.never[seq] = struct{}{}
	default:
		m.ttls.add(seq, stored+int64(ttl))
	}
}

// outlive makes a message of a stream with markers live at least as long as a marker
// does.
func (m *Machine) outlive(msg *store.Message, h *api.PublishHeaders) {
	if m.cfg.DeleteMarkerTTL <= 0 || m.cfg.MaxMsgsPer == 1 || len(h.TTL) == 0 {
		return
	}
	ttl, err := api.ParseTTL(h.TTL)
	if err != nil || ttl == api.Never || ttl >= m.cfg.DeleteMarkerTTL {
		return
	}
	seconds := strconv.FormatInt(int64(m.cfg.DeleteMarkerTTL/time.Second), 10)
	m.rewrite = header.Set(m.rewrite[:0], slices.Clone(msg.Header), api.HeaderTTL, seconds)
	msg.Header = m.rewrite
	h.TTL = []byte(seconds)
}

// Expire removes what is too old at a time. Messages that were stored to never expire
// stay. Gone.Markers is what has to be stored now.
func (m *Machine) Expire(now int64) Gone {
	var g Gone
	for {
		seq, ok := m.ttls.due(now)
		if !ok {
			break
		}
		m.expireOne(seq, now, &g)
	}
	if m.cfg.MaxAge <= 0 {
		return g
	}
	s := m.store.State()
	limit := now - int64(m.cfg.MaxAge)
	if s.Messages == 0 || s.FirstTime > limit {
		return g
	}
	if len(m.never) == 0 && m.cfg.DeleteMarkerTTL <= 0 {
		if to := m.store.SeqAt(limit + 1); to > s.FirstSeq {
			g.Compact = to
			g.Count += m.compact(to, true)
		}
		return g
	}
	for at := s.FirstSeq; ; {
		msg, err := m.store.Next(nil, at, &m.buf)
		if err != nil || msg.Time > limit {
			return g
		}
		at = msg.Seq + 1
		if _, stays := m.never[msg.Seq]; !stays {
			m.expireOne(msg.Seq, now, &g)
		}
	}
}

// expireOne removes one message.
func (m *Machine) expireOne(seq uint64, now int64, g *Gone) {
	msg, err := m.store.Load(seq, &m.buf)
	if err != nil {
		return // it went before
	}
	subj, marked := slices.Clone(msg.Subject), m.marks(&msg)
	if !m.remove(seq, subj, true) {
		return
	}
	g.Seqs = append(g.Seqs, seq)
	g.Count++
	if _, more := m.store.Subject(subj); marked && !more {
		g.Markers = append(g.Markers, m.marker(subj, now))
	}
}

// marks reports whether a message leaves a marker behind.
func (m *Machine) marks(msg *store.Message) bool {
	if m.cfg.DeleteMarkerTTL <= 0 {
		return false
	}
	if len(msg.Header) == 0 {
		return true
	}
	if _, is := header.Get(msg.Header, api.HeaderMarkerReason); is {
		return false
	}
	op, _ := header.Get(msg.Header, "KV-Operation")
	return !bytes.Equal(op, []byte("PURGE"))
}

// marker returns the message that says that a subject has none any more.
func (m *Machine) marker(subj []byte, now int64) store.Message {
	block := "NATS/1.0\r\n" + api.HeaderMarkerReason + ": MaxAge\r\n" + api.HeaderTTL + ": " +
		m.cfg.DeleteMarkerTTL.Truncate(time.Second).String() + "\r\n" + api.HeaderRollup + ": sub\r\n\r\n"
	return store.Message{Time: now, Subject: subj, Header: []byte(block)}
}
