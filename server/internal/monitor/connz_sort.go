package monitor

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The orders of connz by name.
const byID = "cid"

// order sorts connections.
type order struct {
	// compare is nil for the order by number, which needs no description.
	compare func(a, b sortKey) int
	key     func(c *Conn, at time.Time) sortKey
}

// sortKey is what connections are compared by: they are many, and only those
// on the page are described in full. It is passed by value: behind a pointer,
// every comparison would cost an allocation.
type sortKey struct {
	client Client
	n      int64
	s      string
}

// ascending and descending order by the number of the key.
func ascending(a, b sortKey) int  { return cmp.Compare(a.n, b.n) }
func descending(a, b sortKey) int { return cmp.Compare(b.n, a.n) }

// orders are the values of the parameter sort.
var orders = map[string]order{
	byID:         {},
	"start":      {},
	"subs":       most(func(c *Conn, _ time.Time) int64 { return int64(c.NumSubs) }),
	"pending":    most(func(c *Conn, _ time.Time) int64 { return c.Pending }),
	"msgs_to":    most(func(c *Conn, _ time.Time) int64 { return int64(c.Out.Msgs) }),
	"msgs_from":  most(func(c *Conn, _ time.Time) int64 { return int64(c.In.Msgs) }),
	"bytes_to":   most(func(c *Conn, _ time.Time) int64 { return int64(c.Out.Bytes) }),
	"bytes_from": most(func(c *Conn, _ time.Time) int64 { return int64(c.In.Bytes) }),
	"last":       most(func(c *Conn, _ time.Time) int64 { return c.LastActivity.UnixNano() }),
	"idle":       most(func(c *Conn, at time.Time) int64 { return int64(c.idle(at)) }),
	"uptime": {
		compare: ascending,
		key:     func(c *Conn, at time.Time) sortKey { return sortKey{n: int64(c.uptime(at))} },
	},
	"rtt":  most(func(c *Conn, _ time.Time) int64 { return int64(c.RTT) }),
	"stop": most(func(c *Conn, _ time.Time) int64 { return c.Stopped.UnixNano() }),
	"reason": {
		compare: func(a, b sortKey) int { return strings.Compare(a.s, b.s) },
		key:     func(c *Conn, _ time.Time) sortKey { return sortKey{s: c.Reason} },
	},
}

// most puts the largest value first.
func most(value func(c *Conn, at time.Time) int64) order {
	return order{compare: descending, key: func(c *Conn, at time.Time) sortKey { return sortKey{n: value(c, at)} }}
}

var (
	errSortStop   = errors.New("sort by stop only valid on closed connections")
	errSortReason = errors.New("sort by reason only valid on closed connections")
)

// sortOrder returns the order with the given name.
func sortOrder(name string, state connState) (order, error) {
	switch {
	case name == "stop" && state != stateClosed:
		return order{}, errSortStop
	case name == "reason" && state != stateClosed:
		return order{}, errSortReason
	}
	o, ok := orders[name]
	if !ok {
		return order{}, fmt.Errorf("invalid sorting option: %s", name)
	}
	return o, nil
}

// page returns a page of the sorted clients. Equal ones are in the order of
// their numbers.
func (o order) page(clients []Client, pg page, at time.Time) []Client {
	from, to := pg.bounds(len(clients))
	if from == to {
		return nil
	}
	if o.compare == nil {
		slices.SortFunc(clients, func(a, b Client) int { return cmp.Compare(a.ID(), b.ID()) })
		return clients[from:to]
	}
	keys := make([]sortKey, len(clients))
	var info Conn // one for all of them
	for i, c := range clients {
		info = c.Describe(false)
		keys[i] = o.key(&info, at)
		keys[i].client = c
	}
	slices.SortFunc(keys, func(a, b sortKey) int {
		return cmp.Or(o.compare(a, b), cmp.Compare(a.client.ID(), b.client.ID()))
	})
	for i := range keys[from:to] {
		clients[i] = keys[from+i].client
	}
	return clients[:to-from]
}
