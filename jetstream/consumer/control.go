package consumer

import (
	"math"
	"slices"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
)

// Reasons of a Terminated event that are not a client's.
const (
	reasonLimits  = "Message deleted by stream limits"
	reasonDeleted = "Unacknowledged message was deleted"
)

// Recount says that limits of the stream have taken messages.
func (m *Machine) Recount() { m.recount = true }

// Removed says that a stored message is gone that somebody removed. What limits take is
// found out when it is to be delivered again.
func (m *Machine) Removed(seq uint64, subject []byte) {
	if m.pending.get(seq) != nil {
		m.gone(seq, false)
		return
	}
	delete(m.dropped, seq)
	if seq > m.after() && seq <= m.counted && !m.recount && m.filter.Match(subject) {
		m.ahead--
	}
	if len(m.skip) > 0 {
		if i, ok := slices.BinarySearch(m.skip, seq); ok {
			m.skip = slices.Delete(m.skip, i, i+1)
		}
	}
}

// gone gives a pending message up that is not stored any more.
func (m *Machine) gone(seq uint64, byLimit bool) {
	o := m.pending.get(seq)
	reason := reasonDeleted
	if byLimit {
		reason = reasonLimits
	}
	m.terminated(seq, o, reason)
	m.logAcked(seq)
	m.settle(seq)
}

// Watches reports whether Removed has to be called for a message.
func (m *Machine) Watches(seq uint64) bool {
	return seq > m.floor.stream
}

// Realign makes the state one that goes with what is stored: after a purge, when first
// is true, delivery goes on with the first message there is; and a consumer is never
// ahead of its stream.
func (m *Machine) Realign(first bool) {
	s := m.messages.State()
	for _, seq := range slices.Clone(m.pending.order[m.pending.head:]) {
		if m.pending.get(seq) != nil && (seq < s.FirstSeq || seq > s.LastSeq) {
			m.pending.remove(seq)
			delete(m.counts, seq)
		}
	}
	for seq := range m.dropped {
		if seq < s.FirstSeq {
			delete(m.dropped, seq)
		}
	}
	m.skip = slices.DeleteFunc(m.skip, func(seq uint64) bool { return seq < s.FirstSeq })
	if first && s.FirstSeq > 0 && m.delivered.stream+1 < s.FirstSeq {
		m.delivered.stream = s.FirstSeq - 1
	}
	if m.delivered.stream > s.LastSeq && m.delivered.consumer > 0 {
		m.delivered.stream = s.LastSeq
	}
	m.floor.stream = min(m.floor.stream, m.delivered.stream)
	if m.pending.len() == 0 {
		m.floor = m.delivered
	}
	m.recount, m.examined = true, 0
}

// Pause stops delivery until a time; 0 or one that is over resumes it.
// cfg is the configuration that says so.
func (m *Machine) Pause(until int64, cfg *api.ConsumerConfig) {
	m.paused, m.cfg = until, cfg
}

// Paused returns until when delivery is stopped; 0 if it is not.
func (m *Machine) Paused(now int64) int64 {
	if m.paused <= now {
		return 0
	}
	return m.paused
}

// Reset begins anew with a sequence, 0 for where everything was acknowledged. It returns
// the sequence, or why that may not be.
func (m *Machine) Reset(seq uint64) (uint64, *api.Error) {
	if seq == 0 {
		seq = m.floor.stream + 1
	} else {
		switch m.cfg.DeliverPolicy {
		case api.DeliverAll:
		case api.DeliverByStartSequence:
			if seq < m.cfg.OptStartSeq {
				return 0, api.Known(10204, "below start seq")
			}
		case api.DeliverByStartTime:
			if m.cfg.OptStartTime != nil && seq < m.messages.SeqAt(m.cfg.OptStartTime.UnixNano()) {
				return 0, api.Known(10204, "below start time")
			}
		default:
			return 0, api.Known(10204, "not allowed")
		}
	}
	m.log(entryReset, seq)
	m.reset(seq)
	return seq, nil
}

// reset is the effect of Reset on the state.
func (m *Machine) reset(seq uint64) {
	m.pending, m.again, m.counts, m.skip, m.dropped = pending{}, queue{}, nil, nil, nil
	m.delivered = position{0, seq - 1}
	m.floor = m.delivered
	m.recount, m.examined = true, 0
}

