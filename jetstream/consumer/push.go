package consumer

import (
	"crypto/rand"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
)

// push is what a push consumer knows of its receiver.
type push struct {
	bound  bool // somebody listens
	beat   int64
	credit float64 // bytes that may be sent now, with a rate limit
	filled int64   // when credit was computed
	flow   flow
}

// flow is flow control: how much may be on its way.
type flow struct {
	window  int    // bytes
	out     int    // bytes sent and not confirmed
	asked   int    // bytes that the question that is open is about
	token   string // of that question; empty if none is open
	subject string
}

// The window of flow control, in bytes.
const (
	minWindow = 2 << 20
	maxWindow = 32 << 20
)

// configure adapts to a configuration.
func (p *push) configure(cfg *api.ConsumerConfig, now int64) {
	if !cfg.FlowControl {
		p.flow = flow{}
	} else if p.flow.window == 0 {
		p.flow.window = minWindow
	}
	if p.beat = 0; cfg.IsPush() && cfg.Heartbeat > 0 {
		p.beat = now + int64(cfg.Heartbeat)
	}
	p.filled = now
}

// ready reports whether a message may be pushed now, and if not when it may.
func (p *push) ready(m *Machine, now int64) (bool, int64) {
	if p.bound = m.host.Interest(m.cfg.DeliverSubject, m.cfg.DeliverGroup); !p.bound {
		return false, 0
	}
	m.touch(now)
	if m.cfg.FlowControl && p.flow.out >= p.flow.window {
		return false, 0
	}
	if m.cfg.RateLimit == 0 {
		return true, 0
	}
	rate := float64(m.cfg.RateLimit) / 8 // bytes a second
	p.credit = min(p.credit+rate*float64(now-p.filled)/float64(time.Second), max(rate, 1))
	p.filled = now
	if p.credit > 0 {
		return true, 0
	}
	return false, now + max(int64((1-p.credit)/rate*float64(time.Second)), minPoll)
}

// pushOne pushes a message.
func (m *Machine) pushOne(c *candidate, now int64) (done bool, wait int64) {
	p := &m.push
	size := m.size(c)
	if !m.send([]byte(m.cfg.DeliverSubject), c, "") {
		p.bound = false
		return true, 0
	}
	m.took(c, now)
	p.credit -= float64(size)
	if m.cfg.Heartbeat > 0 {
		p.beat = now + int64(m.cfg.Heartbeat)
	}
	if m.cfg.FlowControl {
		p.flow.out += size
		if p.flow.token == "" && p.flow.out > p.flow.window/2 {
			m.askFlow()
		}
	}
	return false, 0
}

// FlowPrefix begins the subjects on which flow control is answered.
const FlowPrefix = "$JS.FC."

// askFlow asks the receiver to tell when it has got so far.
func (m *Machine) askFlow() {
	f := &m.push.flow
	f.token, f.asked = token(4), f.out
	f.subject = FlowPrefix
	if m.facts.Account != "" {
		domain := m.facts.Domain
		if domain == "" {
			domain = "_"
		}
		f.subject += domain + "." + m.facts.Account + "."
	}
	f.subject += m.facts.Stream + "." + m.facts.Consumer + "." + f.token
	m.block = append(append(m.block[:0], api.StatusFlowControl...), "\r\n"...)
	m.host.Send([]byte(m.cfg.DeliverSubject), []byte(f.subject), m.block)
}

// Flow takes the answer to a question of flow control; tok is the end of its subject.
// consumer and stream are how far the receiver is, 0 if it does not say.
func (m *Machine) Flow(tok string, consumer, stream uint64) {
	f := &m.push.flow
	if f.token == "" || tok != f.token {
		return
	}
	f.token, f.subject = "", ""
	f.out = max(f.out-f.asked, 0)
	f.window = min(2*f.window, maxWindow)
	if m.cfg.AckPolicy == api.AckFlowControl && stream > 0 {
		m.ackUpTo(consumer, stream)
	}
}

// beatPush sends a heartbeat if it is time.
func (m *Machine) beatPush(now int64) {
	p := &m.push
	if p.beat == 0 || p.beat > now {
		return
	}
	p.beat = now + int64(m.cfg.Heartbeat)
	if !p.bound {
		return
	}
	m.block = api.AppendHeartbeat(m.block[:0], m.delivered.consumer, m.delivered.stream, p.flow.subject)
	m.host.Send([]byte(m.cfg.DeliverSubject), nil, m.block)
}

// next returns when the next heartbeat is due; 0 for never.
func (p *push) next(m *Machine, _ int64) int64 {
	if !p.bound {
		return 0
	}
	return p.beat
}

// token returns random letters and digits.
func token(n int) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	for i, c := range b {
		b[i] = digits[c%62]
	}
	return string(b)
}
