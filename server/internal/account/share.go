package account

import (
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/protocol/sublist"
)

// Export offers a stream or a service to other accounts.
type Export struct {
	Service bool
	Subject string
	// Of a service: how many responses there are, how long they may take, and
	// whether traces of requests may come in.
	Response   ResponseType
	Threshold  time.Duration
	AllowTrace bool
	Latency    *Latency // where it is published how long requests take; nil for nowhere
}

// Latency is where the latency of a service is published, in the account that
// exports it.
type Latency struct {
	Subject  string
	Sampling int // percent of the requests; 0 for those whose trace headers ask for it
}

// ResponseType is how many responses a service sends to a request.
type ResponseType uint8

// The response types.
const (
	Singleton ResponseType = iota
	Streamed               // until an empty message
	Chunked                // the same
)

// Import takes a stream or a service of another account in.
type Import struct {
	From string // the other account
	// Local is the pattern in this account, Remote that in the other one; In and
	// Out translate between them, nil where they are the same, or where a service
	// has one subject in each.
	Local, Remote string
	In, Out       *subject.Transform
	Share         bool // tell the service who asks
	AllowTrace    bool // of a stream
	// Export is what allows it.
	Export Export
}

// sharing is what an account takes in from others.
type sharing struct {
	mu       sync.Mutex
	streams  []stream                     // guarded by mu; replaced, never changed
	services []*sublist.Entry[Subscriber] // guarded by mu
}

// stream is an import of a stream with the account that it comes from.
type stream struct {
	Import
	from *Account
}

// Interest is a subscription in an account, with what follows from it in the
// accounts whose streams this one imports.
type Interest struct {
	account        *Account
	subject, queue string
	sub            Subscriber
	entry          *sublist.Entry[Subscriber]

	mu      sync.Mutex
	ended   bool        // guarded by mu
	shadows []*Interest // guarded by mu: in other accounts
}

// Subscribe makes a subscription; queue is empty for a plain one. The error is
// that of a malformed subject.
func (a *Account) Subscribe(subj, queue string, s Subscriber) (*Interest, error) {
	i, err := a.insert(subj, queue, s)
	if err != nil {
		return nil, err
	}
	i.share()
	return i, nil
}

// insert makes a subscription that concerns this account alone.
func (a *Account) insert(subj, queue string, s Subscriber) (*Interest, error) {
	entry, err := a.Interest.Insert(subj, queue, s)
	if err != nil {
		return nil, err
	}
	if fn := a.watch.Load(); fn != nil {
		(*fn)(subj)
	}
	return &Interest{account: a, subject: subj, queue: queue, sub: s, entry: entry}, nil
}

// End ends the subscription everywhere.
func (i *Interest) End() {
	i.mu.Lock()
	i.ended = true
	shadows := i.shadows
	i.shadows = nil
	i.mu.Unlock()
	i.account.Interest.Remove(i.entry)
	for _, s := range shadows {
		s.End()
	}
}

// Reshare makes the subscription follow the imports that its account has now.
func (i *Interest) Reshare() {
	i.mu.Lock()
	old := i.shadows
	i.shadows = nil
	i.mu.Unlock()
	i.share()
	for _, s := range old {
		s.End()
	}
}

// share subscribes in the accounts that streams come from. A stream crosses one
// border: what an account takes in is not its own to give away.
func (i *Interest) share() {
	i.account.sharing.mu.Lock()
	streams := i.account.sharing.streams
	i.account.sharing.mu.Unlock()
	var shadows []*Interest
	for n := range streams {
		st := &streams[n]
		local, ok := intersect(i.subject, st.Local)
		if !ok {
			continue
		}
		remote := local
		if st.Out != nil {
			b, ok := st.Out.Apply(nil, []byte(local))
			if !ok {
				continue
			}
			remote = string(b)
		}
		s, err := st.from.insert(remote, i.queue, &shadow{
			Subscriber: i.sub, in: st.In, subject: remote, importer: i.account.Name, allowTrace: st.AllowTrace,
		})
		if err == nil {
			shadows = append(shadows, s)
		}
	}
	i.mu.Lock()
	if !i.ended {
		i.shadows = append(i.shadows, shadows...)
		shadows = nil
	}
	i.mu.Unlock()
	for _, s := range shadows { // it has ended meanwhile
		s.End()
	}
}

// take puts imports in force, in the place of those that there were; from finds the
// accounts that they come from. The lock of the set is not held.
func (a *Account) take(imports []Import, from func(name string) *Account, services ServiceFunc) {
	var streams []stream
	var entries []*sublist.Entry[Subscriber]
	for _, imp := range imports {
		exporter := from(imp.From)
		switch {
		case exporter == nil:
		case imp.Export.Service:
			if e, err := a.Interest.Insert(imp.Local, "", services(a, exporter, imp)); err == nil {
				entries = append(entries, e)
			}
		case exporter != a:
			streams = append(streams, stream{imp, exporter})
		}
	}
	a.sharing.mu.Lock()
	old := a.sharing.services
	a.sharing.streams, a.sharing.services = streams, entries
	a.sharing.mu.Unlock()
	for _, e := range old {
		a.Interest.Remove(e)
	}
}

// intersect returns the pattern of the subjects that match both, if there are
// any.
func intersect(a, b string) (string, bool) {
	var out []byte
	for {
		x, restA, moreA := subject.Cut(a)
		y, restB, moreB := subject.Cut(b)
		switch {
		case x == ">" && !moreA:
			return string(out) + b, true
		case y == ">" && !moreB:
			return string(out) + a, true
		case x == "*" || x == y:
			out = append(out, y...)
		case y == "*":
			out = append(out, x...)
		default:
			return "", false
		}
		if moreA != moreB {
			return "", false
		}
		if !moreA {
			return string(out), true
		}
		out = append(out, '.')
		a, b = restA, restB
	}
}
