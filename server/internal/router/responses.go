package router

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// responses are the replies that an exporting account owes. It is a subscriber
// there, for all subjects below its prefix.
type responses struct {
	services *Services
	exporter *account.Account
	prefix   string // _R_.xxxxxx.
	// measured stands at the end of subjects whose latency is measured, which are
	// longer by that.
	measured string // .yyyyyyyy.T

	mu      sync.Mutex
	waiting map[token]*response // guarded by mu; by the last token of the subject
	spare   []*response         // guarded by mu; to be used again
	tokens  tokens              // guarded by mu
	timer   *time.Timer         // guarded by mu; nil while nobody waits
	wait    time.Duration       // guarded by mu; of timer
	closed  bool                // guarded by mu
}

// response is a reply that is awaited.
type response struct {
	service *service
	to      []byte       // reply subject in the importing account
	last    int64        // when the request or a response came, unix nanoseconds
	ms      *measurement // nil unless its latency is measured
}

const (
	// maxWaiting is how many replies an account may owe. Requests beyond go on
	// without a way back.
	maxWaiting = 1 << 18
	// maxSpare is how many responses are kept to be used again.
	maxSpare = 1024
)

func newResponses(s *Services, exporter *account.Account) *responses {
	r := &responses{services: s, exporter: exporter, waiting: make(map[token]*response)}
	first := r.tokens.next()
	r.prefix = subject.ServiceReplyPrefix + string(first[:]) + "."
	second, third := r.tokens.next(), r.tokens.next()
	r.measured = "." + string(second[:]) + string(third[:2]) + ".T"
	// A pattern of our own making is well-formed.
	_, _ = exporter.Interest.Insert(r.prefix+">", "", r)
	return r
}

// token is the last part of a reply subject: nobody guesses it.
type token [6]byte

// tokens makes tokens, from randomness that it gets in larger pieces.
type tokens struct {
	random [600]byte
	left   int
}

// next returns another token.
func (t *tokens) next() (tok token) {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	if t.left < len(tok) {
		_, _ = rand.Read(t.random[:]) // never fails
		t.left = len(t.random)
	}
	for i := range tok {
		t.left--
		tok[i] = digits[int(t.random[t.left])%len(digits)]
		t.random[t.left] = 0
	}
	return tok
}

// expect notes that a reply goes back, and appends the subject for it to dst. ms is
// nil unless its latency is measured.
func (r *responses) expect(dst []byte, s *service, to []byte, now int64, ms *measurement) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) >= maxWaiting || r.closed {
		return nil
	}
	key := r.tokens.next()
	for r.waiting[key] != nil {
		key = r.tokens.next()
	}
	p := r.takeSpare()
	p.service, p.to, p.last, p.ms = s, append(p.to[:0], to...), now, ms
	r.waiting[key] = p
	wait := s.threshold
	if ms != nil {
		wait = min(wait, measuredSweep)
	}
	if r.timer == nil || wait < r.wait {
		if r.timer != nil {
			r.timer.Stop()
		}
		r.timer, r.wait = time.AfterFunc(wait, r.sweep), wait
	}
	dst = append(append(dst, r.prefix...), key[:]...)
	if ms != nil {
		dst = append(dst, r.measured...)
	}
	return dst
}

// drop forgets a reply that nobody was asked for after all. It is false if somebody
// else has done so.
func (r *responses) drop(subj []byte) bool {
	key, ok := r.key(subj)
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.waiting[key]
	if !ok || p == nil {
		return false
	}
	r.forget(key, p)
	return true
}

// key returns the token in a subject.
func (r *responses) key(subj []byte) (key token, ok bool) {
	if len(subj) < len(r.prefix)+len(key) {
		return key, false
	}
	n := copy(key[:], subj[len(r.prefix):])
	rest := subj[len(r.prefix)+n:]
	return key, len(rest) == 0 || string(rest) == r.measured
}

// takeSpare returns a response to be filled in.
func (r *responses) takeSpare() *response {
	n := len(r.spare)
	if n == 0 {
		return new(response)
	}
	p := r.spare[n-1]
	r.spare = r.spare[:n-1]
	return p
}

