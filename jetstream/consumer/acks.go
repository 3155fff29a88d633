package consumer

import (
	"math/rand/v2"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
)

// Ack takes an acknowledgement. a is what its subject says, reply where the sender
// wants to hear that it was taken; empty for nowhere.
func (m *Machine) Ack(a *api.AckSubject, payload, reply []byte, now int64) {
	kind, delay, rest := api.ParseAck(payload)
	if a.StreamSeq > m.delivered.stream && m.pending.get(a.StreamSeq) == nil {
		return // it was never delivered
	}
	m.touch(now)
	switch kind {
	case api.Ack:
		m.ack(a, now)
	case api.AckNext:
		m.ack(a, now)
		if len(reply) > 0 {
			m.Pull(reply, rest, now)
		}
		return
	case api.Progress:
		if o := m.pending.get(a.StreamSeq); o != nil {
			o.delivered = now
			m.pending.schedule(a.StreamSeq, o, m.deadline(a.StreamSeq, o))
			m.logDelivered(a.StreamSeq, o, now)
		}
	case api.Nak:
		m.nak(a, delay, now)
	case api.Term:
		m.term(a, string(rest))
	case api.AckUnknown:
	}
	if len(reply) > 0 {
		m.host.Answer(reply)
	}
}

// ack marks a message, and with ack policy "all" those before it, as done.
func (m *Machine) ack(a *api.AckSubject, now int64) {
	m.acked = now
	switch m.cfg.AckPolicy {
	case api.AckExplicit:
		if o := m.pending.get(a.StreamSeq); o != nil {
			m.sampled(a.StreamSeq, o, now)
			m.logAcked(a.StreamSeq)
			m.settle(a.StreamSeq)
		} else {
			m.late(a.StreamSeq)
		}
	case api.AckAll, api.AckFlowControl:
		if o := m.pending.get(a.StreamSeq); o != nil {
			m.sampled(a.StreamSeq, o, now)
		}
		m.ackUpTo(a.ConsumerSeq, a.StreamSeq)
	case api.AckNone:
	}
}

// ackUpTo marks all messages up to a sequence as done.
func (m *Machine) ackUpTo(consumer, stream uint64) {
	if stream <= m.floor.stream || consumer > m.delivered.consumer {
		return
	}
	m.logAckedAll(stream)
	m.settleUpTo(stream)
}

// settleUpTo is the effect of ackUpTo on the state.
func (m *Machine) settleUpTo(stream uint64) {
	for {
		seq, o := m.pending.lowest()
		if o == nil || seq > stream {
			break
		}
		m.settle(seq)
	}
	if m.floor.stream < stream && m.pending.len() == 0 {
		m.floor = m.delivered
	}
}

// settle forgets a message that is done, and moves the floor.
func (m *Machine) settle(seq uint64) {
	m.pending.remove(seq)
	delete(m.counts, seq)
	delete(m.dropped, seq)
	if low, o := m.pending.lowest(); o == nil {
		m.floor = m.delivered
	} else if low > m.floor.stream+1 || o.first > m.floor.consumer+1 {
		m.floor = position{max(o.first-1, m.floor.consumer), max(low-1, m.floor.stream)}
	}
	if m.facts.Releases {
		m.host.Done(seq)
	}
}

// nak has a message delivered again, after a delay if there is one.
func (m *Machine) nak(a *api.AckSubject, delay time.Duration, now int64) {
	o := m.pending.get(a.StreamSeq)
	if o == nil || o.queued || m.cfg.AckPolicy == api.AckNone {
		return
	}
	m.host.Advise(&Event{
		Kind: Naked, ConsumerSeq: o.consumer, StreamSeq: a.StreamSeq, Deliveries: m.count(a.StreamSeq),
	})
	if delay > 0 {
		m.pending.schedule(a.StreamSeq, o, now+int64(delay))
		return
	}
	m.expire(a.StreamSeq, o)
}

// term never delivers a message again.
func (m *Machine) term(a *api.AckSubject, reason string) {
	o := m.pending.get(a.StreamSeq)
	if o == nil {
		m.late(a.StreamSeq)
		return
	}
	m.terminated(a.StreamSeq, o, reason)
	m.logAcked(a.StreamSeq)
	m.settle(a.StreamSeq)
}

// terminated tells that a message is not delivered any more.
func (m *Machine) terminated(seq uint64, o *out, reason string) {
	m.host.Advise(&Event{
		Kind: Terminated, ConsumerSeq: o.consumer, StreamSeq: seq, Deliveries: m.count(seq), Reason: reason,
	})
}

// sampled publishes how long an acknowledgement took, of some.
func (m *Machine) sampled(seq uint64, o *out, now int64) {
	if m.sample == 0 || m.sample < 100 && rand.IntN(100) >= m.sample {
		return
	}
	m.host.Advise(&Event{
		Kind: Acked, ConsumerSeq: o.consumer, StreamSeq: seq, Deliveries: m.count(seq), Delay: time.Duration(now - o.delivered),
	})
}

// count returns how often a message was delivered.
func (m *Machine) count(seq uint64) uint64 {
	if n, ok := m.counts[seq]; ok {
		return n
	}
	return 1
}

// deadline returns until when a message that is out has to be acknowledged.
func (m *Machine) deadline(seq uint64, o *out) int64 {
	wait := m.cfg.AckWait
	if n := len(m.cfg.BackOff); n > 0 {
		wait = m.cfg.BackOff[min(int(m.count(seq))-1, n-1)]
	}
	if wait <= 0 {
		return 0
	}
	return o.delivered + int64(wait)
}

// expire has a message that was not acknowledged in time delivered again, unless it
// was delivered often enough.
func (m *Machine) expire(seq uint64, o *out) {
	o.deadline = 0
	if m.cfg.MaxDeliver > 0 && m.count(seq) >= uint64(m.cfg.MaxDeliver) {
		m.host.Advise(&Event{Kind: MaxDeliveries, ConsumerSeq: o.consumer, StreamSeq: seq, Deliveries: m.count(seq)})
		m.logDropped(seq)
		m.drop(seq)
		return
	}
	o.queued = true
	m.again.push(seq)
}

// drop gives a message up that was delivered often enough: it is not out any more,
// but the stream keeps it, and it counts as delivered again.
func (m *Machine) drop(seq uint64) {
	m.pending.remove(seq)
	if m.facts.Releases {
		if m.dropped == nil {
			m.dropped = make(map[uint64]struct{})
		}
		m.dropped[seq] = struct{}{}
	}
}

// late takes an acknowledgement of a message that was given up: it is not needed any
// more after all.
func (m *Machine) late(seq uint64) {
	if _, ok := m.dropped[seq]; ok {
		m.logAcked(seq)
		m.settle(seq)
	}
}

// againAll has everything that is out delivered again: there is a new receiver.
func (m *Machine) againAll() {
	for _, seq := range m.pending.order[m.pending.head:] {
		if o := m.pending.get(seq); o != nil && !o.queued {
			o.queued, o.deadline = true, 0
			m.again.push(seq)
		}
	}
}

// expireAcks looks for messages whose time is over, in the order of the stream.
func (m *Machine) expireAcks(now int64) {
	for {
		seq, o, ok := m.pending.expired(now)
		if !ok {
			return
		}
		m.expire(seq, o)
	}
}
