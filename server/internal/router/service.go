package router

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/protocol/header"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/protocol/sublist"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// A service of another account is a subscriber in the account that imports it.
// A request that reaches it goes on under the exporter's subject, with a reply
// subject that belongs to the exporter; what is published there comes back to the
// requester under the reply subject that it asked for.

// RequestInfo is the header that tells a service who asks. What clients write
// there is replaced.
const RequestInfo = "Nats-Request-Info"

// Requester is a connection that publishes requests.
type Requester interface {
	// AppendRequestInfo appends the document that tells a service in another
	// account about the requester: all of it if it is to be shared.
	AppendRequestInfo(dst []byte, share bool) []byte
}

// Services makes subscribers for imported services. It keeps the responses that
// are outstanding for each exporting account. It is safe for concurrent use.
type Services struct {
	mu        sync.Mutex
	exporters map[*account.Account]*responses // guarded by mu
}

// Import returns the subscriber that stands for a service of exporter in
// importer. It has the shape that [account.NewSet] asks for.
func (s *Services) Import(importer, exporter *account.Account, imp account.Import) account.Subscriber {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.exporters[exporter]
	if r == nil {
		if s.exporters == nil {
			s.exporters = make(map[*account.Account]*responses)
		}
		r = newResponses(exporter)
		s.exporters[exporter] = r
	}
	threshold := imp.Export.Threshold
	if threshold <= 0 {
		threshold = defaultThreshold
	}
	svc := &service{importer: importer, exporter: exporter, imp: imp, threshold: threshold, responses: r}
	if imp.Out == nil && imp.Remote != imp.Local {
		svc.remote = []byte(imp.Remote)
	}
	return svc
}

// Close stops the timers.
func (s *Services) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.exporters {
		r.close()
	}
}

// defaultThreshold is how long a response may take.
const defaultThreshold = 2 * time.Minute

// service is an imported service.
type service struct {
	importer, exporter *account.Account
	imp                account.Import
	remote             []byte // the one subject there; nil if it depends on that here
	threshold          time.Duration
	responses          *responses
}

// hop is the working memory for routing within another account.
type hop struct {
	matched sublist.Result[account.Subscriber]
	mapped  []byte
	info    []byte
	block   []byte
}

var hops = sync.Pool{New: func() any { return new(hop) }}

// Deliver implements [account.Subscriber].
func (s *service) Deliver(m *message.Message, b *message.Batch) account.Outcome {
	e := m.Envelope()
	defer m.Restore(&e)
	if !s.translate(m) || b.Hops == maxHops {
		return account.Unsubscribed
	}
	b.Hops++
	defer func() { b.Hops-- }()
	h := hops.Get().(*hop)
	defer hops.Put(h)
	if maps := s.exporter.Mappings.Load(); maps != nil {
		if mapped, changed := maps.Map(h.mapped[:0], m.Subject); changed {
			h.mapped = mapped
			m.SetSubject(mapped)
		}
	}
	s.exporter.Interest.Match(m.Subject, &h.matched)
	if h.matched.Empty() {
		return account.Unsubscribed
	}
	s.introduce(m, h)
	if len(m.Reply) > 0 && !subject.HasPrefix(m.Reply, subject.AckReplyPrefix) {
		m.SetReply(s.responses.expect(s, m.Reply, b.Now))
	}
	if deliver(m, b, &h.matched) == 0 {
		return account.Unsubscribed
	}
	return account.Delivered
}

// translate gives the message its subject in the exporting account.
func (s *service) translate(m *message.Message) bool {
	if s.remote != nil {
		m.SetSubject(s.remote)
		return true
	}
	return m.Translate(s.imp.Out)
}

// maxHops is how many services a request may pass through. Cycles are refused
// when accounts are made; this is for what slips through.
const maxHops = 32

