package sublist

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"strings"
	"sync/atomic"
)

// ErrSubject is the error of [Index.Insert] for a subject that is empty, has
// an empty token, or has ">" anywhere but in the end.
var ErrSubject = errors.New("sublist: invalid subject")

// Index maps subjects to subscribers of type T. It is safe for concurrent use;
// readers take no lock. Make one with [New].
type Index[T any] struct {
	exact table[leaf[T]] // subjects without wildcards
	wild  trie[T]
	seed  maphash.Seed // against clients that choose subjects to collide

	_       [cacheLine]byte // what every SUB writes is away from what every PUB reads
	inserts atomic.Uint64
	removes atomic.Uint64
}

// Stats counts what was done to an [Index]. Matches are not counted: a counter
// that all publishers share would cost them more than the match.
type Stats struct {
	Inserts uint64 // subscriptions ever added
	Removes uint64 // subscriptions removed again
}

// Item is one subscription, as [Index.All] lists it.
type Item[T any] struct {
	Subject string
	Queue   string // "" if it is in no queue group
	Value   T
}

// New returns an empty index.
func New[T any]() *Index[T] {
	x := &Index[T]{seed: maphash.MakeSeed()}
	x.exact.init()
	x.wild.init(x.seed)
	return x
}

// Insert adds v under subject, which may have wildcards, in the given queue
// group ("" for none), and returns the entry that removes it again. It keeps
// both strings. The error is [ErrSubject].
func (x *Index[T]) Insert(subject, queue string, v T) (*Entry[T], error) {
	wild, ok := classify(subject)
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrSubject, subject)
	}
	x.inserts.Add(1)
	if wild {
		return x.wild.insert(subject, queue, v), nil
	}
	return x.insertExact(subject, queue, v), nil
}

func (x *Index[T]) insertExact(subject, queue string, v T) *Entry[T] {
	h := maphash.String(x.seed, subject) | hashBit
	s := x.exact.lockRoomy(h)
	defer s.mu.Unlock()
	l := findLeaf(s, h, subject)
	if l == nil {
		l = newSolo(subject, nil, queue, v)
		s.put(h, l)
		return &l.first
	}
	n, e := l.join(queue, v)
	if n != l {
		s.swap(h, l, n)
	}
	return e
}

// Remove removes what e stands for and returns whether it was still there.
// No Match that begins after Remove has returned finds it.
func (x *Index[T]) Remove(e *Entry[T]) bool {
	l := e.leaf.Load()
	if l == nil {
		return false
	}
	var ok bool
	if l.branch != nil {
		ok = x.wild.remove(e)
	} else {
		ok = x.removeExact(e, l.subject)
	}
	if ok {
		x.removes.Add(1)
	}
	return ok
}

func (x *Index[T]) removeExact(e *Entry[T], subject string) bool {
	h := maphash.String(x.seed, subject) | hashBit
	s := x.exact.lock(h)
	defer x.exact.unlock(s, h)
	l := e.leaf.Load()
	if l == nil {
		return false
	}
	if !l.leave(e) {
		s.drop(h, l)
	}
	return true
}

// Match replaces the contents of r by everything that matches subject. All
// tokens of subject are literal, "*" and ">" too. A subject with an empty
// token matches nothing. Match takes no lock, and allocates nothing once r has
// grown to the size of the answer.
//
// What was inserted before Match begins, and is not removed before it ends, is
// found once.
func (x *Index[T]) Match(subject []byte, r *Result[T]) {
	r.rewind()
	h := maphash.Bytes(x.seed, subject) | hashBit
	l := findLeaf(x.exact.at(h), h, subject)
	if l != nil {
		r.collect(l)
	}
	if x.wild.some.Load() && (l != nil || wellFormed(subject)) {
		x.wild.match(subject, r)
	}
}

// HasInterest returns whether anything matches subject.
func (x *Index[T]) HasInterest(subject []byte) bool {
	h := maphash.Bytes(x.seed, subject) | hashBit
	if findLeaf(x.exact.at(h), h, subject) != nil {
		return true
	}
	return x.wild.some.Load() && wellFormed(subject) && x.wild.matchAny(subject)
}

// Len returns the number of subscriptions.
func (x *Index[T]) Len() int {
	removes := x.removes.Load() // first: it must not overtake the inserts
	return int(x.inserts.Load() - removes)
}

// Stats returns how many subscriptions came and went.
func (x *Index[T]) Stats() Stats {
	removes := x.removes.Load()
	return Stats{Inserts: x.inserts.Load(), Removes: removes}
}

// All lists the subscriptions, in no order and without holding a lock: those
// that are there all the while are listed once.
func (x *Index[T]) All() iter.Seq[Item[T]] {
	return func(yield func(Item[T]) bool) {
		var r Result[T]
		ok := true
		each := func(l *leaf[T]) bool {
			r.rewind()
			r.collect(l)
			ok = r.items(l.subject, yield)
			return ok
		}
		x.exact.all(each)
		if ok {
			x.wild.all(each)
		}
	}
}

// items yields what r holds as subscriptions to subject.
func (r *Result[T]) items(subject string, yield func(Item[T]) bool) bool {
	for _, vs := range r.Plain {
		for _, v := range vs {
			if !yield(Item[T]{Subject: subject, Value: v}) {
				return false
			}
		}
	}
	for i := range r.Queues {
		g := &r.Queues[i]
		for j := range g.Len() {
			if !yield(Item[T]{Subject: subject, Queue: g.Name, Value: g.At(j)}) {
				return false
			}
		}
	}
	return true
}

// findLeaf returns the leaf of subject in s, or nil.
func findLeaf[T any, K string | []byte](s *shard[leaf[T]], h uint64, subject K) *leaf[T] {
	mask := uint64(len(s.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch s.slots[i].hash.Load() {
		case slotEmpty:
			return nil
		case h:
			l := s.slots[i].node.Load()
			if l != nil && l.subject == string(subject) {
				return l
			}
		}
	}
}

// classify returns whether subject has wildcards and whether it is valid.
func classify(subject string) (wild, ok bool) {
	full := false
	for token := range strings.SplitSeq(subject, ".") {
		if token == "" || full {
			return wild, false
		}
		full = token == ">"
		wild = wild || full || token == "*"
	}
	return wild, true
}

// wellFormed returns whether subject has no empty token.
func wellFormed(subject []byte) bool {
	n := len(subject)
	return n > 0 && subject[0] != '.' && subject[n-1] != '.' && !bytes.Contains(subject, dotDot)
}

var dotDot = []byte("..")
