package router

import (
	"bytes"
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/protocol/header"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/protocol/sublist"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/message"
	"github.com/dunlin-mq/dunlin/server/internal/trace"
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
	// account about the requester: all of it if it is to be shared. via is the
	// account that passes the request on, empty if it is the requester's.
	AppendRequestInfo(dst []byte, share bool, via string) []byte
	// RTT is the round trip time to the requester.
	RTT() time.Duration
}

// Services makes subscribers for imported services. It keeps the responses that
// are outstanding for each exporting account. It is safe for concurrent use.
type Services struct {
	// Publish publishes a message of the server itself, later: it is called while
	// another message is delivered. Nil publishes nothing.
	Publish func(a *account.Account, subject string, payload []byte)

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
		r = newResponses(s, exporter)
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
	reply   []byte
	info    []byte
	dressed message.Scratch
}

var hops = sync.Pool{New: func() any { return new(hop) }}

// maxKept is how much memory for one message a hop may keep for the next, in bytes.
const maxKept = 64 << 10

// done gives the hop back.
func (h *hop) done() {
	if h.dressed.Size() <= maxKept {
		hops.Put(h)
	}
}

// Deliver implements [account.Subscriber].
func (s *service) Deliver(m *message.Message, b *message.Batch) account.Outcome {
	return s.deliver(m, b, nil, false)
}

// deliver sends a request on; t is told what becomes of it, nil for nobody. hidden
// says that a trace of it ends here.
func (s *service) deliver(m *message.Message, b *message.Batch, t *trace.Trace, hidden bool) account.Outcome {
	if b.Hops == maxHops {
		return account.Unsubscribed
	}
	if t != nil && t.Only() {
		return s.tryTraced(m, b, t)
	}
	e := m.Envelope()
	defer m.Restore(&e)
	ms := s.sample(m)
	s.translate(m)
	b.Hops++
	private := b.Private
	b.Private = private || !s.imp.Share
	defer func() { b.Hops, b.Private = b.Hops-1, private }()
	h := hops.Get().(*hop)
	defer h.done()
	if maps := s.exporter.Mappings.Load(); maps != nil {
		if mapped, changed := maps.Map(h.mapped[:0], m.Subject); changed {
			h.mapped = mapped
			m.SetSubject(mapped)
		}
	}
	s.exporter.Interest.Match(m.Subject, &h.matched)
	if h.matched.Empty() {
		s.responses.services.failed(ms, latencyUnavailable)
		return account.Unsubscribed
	}
	s.introduce(m, b, h, t, hidden)
	owed := len(m.Reply) > 0 && !subject.HasPrefix(m.Reply, subject.AckReplyPrefix)
	if owed {
		h.reply = s.responses.expect(h.reply[:0], s, m.Reply, b.Now, ms)
		m.SetReply(h.reply)
	} else {
		s.responses.services.failed(ms, latencyBadRequest)
	}
	n := 0
	if t == nil {
		n = deliver(m, b, &h.matched)
	} else {
		there := traced{m, b, t, s.exporter.Name}
		n = there.deliver(&h.matched)
	}
	if n > 0 {
		return account.Delivered
	}
	if owed && s.responses.drop(h.reply) {
		s.responses.services.failed(ms, latencyUnavailable)
	}
	return account.Unsubscribed
}

// tryTraced finds out what would become of a request.
func (s *service) tryTraced(m *message.Message, b *message.Batch, t *trace.Trace) account.Outcome {
	e := m.Envelope()
	defer m.Restore(&e)
	s.translate(m)
	var r sublist.Result[account.Subscriber]
	s.exporter.Interest.Match(m.Subject, &r)
	b.Hops++
	defer func() { b.Hops-- }()
	there := traced{m, b, t, s.exporter.Name}
	if there.deliver(&r) == 0 {
		return account.Unsubscribed
	}
	return account.Delivered
}

// translate gives the message its subject in the exporting account.
func (s *service) translate(m *message.Message) {
	if len(m.To) > 0 {
		m.SetSubject(m.To)
		m.To = nil
	}
	if s.remote != nil {
		m.SetSubject(s.remote)
		return
	}
	m.Translate(s.imp.Out)
}

// maxHops is how many services a request may pass through. Cycles are refused
// when accounts are made; this is for what slips through.
const maxHops = 32

// introduce tells the service who asks. A traced request takes a subject along on
// which others may report, or the word that nobody is to.
func (s *service) introduce(m *message.Message, b *message.Batch, h *hop, t *trace.Trace, hidden bool) {
	r, ok := m.Origin.(Requester)
	if !ok {
		return
	}
	via := ""
	if b.Hops > 1 {
		via = s.importer.Name
	}
	h.info = r.AppendRequestInfo(h.info[:0], !b.Private, via)
	block := header.Set(h.dressed.Block(), m.Header, RequestInfo, h.info)
	switch {
	case hidden:
		block = header.Set(h.dressed.Block(), bytes.Clone(block), header.TraceDest, trace.Disabled)
	case t != nil:
		report := s.responses.expect(nil, s, []byte(t.Dest()), time.Now().UnixNano(), nil)
		block = header.Set(h.dressed.Block(), bytes.Clone(block), header.TraceDest, report)
	}
	m.Dress(&h.dressed, block)
}

// Try implements [account.Subscriber].
func (s *service) Try(m *message.Message) account.Outcome {
	e := m.Envelope()
	defer m.Restore(&e)
	if s.translate(m); s.exporter.Interest.HasInterest(m.Subject) {
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
