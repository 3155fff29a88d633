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
	exporter *account.Account
	prefix   string // _R_.xxxxxx.

	mu      sync.Mutex
	waiting map[token]*response // guarded by mu; by the last token of the subject
	spare   []*response         // guarded by mu; to be used again
	tokens  tokens              // guarded by mu
	timer   *time.Timer         // guarded by mu; nil while nobody waits
	closed  bool                // guarded by mu
}

// response is a reply that is awaited.
type response struct {
	service *service
	to      []byte // reply subject in the importing account
	last    int64  // when the request or a response came, unix nanoseconds
}

const (
	// maxWaiting is how many replies an account may owe. Requests beyond go on
	// without a way back.
	maxWaiting = 1 << 18
	// maxSpare is how many responses are kept to be used again.
	maxSpare = 1024
)

func newResponses(exporter *account.Account) *responses {
	r := &responses{exporter: exporter, waiting: make(map[token]*response)}
	first := r.tokens.next()
	r.prefix = subject.ServiceReplyPrefix + string(first[:]) + "."
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

// expect notes that a reply goes back, and appends the subject for it to dst.
func (r *responses) expect(dst []byte, s *service, to []byte, now int64) []byte {
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
	p.service, p.to, p.last = s, append(p.to[:0], to...), now
	r.waiting[key] = p
	if r.timer == nil {
		r.timer = time.AfterFunc(s.threshold, r.sweep)
	}
	return append(append(dst, r.prefix...), key[:]...)
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
	p.service = nil
	if len(r.spare) < maxSpare {
		r.spare = append(r.spare, p)
	}
}

// sweep forgets replies that nobody sent in time.
func (r *responses) sweep() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now().UnixNano()
	var next time.Duration
	for key, p := range r.waiting {
		left := time.Duration(p.last - now + int64(p.service.threshold))
		switch {
		case left <= 0:
			r.forget(key, p)
		case next == 0 || left < next:
			next = left
		}
	}
	if next == 0 || r.closed {
		r.timer = nil
		return
	}
	r.timer.Reset(max(next, sweepMin))
}

// sweepMin keeps many replies with different thresholds from being looked at too
// often.
const sweepMin = 50 * time.Millisecond

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
func (r *responses) take(dst, subj []byte, empty bool, now int64) (*service, []byte) {
	var key token
	if len(subj) != len(r.prefix)+len(key) {
		return nil, dst
	}
	copy(key[:], subj[len(r.prefix):])
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.waiting[key]
	if p == nil {
		return nil, dst
	}
	s := p.service
	dst = append(dst, p.to...)
	switch {
	case now-p.last > int64(s.threshold):
		r.forget(key, p)
		return nil, dst
	case s.imp.Export.Response == account.Singleton || empty:
		r.forget(key, p)
	default:
		p.last = now
	}
	return s, dst
}

// Deliver implements [account.Subscriber]: a response goes back.
func (r *responses) Deliver(m *message.Message, b *message.Batch) account.Outcome {
	if b.Hops == maxHops {
		return account.Unsubscribed
	}
	h := hops.Get().(*hop)
	defer h.done()
	s, to := r.take(h.reply[:0], m.Subject, len(m.Payload) == 0 && len(m.Header) == 0, b.Now)
	h.reply = to
	if s == nil {
		return account.Unsubscribed
	}
	b.Hops++
	defer func() { b.Hops-- }()
	e := m.Envelope()
	defer m.Restore(&e)
	m.SetSubject(to)
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
