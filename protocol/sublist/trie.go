package sublist

import (
	"bytes"
	"hash/maphash"
	"math/bits"
	"strings"
	"sync"
	"sync/atomic"
)

// trie holds the subscriptions with wildcards. Its nodes are branches, one per
// token. A branch points to its first child itself; the edges to all others lie
// in one table for the whole trie, so a branch costs the same with two children
// and with a million.
//
// Readers take no lock. Writers take mu; a path is published from the root
// downwards and its leaf last, and taken back in the opposite order.
type trie[T any] struct {
	some  atomic.Bool // there are subscriptions: if not, nobody walks
	seed  maphash.Seed
	root  branch[T]
	edges table[branch[T]]

	_     [cacheLine]byte // from here on the writers'
	mu    sync.Mutex
	count int // subscriptions
}

// branch is a node of the trie: where the subscriptions that begin with the
// same tokens part.
type branch[T any] struct {
	parent *branch[T]                // nil for the root
	token  string                    // of the edge from parent
	hash   uint64                    // of the whole path; the root's is random
	star   atomic.Pointer[branch[T]] // the child by "*"
	lone   atomic.Pointer[branch[T]] // a child by a literal token, which is not in edges
	kids   atomic.Int32              // number of children in edges
	rest   atomic.Pointer[leaf[T]]   // subscriptions that end in ">" here
	end    atomic.Pointer[leaf[T]]   // subscriptions that end here
}

func (t *trie[T]) init(seed maphash.Seed) {
	t.seed = seed
	t.root.hash = maphash.String(seed, "")
	t.edges.init()
}

// childHash combines the hash of a path with that of its next token.
func childHash(path, token uint64) uint64 {
	hi, lo := bits.Mul64(path^token, 0x9e3779b97f4a7c15)
	return (hi ^ lo) | hashBit
}

// insert adds v under subject, which has a wildcard and is valid.
func (t *trie[T]) insert(subject, queue string, v T) *Entry[T] {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := &t.root
	at := (*atomic.Pointer[leaf[T]])(nil)
	for token := range strings.SplitSeq(subject, ".") {
		switch token {
		case ">":
			at = &b.rest
		case "*":
			b = t.star(b)
			at = &b.end
		default:
			b = t.child(b, token)
			at = &b.end
		}
	}
	if t.count++; t.count == 1 {
		t.some.Store(true)
	}
	l := at.Load()
	if l == nil {
		l = newSolo(subject, b, queue, v)
		at.Store(l)
		return &l.first
	}
	n, e := l.join(queue, v)
	if n != l {
		at.Store(n)
	}
	return e
}

// star returns the branch that "*" leads to from b; it is made if need be.
func (t *trie[T]) star(b *branch[T]) *branch[T] {
	s := b.star.Load()
	if s == nil {
		s = &branch[T]{parent: b, token: "*", hash: childHash(b.hash, maphash.String(t.seed, "*"))}
		b.star.Store(s)
	}
	return s
}

// child returns the branch that a literal token leads to from b; it is made if
// need be.
func (t *trie[T]) child(b *branch[T], token string) *branch[T] {
	if c := b.lone.Load(); c != nil && c.token == token {
		return c
	}
	h := childHash(b.hash, maphash.String(t.seed, token))
	if b.kids.Load() != 0 {
		if c := findBranch(t.edges.at(h), h, b, token); c != nil {
			return c
		}
	}
	// A copy: the branch may outlive the subscription it came with.
	c := &branch[T]{parent: b, token: strings.Clone(token), hash: h}
	if b.lone.Load() == nil {
		b.lone.Store(c)
		return c
	}
	s := t.edges.lockRoomy(h)
	s.put(h, c)
	s.mu.Unlock()
	b.kids.Add(1)
	return c
}

// remove removes e and returns whether it was there.
func (t *trie[T]) remove(e *Entry[T]) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := e.leaf.Load()
	if l == nil {
		return false
	}
	if t.count--; t.count == 0 {
		t.some.Store(false)
	}
	if l.leave(e) {
		return true
	}
	b := l.branch
	if b.rest.Load() == l {
		b.rest.Store(nil)
	} else {
		b.end.Store(nil)
	}
	t.prune(b)
	return true
}