// introduce tells the service who asks.
func (s *service) introduce(m *message.Message, h *hop) {
	r, ok := m.Origin.(Requester)
	if !ok {
		return
	}
	h.info = r.AppendRequestInfo(h.info[:0], s.imp.Share)
	h.block = header.Set(h.block[:0], m.Header, RequestInfo, string(h.info))
	m.SetHeader(h.block)
}

// Try implements [account.Subscriber].
func (s *service) Try(m *message.Message) account.Outcome {
	e := m.Envelope()
	defer m.Restore(&e)
	if s.translate(m) && s.exporter.Interest.HasInterest(m.Subject) {
		return account.Delivered
	}
	return account.Unsubscribed
}

// Describe implements [account.Subscriber].
func (s *service) Describe() account.Receiver {
	return account.Receiver{Kind: account.Other, Name: s.exporter.Name, Sub: s.imp.Local}
}

// Connection implements [account.Subscriber]: it is nobody's.
func (s *service) Connection() any { return nil }

// responses are the replies that an exporting account owes. It is a subscriber
// there, for all subjects below its prefix.
type responses struct {
	exporter *account.Account
	prefix   string // _R_.xxxxxx.

	mu      sync.Mutex
	waiting map[string]*response // guarded by mu; by the last token of the subject
	timer   *time.Timer          // guarded by mu; nil while nobody waits
	closed  bool                 // guarded by mu
}

// response is a reply that is awaited.
type response struct {
	service *service
	to      []byte // reply subject in the importing account
	last    int64  // when the request or a response came, unix nanoseconds
}

// maxWaiting is how many replies an account may owe. Requests beyond go on
// without a way back.
const maxWaiting = 1 << 18

func newResponses(exporter *account.Account) *responses {
	r := &responses{exporter: exporter, prefix: subject.ServiceReplyPrefix + token() + ".", waiting: make(map[string]*response)}
	// A pattern of our own making is well-formed.
	_, _ = exporter.Interest.Insert(r.prefix+">", "", r)
	return r
}

// token returns six random letters and digits.
func token() string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	for i := range b {
		b[i] = digits[int(b[i])%len(digits)]
	}
	return string(b[:])
}

// expect notes that a reply goes back, and returns the subject for it.
func (r *responses) expect(s *service, to []byte, now int64) []byte {
	p := &response{service: s, to: append([]byte(nil), to...), last: now}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) >= maxWaiting || r.closed {
		return nil
	}
	last := token()
	for r.waiting[last] != nil {
		last = token()
	}
	r.waiting[last] = p
	if r.timer == nil {
		r.timer = time.AfterFunc(s.threshold, r.sweep)
	}
	return []byte(r.prefix + last)
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
			delete(r.waiting, key)
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

// take returns the reply that is awaited on a subject, or nil. ends says that it
// is the last message for it, unless more may come.
func (r *responses) take(subj []byte, empty bool, now int64) *response {
	if len(subj) <= len(r.prefix) {
		return nil
	}
	key := subj[len(r.prefix):]
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.waiting[string(key)]
	if p == nil {
		return nil
	}
	if now-p.last > int64(p.service.threshold) {
		delete(r.waiting, string(key))
		return nil
	}
	p.last = now
	if p.service.imp.Export.Response == account.Singleton || empty {
		delete(r.waiting, string(key))
	}
	return p
}

// Deliver implements [account.Subscriber]: a response goes back.
func (r *responses) Deliver(m *message.Message, b *message.Batch) account.Outcome {
	p := r.take(m.Subject, len(m.Payload) == 0 && len(m.Header) == 0, b.Now)
	if p == nil || b.Hops == maxHops {
		return account.Unsubscribed
	}
	b.Hops++
	defer func() { b.Hops-- }()
	e := m.Envelope()
	defer m.Restore(&e)
	h := hops.Get().(*hop)
	defer hops.Put(h)
	m.SetSubject(p.to)
	p.service.importer.Interest.Match(p.to, &h.matched)
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
