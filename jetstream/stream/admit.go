package stream

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/protocol/header"
)

// Admission is what becomes of a message that was published. It is reused from
// message to message; its slices are valid until the next one.
type Admission struct {
	// Err refuses the message.
	Err *api.Error
	// Duplicate says that the message is there already, as Seq.
	Duplicate bool
	// Passed says that the message takes up a sequence and is not stored: nobody is
	// interested in it.
	Passed bool
	Seq    uint64
	// Previous is the last sequence on the subject before, 0 if there is none.
	Previous uint64
	// Message is what is to be stored otherwise, with the headers that count.
	Message store.Message
	Headers api.PublishHeaders
	// Value is the new total of a counter, empty for other messages.
	Value string
}

// Room tells whether the account and the server have room for size more bytes.
type Room func(size int) *api.Error

// Admit decides what becomes of a message that arrives now. It changes nothing but
// the memory of duplicates that are too old.
func (m *Machine) Admit(p *Publish, now int64, room Room, a *Admission) {
	*a = Admission{}
	h := &a.Headers
	h.Parse(p.Header)
	msg := store.Message{Time: now, Subject: m.rename(p.Subject), Header: p.Header, Payload: p.Payload}
	if bytes.HasPrefix(p.Header, statusBegin) {
		msg.Header = m.withoutStatus(p.Header)
	}
	if bytes.Contains(msg.Header, requestInfo) { // is for who answers, not for who reads
		msg.Header = header.Delete(nil, msg.Header, header.RequestInfo)
	}
	if m.cfg.AllowMsgCounter && !m.cfg.Sealed {
		if a.Err = m.add(&msg, h, a); a.Err != nil {
			return
		}
	}
	if a.Err = m.expect(&msg, h, now, a); a.Err != nil || a.Duplicate {
		return
	}
	m.outlive(&msg, h)
	if a.Err = m.fits(&msg, h, room); a.Err != nil {
		return
	}
	msg.Seq = m.store.LastSeq() + 1
	a.Seq, a.Message = msg.Seq, msg
	if m.republish != nil {
		old, _ := m.store.Subject(msg.Subject)
		a.Previous = old.LastSeq
	}
	if m.cfg.Retention == api.InterestPolicy && !m.watcher.Interested(msg.Subject) {
		a.Passed = true
	}
}

// rename applies the transform of the stream to a subject.
func (m *Machine) rename(subj []byte) []byte {
	if m.transform == nil {
		return subj
	}
	renamed, ok := m.transform.Apply(m.renamed[:0], subj)
	if !ok {
		return subj
	}
	m.renamed = renamed
	return renamed
}

var (
	statusBegin = []byte("NATS/1.0 ")
	requestInfo = []byte(header.RequestInfo)
)

// withoutStatus returns a header block without the status in its first line.
func (m *Machine) withoutStatus(block []byte) []byte {
	end := bytes.IndexByte(block, '\n')
	if end < 0 {
		return block
	}
	m.rewrite = append(append(m.rewrite[:0], "NATS/1.0\r\n"...), block[end+1:]...)
	return m.rewrite
}

// expect checks what the publisher demands of the stream. Duplicates are told
// first: whoever sends a message again has the answer that it missed.
func (m *Machine) expect(msg *store.Message, h *api.PublishHeaders, now int64, a *Admission) *api.Error {
	switch {
	case m.cfg.Sealed:
		return api.ErrStreamSealed
	case m.cfg.Mirror != nil:
		return api.ErrStreamSealed
	case len(h.Incr) > 0 && !m.cfg.AllowMsgCounter:
		return api.Known(10168)
	case len(h.ExpectedStream) > 0 && string(h.ExpectedStream) != m.cfg.Name:
		return api.ErrStreamNotMatch
	}
	if err := m.checkTTL(h); err != nil {
		return err
	}
	if len(h.MsgID) > 0 && m.ids.window > 0 {
		if seq, ok := m.ids.find(h.MsgID, now); ok {
			a.Duplicate, a.Seq = true, seq
			return nil
		}
	}
	if err := m.expectSubject(msg.Subject, h); err != nil {
		return err
	}
	if len(h.ExpectedLastSeq) > 0 {
		if last := m.store.State().LastSeq; !sameNumber(h.ExpectedLastSeq, last) {
			return api.ErrWrongLastSequence(last)
		}
	}
	if len(h.StreamSource) > 0 {
		return api.ErrMessageStreamSource
	}
	if len(h.ExpectedLastMsgID) > 0 && string(h.ExpectedLastMsgID) != m.lastID {
		return api.ErrWrongLastMsgID(m.lastID)
	}
	return m.checkRollup(h)
}

// sameNumber reports whether text is the number n.
func sameNumber(text []byte, n uint64) bool {
	got, err := strconv.ParseUint(string(text), 10, 64)
	return err == nil && got == n
}