// prune removes b and what leads to it as far as nothing else needs it.
func (t *trie[T]) prune(b *branch[T]) {
	for b.parent != nil && b.idle() {
		p := b.parent
		switch {
		case p.star.Load() == b:
			p.star.Store(nil)
		case p.lone.Load() == b:
			p.lone.Store(nil)
		default:
			s := t.edges.lock(b.hash)
			s.drop(b.hash, b)
			t.edges.unlock(s, b.hash)
			p.kids.Add(-1)
		}
		b = p
	}
}

// idle returns whether b leads nowhere.
func (b *branch[T]) idle() bool {
	return b.star.Load() == nil && b.lone.Load() == nil && b.kids.Load() == 0 &&
		b.rest.Load() == nil && b.end.Load() == nil
}

// match adds what matches subject, which has no empty token, to r. It visits
// the branches level by level: each can be reached in one way only, so there
// are never more of them than the subscriptions have made.
func (t *trie[T]) match(subject []byte, r *Result[T]) {
	here, next := append(r.here[:0], &t.root), r.next[:0]
	for more := true; more && len(here) > 0; {
		token := subject
		if i := bytes.IndexByte(subject, '.'); i >= 0 {
			token, subject = subject[:i], subject[i+1:]
		} else {
			more = false
		}
		for _, b := range here {
			if l := b.rest.Load(); l != nil {
				r.collect(l)
			}
		}
		next = t.step(here, next[:0], token)
		here, next = next, here
		if more {
			continue
		}
		for _, b := range here {
			if l := b.end.Load(); l != nil {
				r.collect(l)
			}
		}
	}
	r.here, r.next = here, next
}

// matchAny returns whether anything matches subject, which has no empty token.
func (t *trie[T]) matchAny(subject []byte) bool {
	var a, b [16]*branch[T]
	here, next := append(a[:0], &t.root), b[:0]
	for more := true; more && len(here) > 0; {
		token := subject
		if i := bytes.IndexByte(subject, '.'); i >= 0 {
			token, subject = subject[:i], subject[i+1:]
		} else {
			more = false
		}
		for _, b := range here {
			if b.rest.Load() != nil {
				return true
			}
		}
		next = t.step(here, next[:0], token)
		here, next = next, here
		if more {
			continue
		}
		for _, b := range here {
			if b.end.Load() != nil {
				return true
			}
		}
	}
	return false
}

// step appends to next where token leads to from the branches here.
func (t *trie[T]) step(here, next []*branch[T], token []byte) []*branch[T] {
	var hash uint64
	hashed := false
	for _, b := range here {
		if c := b.lone.Load(); c != nil && c.token == string(token) {
			next = append(next, c)
		} else if b.kids.Load() != 0 {
			if !hashed {
				hash, hashed = maphash.Bytes(t.seed, token), true
			}
			h := childHash(b.hash, hash)
			if c := findBranch(t.edges.at(h), h, b, token); c != nil {
				next = append(next, c)
			}
		}
		if s := b.star.Load(); s != nil {
			next = append(next, s)
		}
	}
	return next
}

// findBranch returns the child of parent by token in s, or nil.
func findBranch[T any, K string | []byte](s *shard[branch[T]], h uint64, parent *branch[T], token K) *branch[T] {
	mask := uint64(len(s.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch s.slots[i].hash.Load() {
		case slotEmpty:
			return nil
		case h:
			b := s.slots[i].node.Load()
			if b != nil && b.parent == parent && b.token == string(token) {
				return b
			}
		}
	}
}

// all calls yield for every leaf until it returns false.
func (t *trie[T]) all(yield func(*leaf[T]) bool) {
	var todo []*branch[T] // not recursion: subjects can be long
	below := func(b *branch[T]) bool {
		todo = append(todo[:0], b)
		for len(todo) > 0 {
			b := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, l := range [...]*leaf[T]{b.end.Load(), b.rest.Load()} {
				if l != nil && !yield(l) {
					return false
				}
			}
			for _, c := range [...]*branch[T]{b.star.Load(), b.lone.Load()} {
				if c != nil {
					todo = append(todo, c)
				}
			}
		}
		return true
	}
	if below(&t.root) {
		t.edges.all(below)
	}
}
