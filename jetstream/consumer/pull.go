package consumer

import (
	"slices"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
)

// pulls are the requests that wait for messages, in the order in which they are
// served.
type pulls struct {
	waiting []*pull
}

// pull is a request for messages.
type pull struct {
	api.PullRequest
	inbox   []byte
	left    int   // messages still wanted
	room    int   // bytes still wanted, if there is a limit
	sent    bool  // a message was sent
	expires int64 // 0 for never
	beat    int64 // when the next heartbeat is due; 0 for none
}

// Pull takes a request for messages, which are sent to inbox.
func (m *Machine) Pull(inbox, body []byte, now int64) {
	if len(inbox) == 0 {
		return
	}
	if m.cfg.IsPush() {
		m.status(inbox, api.StatusPushBased)
		return
	}
	req, err := api.ParsePull(body)
	if err != nil {
		m.status(inbox, api.BadRequest(err.Error()))
		return
	}
	m.touch(now)
	if s := m.refuse(&req); s != "" {
		m.status(inbox, s)
		return
	}
	m.pulls.dropDead(m)
	p := &pull{PullRequest: req, inbox: append([]byte(nil), inbox...), left: req.Batch, room: req.MaxBytes}
	if req.Expires > 0 {
		p.expires = now + int64(req.Expires)
	}
	if req.Heartbeat > 0 {
		p.beat = now + int64(req.Heartbeat)
	}
	if req.NoWait {
		switch {
		case m.deliverable() == 0 && req.Expires <= 0:
			m.status(inbox, api.StatusNoMessages)
			return
		case m.wanted() > 0 && m.wanted() >= m.deliverable():
			m.status(inbox, api.StatusPending)
			return
		}
	}
	if len(m.pulls.waiting) >= m.cfg.MaxWaiting && m.cfg.MaxWaiting > 0 {
		if req.Heartbeat <= 0 {
			m.status(inbox, api.StatusMaxWaiting)
		}
		return
	}
	m.pulls.add(m, p)
}

// refuse returns the status of a request that is not taken; empty for one that is.
func (m *Machine) refuse(r *api.PullRequest) string {
	c := m.cfg
	switch {
	case r.Heartbeat > 0 && r.Expires > 0 && 2*r.Heartbeat > r.Expires, r.Heartbeat > 0 && r.Expires <= 0:
		return api.BadRequest("heartbeat value too large")
	case c.MaxRequestBatch > 0 && r.Batch > c.MaxRequestBatch:
		return api.ExceededBatch(c.MaxRequestBatch)
	case c.MaxRequestExpires > 0 && r.Expires > c.MaxRequestExpires:
		return api.ExceededExpires(c.MaxRequestExpires)
	case c.MaxRequestMaxBytes > 0 && r.MaxBytes > c.MaxRequestMaxBytes:
		return api.ExceededMaxBytes(c.MaxRequestMaxBytes)
	}
	return m.refuseGroup(r)
}

// wanted is how many messages the waiting requests ask for.
func (m *Machine) wanted() uint64 {
	n := 0
	for _, p := range m.pulls.waiting {
		n += p.left
	}
	return uint64(n)
}

// deliverable is how many messages there are to deliver.
func (m *Machine) deliverable() uint64 {
	if m.paused != 0 {
		return 0
	}
	return m.pendingAhead() + uint64(m.again.len())
}

// status sends a block without anything more in it.
func (m *Machine) status(inbox []byte, line string) {
	m.block = append(append(m.block[:0], line...), "\r\n"...)
	m.host.Send(inbox, nil, m.block)
}

// unfinished ends a request with what it still wanted.
func (m *Machine) unfinished(p *pull, line string) {
	m.block = api.AppendPending(m.block[:0], line, p.left, max(p.room, 0))
	m.host.Send(p.inbox, nil, m.block)
}

// add puts a request behind those that are served before it.
func (w *pulls) add(m *Machine, p *pull) {
	at := len(w.waiting)
	if m.cfg.PriorityPolicy == api.PriorityPrioritized {
		for at > 0 && w.waiting[at-1].Priority > p.Priority {
			at--
		}
	}
	w.waiting = slices.Insert(w.waiting, at, p)
}