// expectSubject checks the last sequence of a subject.
func (m *Machine) expectSubject(subj []byte, h *api.PublishHeaders) *api.Error {
	if len(h.ExpectedLastSubjectSeq) == 0 {
		if len(h.ExpectedLastSubjectSeqSubject) > 0 {
			return api.ErrExpectedLastSeqMissing
		}
		return nil
	}
	if len(h.ExpectedLastSubjectSeqSubject) > 0 {
		subj = h.ExpectedLastSubjectSeqSubject
	}
	var last uint64
	if s, ok := m.store.Subject(subj); ok {
		last = s.LastSeq
	} else if bytes.ContainsAny(subj, "*>") {
		if found, err := m.store.Last(store.NewFilter(string(subj)), m.store.State().LastSeq, &m.buf); err == nil {
			last = found.Seq
		}
	}
	if !sameNumber(h.ExpectedLastSubjectSeq, last) {
		return api.ErrWrongLastSequence(last)
	}
	return nil
}

// checkTTL checks the time to live that a message brings.
func (m *Machine) checkTTL(h *api.PublishHeaders) *api.Error {
	if len(h.TTL) == 0 {
		return nil
	}
	if _, err := api.ParseTTL(h.TTL); err != nil {
		return api.ErrMessageTTLInvalid
	}
	if !m.cfg.AllowMsgTTL {
		return api.ErrMessageTTLDisabled
	}
	return nil
}

// checkRollup checks whether a message may replace others.
func (m *Machine) checkRollup(h *api.PublishHeaders) *api.Error {
	switch {
	case len(h.Rollup) == 0:
		return nil
	case !m.cfg.AllowRollup || m.cfg.DenyPurge:
		return api.ErrRollupFailed("rollup not permitted")
	case strings.EqualFold(string(h.Rollup), "sub"), strings.EqualFold(string(h.Rollup), "all"):
		return nil
	}
	return api.ErrRollupFailed("rollup value invalid: " + strconv.Quote(strings.ToLower(string(h.Rollup))))
}

// Known reports whether a message with such headers is there already.
func (m *Machine) Known(h *api.PublishHeaders, now int64) bool {
	if len(h.MsgID) == 0 || m.ids.window <= 0 {
		return false
	}
	_, ok := m.ids.find(h.MsgID, now)
	return ok
}

// Fits returns why there is no room for a message.
func (m *Machine) Fits(msg *store.Message, h *api.PublishHeaders, room Room) *api.Error {
	return m.fits(msg, h, room)
}

const (
	maxHeader = 65535    // bytes of a header block
	maxRecord = 32 << 20 // bytes of a message in a file
)

// fits checks the sizes of a message against what there is room for.
func (m *Machine) fits(msg *store.Message, h *api.PublishHeaders, room Room) *api.Error {
	size := len(msg.Header) + len(msg.Payload)
	switch {
	case m.cfg.MaxMsgSize >= 0 && size > int(m.cfg.MaxMsgSize):
		return api.ErrMessageExceedsMaximum
	case len(msg.Header) > maxHeader:
		return api.ErrHeaderExceedsMaximum
	case m.cfg.Storage == api.FileStorage && store.EncodedSize(len(msg.Subject), len(msg.Header), len(msg.Payload)) > maxRecord:
		return api.ErrStoreFailed("message too large")
	}
	stored := m.store.Size(len(msg.Subject), len(msg.Header), len(msg.Payload))
	if err := room(stored); err != nil {
		return err
	}
	if m.cfg.Discard == api.DiscardNew {
		return m.full(msg, h, uint64(stored))
	}
	return nil
}

// full says why a stream that discards new messages does not take this one.
func (m *Machine) full(msg *store.Message, h *api.PublishHeaders, size uint64) *api.Error {
	s := m.store.State()
	replaces := false
	if m.cfg.MaxMsgsPer > 0 {
		subj, _ := m.store.Subject(msg.Subject)
		if replaces = subj.Messages >= uint64(m.cfg.MaxMsgsPer); replaces {
			if m.cfg.DiscardNewPer && !strings.EqualFold(string(h.Rollup), "sub") {
				return api.ErrStoreFailed("maximum messages per subject exceeded")
			}
			if m.cfg.MaxBytes > 0 && s.Bytes+size > uint64(m.cfg.MaxBytes) {
				old, err := m.store.Load(subj.FirstSeq, &m.buf)
				if err != nil || m.store.Size(len(old.Subject), len(old.Header), len(old.Payload)) < int(size) {
					return api.ErrStoreFailed("maximum bytes exceeded")
				}
			}
			return nil
		}
	}
	switch {
	case m.cfg.MaxMsgs > 0 && s.Messages >= uint64(m.cfg.MaxMsgs):
		return api.ErrStoreFailed("maximum messages exceeded")
	case m.cfg.MaxBytes > 0 && s.Bytes+size > uint64(m.cfg.MaxBytes):
		return api.ErrStoreFailed("maximum bytes exceeded")
	}
	return nil
}
