package stream

import (
	"strings"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Watcher is told what happens to stored messages other than being read.
type Watcher interface {
	// Interested reports whether a consumer wants messages on a subject.
	Interested(subject []byte) bool
	// Watches reports whether Removed has to be called for a sequence.
	Watches(seq uint64) bool
	// Removed says that a message is gone that somebody removed.
	Removed(seq uint64, subject []byte)
	// Shrunk says that limits have taken messages, up to a sequence. That happens with
	// every message to a full stream, so it has to be cheap.
	Shrunk(seq uint64)
}

// Machine is the state of one stream. It belongs to one goroutine at a time; its
// store may be read by others.
type Machine struct {
	cfg     *api.StreamConfig
	store   store.Store
	watcher Watcher

	transform *subject.Transform // nil for none
	ids       dedupe
	lastID    string // of the last message
	ttls      deadlines
	never     map[uint64]struct{} // messages that no age limit takes

	atomic    batches
	fast      map[string]*FastBatch
	republish *subject.Transform // nil for none
	to, block []byte             // of the message that is published once more

	buf     store.Buffer
	rewrite []byte // header block of the message being admitted, if it differs
	renamed []byte // its subject, if it was transformed
	payload []byte // its payload, if it is a counter
}

// New returns the machine of a stream with what its store holds. The configuration
// is complete and valid, and not changed afterwards.
func New(cfg *api.StreamConfig, st store.Store, w Watcher) (*Machine, error) {
	m := &Machine{store: st, watcher: w}
	if err := m.configure(cfg); err != nil {
		return nil, err
	}
	if s := st.State(); s.LastSeq == 0 && cfg.FirstSeq > 1 {
		st.Compact(cfg.FirstSeq)
	}
	return m, nil
}

// Config returns the configuration in force.
func (m *Machine) Config() *api.StreamConfig { return m.cfg }

// configure puts a configuration in force, without enforcing its limits.
func (m *Machine) configure(cfg *api.StreamConfig) error {
	m.transform = nil
	if t := cfg.SubjectTransform; t != nil {
		tr, err := subject.NewTransform(t.Source, t.Destination)
		if err != nil {
			return err
		}
		m.transform = tr
	}
	m.republish = nil
	if r := cfg.Republish; r != nil {
		tr, err := subject.NewTransform(r.Source, r.Destination)
		if err != nil {
			return err
		}
		m.republish = tr
	}
	m.cfg = cfg
	m.ids.window = cfg.Duplicates
	return nil
}

// Configure changes the configuration and enforces its limits at once.
func (m *Machine) Configure(cfg *api.StreamConfig) error {
	if err := m.configure(cfg); err != nil {
		return err
	}
	if cfg.MaxMsgsPer > 0 {
		m.enforceSubjects()
	}
	m.enforceTotals()
	return nil
}

// Apply stores a message that was admitted; at is where it lies in the log. What a
// message pushes out of the stream goes at once.
func (m *Machine) Apply(msg *store.Message, h *api.PublishHeaders, at wal.Position) error {
	if err := m.store.Append(msg, at); err != nil {
		return err
	}
	m.lastID = ""
	if len(h.MsgID) > 0 {
		m.lastID = string(h.MsgID)
		m.ids.add(h.MsgID, msg.Seq, msg.Time)
	}
	m.live(msg.Seq, msg.Time, h)
	switch {
	case len(h.Rollup) == 0 || !m.cfg.AllowRollup:
	case strings.EqualFold(string(h.Rollup), "all"):
		m.compact(msg.Seq, true)
	default:
		m.keepNewest(msg.Subject, 1)
	}
	if m.cfg.MaxMsgsPer > 0 {
		m.keepNewest(msg.Subject, uint64(m.cfg.MaxMsgsPer))
	}
	m.enforceTotals()
	return nil
}

// keepNewest removes the oldest messages of a subject until n are left.
func (m *Machine) keepNewest(subj []byte, n uint64) {
	for {
		s, ok := m.store.Subject(subj)
		if !ok || s.Messages <= n {
			return
		}
		m.remove(s.FirstSeq, subj, true)
	}
}

// enforceSubjects applies the limit per subject to all subjects.
func (m *Machine) enforceSubjects() {
	var over []string
	m.store.Subjects(nil, func(subj []byte, s store.SubjectState) bool {
		if s.Messages > uint64(m.cfg.MaxMsgsPer) {
			over = append(over, string(subj))
		}
		return true
	})
	for _, subj := range over {
		m.keepNewest([]byte(subj), uint64(m.cfg.MaxMsgsPer))
	}
}

// enforceTotals removes the oldest messages until the stream is within its limits.
// A stream that refuses messages instead may be over them after a change of its
// configuration; it is cut down all the same.
func (m *Machine) enforceTotals() {
	if m.cfg.MaxMsgs <= 0 && m.cfg.MaxBytes <= 0 {
		return
	}
	s := m.store.State()
	for m.cfg.MaxMsgs > 0 && s.Messages > uint64(m.cfg.MaxMsgs) || m.cfg.MaxBytes > 0 && s.Bytes > uint64(m.cfg.MaxBytes) {
		if s.Messages == 0 {
			return
		}
		m.remove(s.FirstSeq, nil, true)
		s = m.store.State()
	}
}

// remove removes one message; subj is its subject if that is known.
func (m *Machine) remove(seq uint64, subj []byte, byLimit bool) bool {
	watched := !byLimit && m.watcher.Watches(seq)
	if watched && subj == nil {
		if msg, err := m.store.Load(seq, &m.buf); err == nil {
			subj = msg.Subject
		}
	}
	if _, ok := m.store.Remove(seq, false); !ok {
		return false
	}
	delete(m.never, seq)
	switch {
	case watched:
		m.watcher.Removed(seq, subj)
	case byLimit:
		m.watcher.Shrunk(seq)
	}
	return true
}

// compact removes everything below a sequence.
func (m *Machine) compact(seq uint64, byLimit bool) uint64 {
	s := m.store.State()
	if byLimit {
		m.watcher.Shrunk(seq)
	}
	for at := s.FirstSeq; !byLimit && at < seq && at <= s.LastSeq && m.watcher.Watches(at); {
		// somebody has to hear of each
		msg, err := m.store.Next(nil, at, &m.buf)
		if err != nil || msg.Seq >= seq {
			break
		}
		m.watcher.Removed(msg.Seq, msg.Subject)
		at = msg.Seq + 1
	}
	n, _ := m.store.Compact(seq)
	for kept := range m.never {
		if kept < seq {
			delete(m.never, kept)
		}
	}
	return n
}

// Reload makes the machine know again what it does not keep in the log: the ids of
// the duplicate window, which last until now is over it, and deadlines. It is called
// once, after a restart.
func (m *Machine) Reload(now int64) error {
	s := m.store.State()
	from := s.LastSeq + 1
	switch {
	case m.cfg.AllowMsgTTL || m.cfg.AllowMsgSchedules:
		from = s.FirstSeq
	case m.ids.window > 0:
		from = m.store.SeqAt(now - int64(m.ids.window))
	}
	m.lastID = ""
	var h api.PublishHeaders
	m.ids = dedupe{window: m.ids.window}
	for {
		msg, err := m.store.Next(nil, from, &m.buf)
		if err == store.ErrEOF {
			break
		}
		if err != nil {
			return err
		}
		from = msg.Seq + 1
		if len(msg.Header) == 0 {
			continue
		}
		h.Parse(msg.Header)
		if len(h.MsgID) > 0 && msg.Time > now-int64(m.ids.window) {
			m.ids.add(h.MsgID, msg.Seq, msg.Time)
		}
		m.live(msg.Seq, msg.Time, &h)
	}
	if msg, err := m.store.Load(s.LastSeq, &m.buf); err == nil && len(msg.Header) > 0 {
		h.Parse(msg.Header)
		m.lastID = string(h.MsgID)
	}
	return nil
}