// remove takes out the request at a place.
func (w *pulls) remove(i int) { w.waiting = slices.Delete(w.waiting, i, i+1) }

// dropDead forgets requests whose inbox nobody listens to any more.
func (w *pulls) dropDead(m *Machine) {
	w.waiting = slices.DeleteFunc(w.waiting, func(p *pull) bool { return !m.host.Interest(string(p.inbox), "") })
}

// nextReady returns the request that gets the next message; nil if there is none.
func (w *pulls) nextReady(m *Machine, now int64) *pull {
	for _, p := range w.waiting {
		if (p.expires == 0 || p.expires > now) && m.group.eligible(m, p) {
			return p
		}
	}
	return nil
}

// serve sends a message to a request. done is always false: others may wait.
func (m *Machine) serve(p *pull, c *candidate, now int64) (done bool) {
	i := slices.Index(m.pulls.waiting, p)
	if p.MaxBytes > 0 && m.size(c) > p.room {
		m.pulls.remove(i)
		m.unfinished(p, api.StatusMaxBytes)
		return false
	}
	if !m.send(p.inbox, c, m.group.assign(m, p, now)) {
		m.pulls.remove(i)
		return false
	}
	size := m.size(c)
	m.took(c, now)
	p.left--
	p.room -= size
	p.sent = true
	if p.beat > 0 {
		p.beat = now + int64(p.Heartbeat)
	}
	m.pulls.remove(i)
	switch {
	case p.left > 0 && (p.MaxBytes <= 0 || p.room > 0):
		m.pulls.add(m, p) // behind the others: each gets one in turn
	case p.left == 0 && p.room > 0:
		m.unfinished(p, api.StatusBatchCompleted)
	}
	return false
}

// expirePulls ends requests whose time is over.
func (m *Machine) expirePulls(now int64) {
	for i := 0; i < len(m.pulls.waiting); {
		p := m.pulls.waiting[i]
		if p.expires == 0 || p.expires > now {
			i++
			continue
		}
		m.pulls.remove(i)
		m.touch(now)
		m.unfinished(p, api.StatusTimeout)
	}
}

// finishPulls ends requests that do not want to wait: there is nothing for them now.
func (m *Machine) finishPulls(now int64) {
	for i := 0; i < len(m.pulls.waiting); {
		p := m.pulls.waiting[i]
		if !p.NoWait || m.deliverable() > 0 || p.expires > 0 && !p.sent {
			i++
			continue
		}
		m.pulls.remove(i)
		m.status(p.inbox, api.StatusNoMessages)
	}
}

// beatPulls tells those who wait that the consumer is alive.
func (m *Machine) beatPulls(now int64) {
	for i := 0; i < len(m.pulls.waiting); {
		p := m.pulls.waiting[i]
		if p.beat == 0 || p.beat > now {
			i++
			continue
		}
		if !m.host.Interest(string(p.inbox), "") {
			m.pulls.remove(i)
			continue
		}
		p.beat = now + int64(p.Heartbeat)
		m.block = api.AppendHeartbeat(m.block[:0], m.delivered.consumer, m.delivered.stream, "")
		m.host.Send(p.inbox, nil, m.block)
		i++
	}
}

// next returns when something is due for a request; 0 for never.
func (w *pulls) next(*Machine) (next int64) {
	for _, p := range w.waiting {
		for _, at := range [2]int64{p.expires, p.beat} {
			if at > 0 && (next == 0 || at < next) {
				next = at
			}
		}
	}
	return next
}

// Waiting returns the number of requests that wait.
func (m *Machine) Waiting() int { return len(m.pulls.waiting) }

// closePulls ends all requests.
func (m *Machine) closePulls(line string, withPending bool) {
	for _, p := range m.pulls.waiting {
		if withPending {
			m.unfinished(p, line)
		} else {
			m.status(p.inbox, line)
		}
	}
	m.pulls.waiting = nil
}

// minPoll keeps timers from going off all the time.
const minPoll = int64(time.Millisecond)
