package jetstream

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
)

// Account is the streams of one account. It is safe for concurrent use.
type Account struct {
	engine *Engine
	name   string

	memory, storage atomic.Int64 // bytes in use
	requests        counters

	// making is held while streams are made, changed and removed, so that checks
	// among them hold.
	making sync.Mutex

	mu sync.RWMutex
	// Guarded by mu.
	bus     Bus        // nil while detached
	senders *sync.Pool // of Sender, on this bus
	off     bool       // the account has no JetStream
	limits  api.AccountLimits
	tiers   map[string]api.AccountLimits // nil without
	streams map[string]*Stream
	subs    []Subscription
}

// counters count the requests to the API.
type counters struct{ total, errors atomic.Uint64 }

func newAccount(e *Engine, name string) *Account {
	return &Account{engine: e, name: name, limits: api.NoLimits(), streams: make(map[string]*Stream)}
}

// Name returns the name of the account.
func (a *Account) Name() string { return a.name }

// Attach connects the account to its messages: from now on it answers requests,
// and its streams take messages in.
//
// It may be called again: with the same bus it changes the limits. tiers are limits by
// the number of replicas ("R1"), nil where limits are for all.
func (a *Account) Attach(bus Bus, limits api.AccountLimits, tiers map[string]api.AccountLimits) error {
	a.mu.Lock()
	same := a.bus == bus && !a.off
	a.off, a.limits, a.tiers = false, limits, tiers
	a.mu.Unlock()
	if same {
		return nil
	}
	a.connect(bus)
	if err := a.listen(); err != nil {
		return err
	}
	for _, s := range a.Streams() {
		if err := s.attach(); err != nil {
			return err
		}
	}
	return nil
}

// connect ends the subscriptions on an old bus and makes another one that of the
// account.
func (a *Account) connect(bus Bus) {
	a.mu.Lock()
	subs := a.subs
	a.subs = nil
	a.bus = bus
	pool := new(sync.Pool)
	pool.New = func() any { return &pooledSender{bus.Sender(), pool} }
	a.senders = pool
	a.mu.Unlock()
	for _, s := range subs {
		s.End()
	}
	for _, s := range a.Streams() {
		s.silence()
	}
}

// Enabled reports whether the account may have streams.
func (a *Account) Enabled() bool { return a.attached() != nil && !a.disabled() }

// Detach disconnects the account: consumers tell those who wait for messages.
func (a *Account) Detach() {
	a.mu.Lock()
	subs := a.subs
	a.subs = nil
	a.mu.Unlock()
	for _, s := range subs {
		s.End()
	}
	for _, s := range a.Streams() {
		s.detach()
	}
}

// Stream returns the stream of a name, or nil.
func (a *Account) Stream(name string) *Stream {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.streams[name]
}

// Streams returns all streams, sorted by name.
func (a *Account) Streams() []*Stream {
	a.mu.RLock()
	defer a.mu.RUnlock()
	all := slices.Collect(maps.Values(a.streams))
	slices.SortFunc(all, func(a, b *Stream) int { return strings.Compare(a.name, b.name) })
	return all
}

// subscribe listens on the bus.
func (a *Account) subscribe(subject string, r Receiver) (Subscription, error) {
	bus := a.attached()
	if bus == nil {
		return nil, ErrClosed
	}
	return bus.Subscribe(subject, "", r)
}

// attached returns the bus; nil while the account is detached.
func (a *Account) attached() Bus {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.bus
}

func (a *Account) detached() bool { return a.attached() == nil }

// limitFor returns the limits that concern a stream: those of its tier, if there are
// tiers.
func (a *Account) limitFor(cfg *api.StreamConfig) api.AccountLimits {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if a.tiers == nil {
		return a.limits
	}
	return a.tiers[tierOf(cfg)]
}

// tierOf returns the name of the tier of a stream.
func tierOf(cfg *api.StreamConfig) string { return "R" + strconv.Itoa(cfg.Replicas) }

// hasTier reports whether a stream may be there at all.
func (a *Account) hasTier(cfg *api.StreamConfig) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if a.tiers == nil {
		return true
	}
	_, ok := a.tiers[tierOf(cfg)]
	return ok
}

// disabled reports whether the account has no JetStream.
func (a *Account) disabled() bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.off
}

// Refuse connects an account that has no JetStream: requests are told so.
func (a *Account) Refuse(bus Bus) error {
	a.mu.Lock()
	same := a.bus == bus && a.off
	a.off = true
	a.mu.Unlock()
	if same {
		return nil
	}
	a.connect(bus)
	sub, err := a.subscribe(api.Prefix+">", apiEar{a, ""})
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.subs = append(a.subs, sub)
	return nil
}

// refuse answers a message that a stream has no room to take in.
func (a *Account) refuse(stream string, reply []byte) {
	if len(reply) == 0 {
		return
	}
	to := append([]byte(nil), reply...)
	go func() {
		sender := a.sender()
		sender.Send(&Outgoing{To: to, Header: []byte(api.StatusTooManyRequest + "\r\n"), Payload: api.ErrTooManyRequests.AppendPubAck(nil, stream)})
		sender.Flush()
		a.release(sender)
	}()
}

// sender returns a sender for a while; release takes it back.
func (a *Account) sender() Sender {
	a.mu.RLock()
	pool := a.senders
	a.mu.RUnlock()
	if pool == nil {
		return nobody{}
	}
	return pool.Get().(Sender)
}

// nobody is the sender of an account that was never attached: its streams are on disk, and
// the host does not know it any more.
type nobody struct{}

// Send implements [Sender].
func (nobody) Send(*Outgoing) bool { return false }

// Flush implements [Sender].
func (nobody) Flush() {}

// Drain implements [Sender].
func (nobody) Drain(time.Duration) {}

func (a *Account) release(s Sender) {
	if p, ok := s.(*pooledSender); ok {
		p.pool.Put(p)
	}
}

// pooledSender is a sender that knows where it belongs.
type pooledSender struct {
	Sender
	pool *sync.Pool
}