// Close ends the consumer: those who wait are told why.
func (m *Machine) Close(deleted bool) {
	if deleted {
		m.closePulls(api.StatusDeleted, false)
	} else {
		m.closePulls(api.StatusShutdown, true)
	}
}

// touch notes that somebody is interested.
func (m *Machine) touch(now int64) { m.idle = now }

// IdleDeadline returns when the consumer is to be removed because nobody is
// interested in it; 0 for never.
func (m *Machine) IdleDeadline() int64 {
	if m.cfg.InactiveThreshold <= 0 {
		return 0
	}
	return m.idle + int64(m.cfg.InactiveThreshold)
}

// Idle reports whether it is to be removed now.
func (m *Machine) Idle(now int64) bool {
	at := m.IdleDeadline()
	if at == 0 {
		return false
	}
	switch {
	case m.cfg.IsPush() && m.host.Interest(m.cfg.DeliverSubject, m.cfg.DeliverGroup):
		m.touch(now)
	case len(m.pulls.waiting) > 0:
		if m.pulls.dropDead(m); len(m.pulls.waiting) > 0 {
			m.touch(now)
		}
	case m.pending.len() > 0 && m.pending.next() > now:
		m.idle = m.pending.next() - int64(m.cfg.InactiveThreshold) // at least until then
	}
	return m.IdleDeadline() <= now
}

// Needs reports whether the stream has to keep a message for this consumer.
func (m *Machine) Needs(seq uint64, subject []byte) bool {
	if !m.filter.Match(subject) {
		return false
	}
	if _, ok := m.dropped[seq]; ok {
		return true
	}
	if m.cfg.AckPolicy == api.AckNone {
		return seq > m.delivered.stream
	}
	return seq > m.delivered.stream || m.pending.get(seq) != nil
}

// Wants reports whether the consumer takes messages on a subject.
func (m *Machine) Wants(subject []byte) bool { return m.filter.Match(subject) }

// Delivered returns the highest stream sequence that was delivered.
func (m *Machine) Delivered() uint64 { return m.delivered.stream }

// Floor returns the stream sequence up to which everything was acknowledged.
func (m *Machine) Floor() uint64 { return m.floor.stream }

// Hungry reports whether new messages concern anybody.
func (m *Machine) Hungry() bool { return m.cfg.IsPush() || len(m.pulls.waiting) > 0 }

// Info fills in what the machine knows.
func (m *Machine) Info(i *api.ConsumerInfo, now int64) {
	at := func(ns int64) *time.Time {
		if ns == 0 {
			return nil
		}
		t := time.Unix(0, ns).UTC()
		return &t
	}
	i.Delivered = api.SequenceInfo{Consumer: m.delivered.consumer, Stream: m.delivered.stream, LastActive: at(m.active)}
	i.AckFloor = api.SequenceInfo{Consumer: m.floor.consumer, Stream: m.floor.stream, LastActive: at(m.acked)}
	i.NumAckPending = m.pending.len()
	i.NumRedelivered = len(m.counts)
	m.expirePulls(now)
	i.NumWaiting = len(m.pulls.waiting)
	i.NumPending = m.pendingAhead()
	if m.cfg.IsPush() {
		i.PushBound = m.host.Interest(m.cfg.DeliverSubject, m.cfg.DeliverGroup)
	}
	if m.paused > now {
		i.Paused, i.PauseRemaining = true, time.Duration(m.paused-now)
	}
	i.PriorityGroups = m.groups()
	i.Waits = m.waits(now)
}

// waits says in words what the consumer waits for.
func (m *Machine) waits(now int64) string {
	switch {
	case m.paused > now:
		return "the end of its pause"
	case m.again.len() == 0 && m.cfg.AckPolicy != api.AckNone && m.cfg.MaxAckPending > 0 && m.pending.len() >= m.cfg.MaxAckPending:
		return "acknowledgements: max_ack_pending is reached"
	case m.cfg.IsPush() && !m.host.Interest(m.cfg.DeliverSubject, m.cfg.DeliverGroup):
		return "a subscription to its deliver subject"
	case m.cfg.IsPush() && m.cfg.FlowControl && m.push.flow.out >= m.push.flow.window:
		return "an answer of flow control"
	case m.deliverable() == 0:
		return "messages"
	case !m.cfg.IsPush() && len(m.pulls.waiting) == 0:
		return "pull requests"
	case !m.cfg.IsPush() && m.pulls.nextReady(m, math.MinInt64) == nil:
		return "a pull request that may be served by its priority group"
	}
	return ""
}
