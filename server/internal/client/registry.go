package client

import (
	"sync"

	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
)

// Registry knows the clients of a server, and the last ones that left.
type Registry struct {
	mu     sync.Mutex
	open   map[uint64]*Client
	closed ring
	totals Totals            // of clients that have left
	gone   map[string]Totals // the same by account
}

// Add registers a client, unless there are already max of them.
func (r *Registry) Add(c *Client, max int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if max >= 0 && len(r.open) >= max || max < 0 {
		return false
	}
	if r.open == nil {
		r.open = make(map[uint64]*Client)
	}
	r.open[c.id] = c
	return true
}

// Remove moves a client to the closed ones.
func (r *Registry) Remove(c *Client, keep int) {
	rep := c.Report(Detail{Subscriptions: keep > 0})
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, c.id)
	r.totals.add(rep.In, rep.Out)
	if r.gone == nil {
		r.gone = make(map[string]Totals)
	}
	t := r.gone[rep.Account]
	t.add(rep.In, rep.Out)
	r.gone[rep.Account] = t
	r.closed.push(rep, keep)
}

// Len returns how many clients are connected.
func (r *Registry) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.open)
}

// Get returns the client with the given id, or nil.
func (r *Registry) Get(id uint64) *Client {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open[id]
}

// All returns the connected clients in no order.
func (r *Registry) All() []*Client {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.allLocked()
}

func (r *Registry) allLocked() []*Client {
	all := make([]*Client, 0, len(r.open))
	for _, c := range r.open {
		all = append(all, c)
	}
	return all
}

// Closed returns reports of the clients that left, the oldest first.
func (r *Registry) Closed() []*Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed.all()
}

// Totals returns the traffic of all clients, present and past.
func (r *Registry) Totals() Totals {
	r.mu.Lock()
	t, open := r.totals, r.allLocked() // at one moment: who leaves is counted once
	r.mu.Unlock()
	for _, c := range open {
		t.add(c.traffic())
	}
	return t
}

// Membership is what the clients of one account add up to: those that are
// connected by number, those that have left by their traffic too.
type Membership struct {
	Totals
	Clients int
}

// ByAccount returns what the clients add up to by the account that they belong
// to.
func (r *Registry) ByAccount() map[string]Membership {
	r.mu.Lock()
	open := r.allLocked()
	all := make(map[string]Membership, len(r.gone))
	for name, t := range r.gone {
		all[name] = Membership{Totals: t}
	}
	r.mu.Unlock()
	for _, c := range open {
		name := c.account.Load().Name
		m := all[name]
		m.add(c.traffic())
		m.Clients++
		all[name] = m
	}
	return all
}

// Of returns what the clients of one account add up to.
func (r *Registry) Of(a *account.Account) Membership {
	r.mu.Lock()
	m := Membership{Totals: r.gone[a.Name]}
	var open []*Client
	for _, c := range r.open {
		if c.account.Load() == a {
			open = append(open, c)
		}
	}
	r.mu.Unlock()
	for _, c := range open {
		m.add(c.traffic())
		m.Clients++
	}
	return m
}

func (t *Totals) add(in, out conn.Traffic) {
	t.In.Msgs += in.Msgs
	t.In.Bytes += in.Bytes
	t.Out.Msgs += out.Msgs
	t.Out.Bytes += out.Bytes
}

// ring keeps the last reports.
type ring struct {
	list []*Report
	next int // where the oldest one is, once the ring is full
}

func (r *ring) push(rep *Report, keep int) {
	switch {
	case keep <= 0:
	case len(r.list) < keep:
		r.list = append(r.list, rep)
	default:
		r.list[r.next] = rep
		r.next = (r.next + 1) % len(r.list)
	}
}

func (r *ring) all() []*Report {
	return append(append([]*Report(nil), r.list[r.next:]...), r.list[:r.next]...)
}