// forget ends the wait for a reply.
func (r *responses) forget(key token, p *response) {
	delete(r.waiting, key)
	p.service, p.ms = nil, nil
	if len(r.spare) < maxSpare {
		r.spare = append(r.spare, p)
	}
}

// sweep forgets replies that nobody sent in time, and those that were measured and
// that nobody waits for any more.
func (r *responses) sweep() {
	type failure struct {
		ms     *measurement
		status int
	}
	var failures []failure
	r.mu.Lock()
	now := time.Now().UnixNano()
	var next time.Duration
	for key, p := range r.waiting {
		left := time.Duration(p.last - now + int64(p.service.threshold))
		status := 0
		switch {
		case left <= 0:
			status = latencyTimeout
		case p.ms != nil && !p.service.importer.Interest.HasInterest(p.to):
			status = latencyGone
		case p.ms != nil:
			left = min(left, measuredSweep)
		}
		switch {
		case status != 0:
			if p.ms != nil {
				failures = append(failures, failure{p.ms, status})
			}
			r.forget(key, p)
		case next == 0 || left < next:
			next = left
		}
	}
	if next == 0 || r.closed {
		r.timer = nil
	} else {
		r.wait = max(next, sweepMin)
		r.timer.Reset(r.wait)
	}
	r.mu.Unlock()
	for _, f := range failures {
		r.services.failed(f.ms, f.status)
	}
}

const (
	// sweepMin keeps many replies with different thresholds from being looked at
	// too often.
	sweepMin = 50 * time.Millisecond
	// measuredSweep is how soon it is found out that nobody waits any more for a
	// reply whose latency is measured.
	measuredSweep = 250 * time.Millisecond
)

func (r *responses) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
}

// take returns the service that is waited for on a subject, nil if none is, and
// appends the reply subject in the importing account to dst. empty says that it is
// the last message, unless more may come.
func (r *responses) take(dst, subj []byte, empty bool, now int64) (*service, *measurement, []byte) {
	key, ok := r.key(subj)
	if !ok {
		return nil, nil, dst
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.waiting[key]
	if p == nil {
		return nil, nil, dst
	}
	s, ms := p.service, p.ms
	dst = append(dst, p.to...)
	switch {
	case now-p.last > int64(s.threshold):
		return nil, nil, dst // the sweep is about to find it
	case s.imp.Export.Response == account.Singleton || empty:
		r.forget(key, p)
	default:
		p.last, p.ms = now, nil
	}
	return s, ms, dst
}

// Deliver implements [account.Subscriber]: a response goes back.
func (r *responses) Deliver(m *message.Message, b *message.Batch) account.Outcome {
	if b.Hops == maxHops {
		return account.Unsubscribed
	}
	h := hops.Get().(*hop)
	defer h.done()
	s, ms, to := r.take(h.reply[:0], m.Target(), len(m.Payload) == 0 && len(m.Header) == 0, b.Now)
	h.reply = to
	if s == nil {
		return account.Unsubscribed
	}
	if ms != nil {
		defer r.services.answered(ms, m.Origin, time.Now())
	}
	b.Hops++
	defer func() { b.Hops-- }()
	e := m.Envelope()
	defer m.Restore(&e)
	if len(m.To) > 0 {
		m.To = to
	} else {
		m.SetSubject(to)
	}
	s.importer.Interest.Match(to, &h.matched)
	if deliver(m, b, &h.matched) == 0 {
		return account.Unsubscribed
	}
	return account.Delivered
}

// Try implements [account.Subscriber].
func (r *responses) Try(*message.Message) account.Outcome { return account.Delivered }

// Describe implements [account.Subscriber].
func (r *responses) Describe() account.Receiver {
	return account.Receiver{Kind: account.Other, Name: r.exporter.Name, Sub: r.prefix + ">"}
}

// Connection implements [account.Subscriber].
func (r *responses) Connection() any { return nil }
