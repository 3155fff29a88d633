package stream

import (
	"strconv"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
)

// Atomic batches: messages that are stored together or not at all. Until the commit they
// wait here.

// Limits of atomic batches.
const (
	DefaultBatches       = 50   // that are being published to one stream
	DefaultBatchMessages = 1000 // of one batch
	DefaultBatchInactive = 10 * time.Second
	maxBatchID           = 64
	abandonedIncomplete  = "incomplete"
	abandonedLarge       = "large"
	abandonedTimeout     = "timeout"
	abandonedUnsupported = "unsupported"
)

// batches are those that are being published.
type batches struct {
	byID map[string]*pendingBatch
}

// pendingBatch is one of them.
type pendingBatch struct {
	messages []Publish
	last     int64 // when a message came, unix nanoseconds
}

// Staged is what becomes of a message of an atomic batch.
type Staged struct {
	// Err refuses the message and the batch. Abandoned is why, for an event; empty for
	// none.
	Err       *api.Error
	ID        string
	Abandoned string
	// Commit are the messages to be stored together, nil while there may be more.
	Commit []store.Message
}

// Stage takes a message of an atomic batch.
func (m *Machine) Stage(p *Publish, h *api.PublishHeaders, now int64, room Room) (s Staged) {
	s.ID = string(h.BatchID)
	switch {
	case !m.cfg.AllowAtomic:
		s.Err = api.Known(10174)
		return s
	case len(s.ID) > maxBatchID:
		s.Err = api.Known(10179)
		return s
	}
	b := m.atomic.byID[s.ID]
	fail := func(err *api.Error, why string) Staged {
		s.Abandoned = why
		delete(m.atomic.byID, s.ID)
		s.Err = err
		return s
	}
	seq, err := strconv.Atoi(string(h.BatchSeq))
	commit := string(h.BatchCommit)
	switch {
	case err != nil || seq < 1:
		return fail(api.Known(10175), "")
	case len(h.RequiredLevel) > 0 && !supports(h.RequiredLevel):
		return fail(api.ErrRequiredLevel, abandonedUnsupported)
	case commit != "" && commit != "1" && commit != "eob":
		return fail(api.Known(10200), "")
	case b == nil && seq != 1:
		return fail(api.Known(10176), "")
	case b == nil && commit == "eob", b != nil && seq != len(b.messages)+1:
		return fail(api.Known(10176), abandonedIncomplete)
	case b == nil && len(m.atomic.byID) >= DefaultBatches:
		return fail(api.Known(10210), "")
	case b != nil && len(b.messages) >= DefaultBatchMessages && commit != "eob":
		return fail(api.Known(10199, DefaultBatchMessages), abandonedLarge)
	}
	if b == nil {
		b = &pendingBatch{}
		if m.atomic.byID == nil {
			m.atomic.byID = make(map[string]*pendingBatch)
		}
		m.atomic.byID[s.ID] = b
	}
	b.last = now
	if commit != "eob" {
		b.messages = append(b.messages, p.clone())
	}
	if commit == "" {
		return s
	}
	delete(m.atomic.byID, s.ID)
	if commit == "eob" {
		last := &b.messages[len(b.messages)-1]
		last.Header = append(api.AppendOpen(nil, last.Header), "Nats-Batch-Commit: 1\r\n\r\n"...)
	}
	s.Commit, s.Err = m.admitAll(b.messages, now, room)
	return s
}

// clone copies a message out of the memory of its batch.
func (p *Publish) clone() Publish {
	b := make([]byte, 0, len(p.Subject)+len(p.Header)+len(p.Payload))
	cut := func(s []byte) []byte {
		at := len(b)
		b = append(b, s...)
		return b[at:len(b):len(b)]
	}
	return Publish{Subject: cut(p.Subject), Header: cut(p.Header), Payload: cut(p.Payload)}
}

// supports reports whether an API level is one of this engine's.
func supports(level []byte) bool {
	n, err := strconv.Atoi(string(level))
	return err == nil && n <= api.Level
}

// admitAll checks the messages of a batch as if they came one after the other.
func (m *Machine) admitAll(list []Publish, now int64, room Room) ([]store.Message, *api.Error) {
	out := make([]store.Message, 0, len(list))
	ids, subjects := make(map[string]bool), make(map[string]bool)
	next := m.store.State().LastSeq + 1
	size := 0
	for i := range list {
		p := &list[i]
		var a Admission
		h := &a.Headers
		h.Parse(p.Header)
		switch {
		case len(h.ExpectedLastMsgID) > 0:
			return nil, api.Known(10177, "Nats-Expected-Last-Msg-Id")
		case len(h.MsgID) > 0 && ids[string(h.MsgID)]:
			return nil, api.Known(10201)
		}
		if len(h.ExpectedLastSeq) > 0 && i > 0 { // of the batch only the first may
			if !sameNumber(h.ExpectedLastSeq, next-1) {
				return nil, api.ErrWrongLastSequence(next - 1)
			}
			return nil, api.Known(10164)
		}
		m.Admit(p, now, func(n int) *api.Error { size += n; return room(size) }, &a)
		subj := string(a.Message.Subject)
		switch {
		case a.Err != nil:
			return nil, a.Err
		case a.Duplicate:
			return nil, api.Known(10201)
		case len(h.ExpectedLastSubjectSeq) > 0 && subjects[orSelf(h.ExpectedLastSubjectSeqSubject, subj)]:
			return nil, api.Known(10164)
		case strings.EqualFold(string(h.Rollup), "sub") && subjects[subj]:
			return nil, api.ErrRollupFailed("batch rollup sub invalid")
		case strings.EqualFold(string(h.Rollup), "all") && i > 0:
			return nil, api.ErrRollupFailed("batch rollup all invalid")
		}
		ids[string(h.MsgID)], subjects[subj] = true, true
		if a.Passed {
			continue
		}
		msg := a.Message
		msg.Seq, msg.Subject = next, []byte(subj)
		msg.Header, msg.Payload = append([]byte(nil), msg.Header...), append([]byte(nil), msg.Payload...)
		next++
		out = append(out, msg)
	}
	return out, nil
}

func orSelf(subj []byte, self string) string {
	if len(subj) > 0 {
		return string(subj)
	}
	return self
}

// Abandon forgets batches that nobody goes on with, and returns their ids.
func (m *Machine) Abandon(now int64) (ids []string) {
	m.abandonFast(now)
	for id, b := range m.atomic.byID {
		if now-b.last >= int64(DefaultBatchInactive) {
			delete(m.atomic.byID, id)
			ids = append(ids, id)
		}
	}
	return ids
}

// abandonDeadline returns when Abandon has to be called next; 0 for never.
func (m *Machine) abandonDeadline() (next int64) {
	for _, b := range m.atomic.byID {
		if at := b.last + int64(DefaultBatchInactive); next == 0 || at < next {
			next = at
		}
	}
	for _, b := range m.fast {
		if at := b.touched + int64(DefaultBatchInactive); next == 0 || at < next {
			next = at
		}
	}
	return next
}
