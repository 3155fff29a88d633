package system

import (
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/message"
	"github.com/dunlin-mq/dunlin/server/internal/router"
)

// Voice publishes and listens on behalf of the server. Handlers run one after the
// other in a goroutine that lives while there is something to handle. It is safe
// for concurrent use.
type Voice struct {
	errorf func(format string, args ...any)

	mu      sync.Mutex
	idle    sync.Cond // signalled when working becomes false
	waiting []*Request
	bytes   int // payload and header bytes of waiting
	working bool
	closed  bool
	lost    uint64 // requests that found no room since the log said so last
}

// Bounds of what waits to be handled. Who asks more than that gets no answer.
const (
	maxRequests     = 4096
	maxRequestBytes = 64 << 20
)

// NewVoice returns a voice. errorf takes what the log should say.
func NewVoice(errorf func(format string, args ...any)) *Voice {
	v := &Voice{errorf: errorf}
	v.idle.L = &v.mu
	return v
}

// Handler answers a request. It may block the requests after it for as long as a
// list takes to make, not longer.
type Handler func(*Request)

// Request is a message that somebody sent to the server.
type Request struct {
	Account *account.Account // in which it arrived
	Subject string
	Reply   string // empty if no answer is wanted
	Header  []byte
	Payload []byte
	// Origin is the connection that published it, nil for the server itself.
	Origin any

	handle Handler
}

// passes are the memory for publishing.
var passes = sync.Pool{New: func() any { return new(router.Pass) }}

// Publish publishes a message in an account and returns how many got it. It is not
// for subscribers' Deliver.
func (v *Voice) Publish(a *account.Account, subject, reply string, block, payload []byte) int {
	p := passes.Get().(*router.Pass)
	defer passes.Put(p)
	p.Now = time.Now().UnixNano()
	p.Message.Compose([]byte(subject), block, payload)
	if reply != "" {
		p.Message.SetReply([]byte(reply))
	}
	n := router.Route(a, p)
	p.Message.Forget()
	p.Flush()
	return n
}

// PublishLater is Publish for who delivers another message just now.
func (v *Voice) PublishLater(a *account.Account, subject string, payload []byte) {
	v.post(&Request{Payload: payload, handle: func(*Request) { v.Publish(a, subject, "", nil, payload) }})
}

// Serve has requests on a subject handled until the interest ends.
func (v *Voice) Serve(a *account.Account, subject string, h Handler) (*account.Interest, error) {
	return v.ServeQueue(a, subject, "", h)
}

// ServeQueue is Serve as one of a queue group.
func (v *Voice) ServeQueue(a *account.Account, subject, queue string, h Handler) (*account.Interest, error) {
	return a.Subscribe(subject, queue, &service{voice: v, account: a, subject: subject, handle: h})
}

// Close waits until what has arrived is handled, and takes nothing more.
func (v *Voice) Close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.closed = true
	for v.working {
		v.idle.Wait()
	}
}

// post takes a request in, if there is room for it.
func (v *Voice) post(r *Request) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	size := len(r.Header) + len(r.Payload)
	if v.closed || len(v.waiting) >= maxRequests || v.bytes+size > maxRequestBytes {
		v.lost++
		return false
	}
	v.waiting = append(v.waiting, r)
	v.bytes += size
	if !v.working {
		v.working = true
		go v.work()
	}
	return true
}

// work handles requests until there are none.
func (v *Voice) work() {
	for {
		v.mu.Lock()
		batch, lost := v.waiting, v.lost
		v.waiting, v.bytes, v.lost = nil, 0, 0
		if len(batch) == 0 {
			v.working = false
			v.idle.Broadcast()
		}
		v.mu.Unlock()
		if lost > 0 {
			v.errorf("%d requests to the server were dropped: too many at a time", lost)
		}
		if len(batch) == 0 {
			return
		}
		for _, r := range batch {
			r.handle(r)
		}
	}
}

// ErrNobody is the error of a question that nobody heard, ErrNoAnswer that of one
// that nobody answered in time.
var (
	ErrNobody   = errors.New("no responders")
	ErrNoAnswer = errors.New("no response in time")
)

// Ask publishes a request and returns the payload of the first answer.
func (v *Voice) Ask(a *account.Account, subject string, block, payload []byte, timeout time.Duration) ([]byte, error) {
	box := &inbox{subject: inboxPrefix + token() + "." + token(), answer: make(chan []byte, 1)}
	in, err := a.Subscribe(box.subject, "", box)
	if err != nil {
		return nil, err
	}
	defer in.End()
	if v.Publish(a, subject, box.subject, block, payload) == 0 {
		return nil, ErrNobody
	}
	late := time.NewTimer(timeout)
	defer late.Stop()
	select {
	case b := <-box.answer:
		return b, nil
	case <-late.C:
		return nil, ErrNoAnswer
	}
}

// inboxPrefix is that of the subjects that the server gets answers on.
const inboxPrefix = "$SYS._INBOX."

// token returns eight random letters and digits: nobody guesses where an answer
// is expected.
func token() string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	for i := range b {
		b[i] = digits[b[i]%64]
	}
	return string(b[:])
}

// ears are what subscribers of the server have in common.
type ears struct{}

// Connection implements [account.Subscriber].
func (ears) Connection() any { return nil }

// Try implements [account.Subscriber].
func (ears) Try(*message.Message) account.Outcome { return account.Delivered }

// service is where requests come in.
type service struct {
	ears
	voice   *Voice
	account *account.Account
	subject string
	handle  Handler
}

// Describe implements [account.Subscriber].
func (s *service) Describe() account.Receiver { return receiver(s.subject) }

// Deliver implements [account.Subscriber].
func (s *service) Deliver(m *message.Message, _ *message.Batch) account.Outcome {
	r := &Request{
		Account: s.account, Subject: string(m.Subject), Reply: string(m.Reply), Origin: m.Origin, handle: s.handle,
		Header: append([]byte(nil), m.Header...), Payload: append([]byte(nil), m.Payload...),
	}
	if !s.voice.post(r) {
		return account.Dropped
	}
	return account.Delivered
}

// inbox is where the answer to a question comes in.
type inbox struct {
	ears
	subject string
	answer  chan []byte
}

// Deliver implements [account.Subscriber]. Only the first answer counts.
func (i *inbox) Deliver(m *message.Message, _ *message.Batch) account.Outcome {
	select {
	case i.answer <- append([]byte(nil), m.Payload...):
	default:
	}
	return account.Delivered
}

// Describe implements [account.Subscriber].
func (i *inbox) Describe() account.Receiver { return receiver(i.subject) }

func receiver(subject string) account.Receiver {
	return account.Receiver{Kind: account.System, Sub: subject}
}
