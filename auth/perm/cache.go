package perm

import (
	"bytes"
	"hash/maphash"
)

// Cache remembers decisions about publishing. It belongs to one goroutine; the
// zero value is empty.
//
// A subject has two places where it may be, so that a look takes the time of a
// hash and hardly more, and a newcomer drives out one other. Places keep their
// memory: however many subjects come by, nothing is allocated once it has grown.
type Cache struct {
	set   *Set
	open  bool   // the set lets everything be published
	slots []slot // a power of two of them
}

// slot is a decision.
type slot struct {
	hash    uint64 // 0 for an empty slot
	subject []byte // owned by the slot
	allowed bool
}

const (
	minCached = 8
	maxCached = 128 // how many subjects are remembered
	// maxCachedSubject bounds what is kept of a client that makes up long subjects.
	maxCachedSubject = 256
)

// seed makes it useless to look for subjects that drive each other out.
var seed = maphash.MakeSeed()

// Publish is [Set.Publish], remembered. A Cache that is asked about another Set
// forgets.
func (c *Cache) Publish(s *Set, subj []byte) bool {
	if s == nil || len(subj) > maxCachedSubject {
		return s.Publish(subj)
	}
	if c.set != s {
		c.forget(s)
	}
	if c.open {
		return true
	}
	h := maphash.Bytes(seed, subj) | 1<<63
	i := int(h) & (len(c.slots) - 1)
	for _, k := range [2]int{i, i ^ 1} {
		if e := &c.slots[k]; e.hash == h && bytes.Equal(e.subject, subj) {
			return e.allowed
		}
	}
	allowed := s.Publish(subj)
	c.remember(h, subj, allowed)
	return allowed
}

// forget empties all slots for another set.
func (c *Cache) forget(s *Set) {
	c.set, c.open = s, s.ready().publishesAll
	if c.slots == nil {
		c.slots = make([]slot, minCached)
	}
	for i := range c.slots {
		c.slots[i].hash = 0
	}
}

func (c *Cache) remember(h uint64, subj []byte, allowed bool) {
	e := c.place(h)
	for e.hash != 0 && len(c.slots) < maxCached {
		c.grow()
		e = c.place(h)
	}
	e.hash, e.allowed = h, allowed
	e.subject = append(e.subject[:0], subj...)
}

// place is where a subject with that hash goes: the empty one of its slots, or
// one whose subject has to go.
func (c *Cache) place(h uint64) *slot {
	i := int(h) & (len(c.slots) - 1)
	if c.slots[i].hash != 0 && c.slots[i^1].hash == 0 {
		return &c.slots[i^1]
	}
	return &c.slots[i]
}

// grow doubles the number of slots. Of three subjects that meet in a pair of
// slots one is forgotten.
func (c *Cache) grow() {
	old := c.slots
	c.slots = make([]slot, 2*len(old))
	for _, e := range old {
		if e.hash != 0 {
			*c.place(e.hash) = e
		}
	}
}
