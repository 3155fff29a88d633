package consumer

import (
	"errors"
	"strconv"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/protocol/header"
)

// budget is how many messages Advance delivers at a time, so that nothing else has to
// wait long.
const budget = 256

// Advance does what is due at a time and delivers what can be delivered. more says that
// it should be called again at once; next is when it has to be called otherwise, 0 for
// not before something happens.
func (m *Machine) Advance(now int64) (more bool, next int64) {
	if m.paused != 0 && now >= m.paused {
		m.paused = 0
	}
	m.expireAcks(now)
	m.expirePulls(now)
	m.expirePin(now)
	for range budget {
		done, wait := m.deliverOne(now)
		if done {
			m.rest(now)
			return false, m.deadlines(now, wait)
		}
	}
	return true, 0
}

// rest notes that there is nothing to deliver now.
func (m *Machine) rest(now int64) {
	m.buf.Rest()
	m.finishPulls(now)
	m.beatPulls(now)
	m.beatPush(now)
}

// deadlines returns when Advance has to be called next. wait is when delivery may go
// on, 0 for not by itself.
func (m *Machine) deadlines(now, wait int64) int64 {
	next := wait
	for _, at := range []int64{m.pending.next(), m.paused, m.pulls.next(m), m.push.next(m, now), m.group.next(m), m.IdleDeadline()} {
		if at > 0 && (next == 0 || at < next) {
			next = at
		}
	}
	return next
}

// candidate is the message to be delivered next.
type candidate struct {
	store.Message
	out *out // if it was delivered before
}

// deliverOne delivers one message. done says that no further one can be delivered now;
// wait is when that changes by itself, 0 for not.
func (m *Machine) deliverOne(now int64) (done bool, wait int64) {
	if m.paused > now {
		return true, 0
	}
	r, ready, wait := m.receiver(now)
	if !ready {
		return true, wait
	}
	c, ok, wait := m.candidate(now)
	if !ok {
		return true, wait
	}
	m.prepare(&c)
	if m.cfg.IsPush() {
		return m.pushOne(&c, now)
	}
	return m.serve(r, &c, now), 0
}

// receiver returns the pull request that gets the next message, nil for a push
// consumer; ready is false if nobody is to get it now.
func (m *Machine) receiver(now int64) (r *pull, ready bool, wait int64) {
	if m.cfg.IsPush() {
		ready, wait = m.push.ready(m, now)
		return nil, ready, wait
	}
	r = m.pulls.nextReady(m, now)
	return r, r != nil, 0
}

// candidate chooses the message to be delivered next: what has to be delivered again
// comes first. wait is when there may be one.
func (m *Machine) candidate(now int64) (c candidate, ok bool, wait int64) {
	for m.again.len() > 0 {
		seq := m.again.first()
		o := m.pending.get(seq)
		if o == nil || !o.queued {
			m.again.drop()
			continue
		}
		msg, err := m.messages.Load(seq, &m.buf)
		if err == nil {
			return candidate{msg, o}, true, 0
		}
		m.again.drop()
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrEOF) {
			m.gone(seq, true)
			continue
		}
		o.queued = false // it cannot be read; others can
		m.pending.schedule(seq, o, m.deadline(seq, o))
	}
	if m.cfg.AckPolicy != api.AckNone && m.cfg.MaxAckPending > 0 && m.pending.len() >= m.cfg.MaxAckPending {
		return c, false, 0
	}
	for len(m.skip) > 0 {
		msg, err := m.messages.Load(m.skip[0], &m.buf)
		if err == nil {
			return candidate{Message: msg}, true, 0
		}
		m.skip = m.skip[1:]
	}
	from := max(m.after(), m.examined) + 1
	msg, err := m.messages.Next(m.filter, from, &m.buf)
	if err != nil {
		m.examined = m.messages.LastSeq()
		return c, false, 0
	}
	if at := m.original.due(m, &msg, now); at > now {
		return c, false, at
	}
	return candidate{Message: msg}, true, 0
}

// original makes replay policy "original" wait as long as the publisher did.
type original struct {
	until   uint64 // sequence from which on messages are delivered as they come
	msg, at int64  // times of the last message and of its delivery
}

// due returns when a message may be delivered.
func (r *original) due(m *Machine, msg *store.Message, now int64) int64 {
	if m.cfg.ReplayPolicy != api.ReplayOriginal || msg.Seq > r.until || r.at == 0 {
		return now
	}
	return r.at + max(msg.Time-r.msg, 0)
}

// took counts a delivery: the message is out.
func (m *Machine) took(c *candidate, now int64) {
	seq := c.Seq
	m.active = now
	m.original.msg, m.original.at = c.Time, now
	m.delivered.consumer++
	if c.out != nil {
		m.again.drop()
		c.out.queued = false
		c.out.consumer = m.delivered.consumer
		c.out.delivered = now
		if m.counts == nil {
			m.counts = make(map[uint64]uint64)
		}
		m.counts[seq] = m.count(seq) + 1
		m.pending.schedule(seq, c.out, m.deadline(seq, c.out))
		m.logDelivered(seq, c.out, now)
		return
	}
	ahead := m.pendingAhead()
	if len(m.skip) > 0 && m.skip[0] == seq {
		m.skip = m.skip[1:]
	} else if ahead > 0 {
		m.ahead--
	}
	m.delivered.stream = max(seq, m.delivered.stream)
	o := out{first: m.delivered.consumer, consumer: m.delivered.consumer, delivered: now}
	if m.cfg.AckPolicy == api.AckNone {
		m.floor = m.delivered
		m.logDelivered(seq, &o, now)
		if m.facts.Releases {
			m.host.Done(seq)
		}
		return
	}
	e := m.pending.add(seq, o)
	m.pending.schedule(seq, e, m.deadline(seq, e))
	m.logDelivered(seq, e, now)
}

// prepare makes the subject on which a message is acknowledged.
func (m *Machine) prepare(c *candidate) {
	deliveries := uint64(1)
	left := m.pendingAhead()
	if c.out != nil {
		deliveries = m.count(c.Seq) + 1
	} else if left > 0 {
		left--
	}
	a := api.AckSubject{
		Delivered: deliveries, StreamSeq: c.Seq, ConsumerSeq: m.delivered.consumer + 1, Time: c.Time, Pending: left,
		Account: m.facts.Account, Domain: m.facts.Domain,
	}
	m.reply = a.AppendNamed(m.reply[:0], m.facts.Stream, m.facts.Consumer)
}

// send sends a message that was prepared to an inbox. It is false if nobody listens
// there.
func (m *Machine) send(to []byte, c *candidate, pin string) bool {
	d := Delivery{Subject: c.Subject, Reply: m.reply, Header: c.Header, Payload: c.Payload}
	if m.cfg.HeadersOnly {
		m.block = api.AppendOpen(m.block[:0], c.Header)
		m.block = append(append(m.block, api.HeaderMsgSize...), ": "...)
		m.block = strconv.AppendInt(m.block, int64(len(c.Payload)), 10)
		m.block = append(m.block, "\r\n\r\n"...)
		d.Header, d.Payload = m.block, nil
	}
	if pin != "" {
		d.Header = header.Append(nil, d.Header, "Nats-Pin-Id", pin)
	}
	return m.host.Deliver(to, &d)
}

// size is what a message counts for in bytes when it is delivered.
func (m *Machine) size(c *candidate) int {
	n := len(c.Subject) + len(c.Header) + len(m.reply)
	if m.cfg.HeadersOnly {
		return n
	}
	return n + len(c.Payload)
}
