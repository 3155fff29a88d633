package perm

import (
	"sync"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/protocol/sublist"
)

// Set is compiled permissions. It is immutable to whoever uses it and safe for
// concurrent use; a nil *Set allows everything.
type Set struct {
	rules *Rules
	// once guards the making of compiled, at the first question: of many users
	// that a configuration has few may ever come.
	once     sync.Once
	compiled compiled
}

// compiled is what answers questions.
type compiled struct {
	// allowed and denied are for publishers; nil if the list is empty.
	allowed, denied *sublist.Index[struct{}]
	// answersOnly: nothing may be published but answers to requests;
	// publishesAll: everything may be.
	answersOnly, publishesAll bool

	subscribes bool  // there is a list of what may be subscribed to
	allow      *tree // that list
	deny       *tree
	// everyDeny withholds what is denied whatever the group.
	everyDeny *Filter
}

// Compile prepares r, which must not be changed any more; the result is nil if
// nothing is restricted. The error joins an [*EntryError] for each entry that is
// no subject.
func Compile(r *Rules) (*Set, error) {
	if err := Validate(r); err != nil {
		return nil, err
	}
	if r == nil || r.Publish == nil && r.Subscribe == nil && r.Responses == nil {
		return nil, nil
	}
	return &Set{rules: r}, nil
}

// ready returns what answers questions.
func (s *Set) ready() *compiled {
	s.once.Do(func() { s.compiled = compile(s.rules) })
	return &s.compiled
}

// compile makes it of rules that were checked.
func compile(r *Rules) (c compiled) {
	restricted := false // there is a list of what may be published to
	if p := r.Publish; p != nil {
		restricted = len(p.Allow) > 0
		c.allowed, c.denied = newIndex(p.Allow), newIndex(p.Deny)
	}
	c.answersOnly = r.Responses != nil && !restricted
	c.publishesAll = !c.answersOnly && !restricted && c.denied == nil
	if sub := r.Subscribe; sub != nil {
		deny := entries(sub.Deny)
		c.subscribes = len(sub.Allow) > 0
		c.allow, c.deny = newTree(entries(sub.Allow)), newTree(deny)
		c.everyDeny = newFilter(aboutEveryone(deny))
	}
	return c
}

// entries parses what was checked.
func entries(list []string) []entry {
	out := make([]entry, len(list))
	for i, text := range list {
		out[i], _ = parseEntry(text, true)
	}
	return out
}

func aboutEveryone(list []entry) (subjects []string) {
	for _, e := range list {
		if e.queue == "" {
			subjects = append(subjects, e.subject)
		}
	}
	return subjects
}

// newIndex returns an index of patterns for questions about literal subjects.
func newIndex(patterns []string) *sublist.Index[struct{}] {
	if len(patterns) == 0 {
		return nil
	}
	x := sublist.New[struct{}]()
	for _, p := range patterns {
		_, _ = x.Insert(p, "", struct{}{}) // they were checked
	}
	return x
}

// Rules returns what the set was compiled from; it must not be changed.
func (s *Set) Rules() *Rules {
	if s == nil {
		return nil
	}
	return s.rules
}

// Publish reports whether the literal subject may be published to, apart from
// answers to requests.
func (s *Set) Publish(subj []byte) bool {
	if s == nil {
		return true
	}
	c := s.ready()
	switch {
	case c.answersOnly:
		return false
	case c.allowed != nil && !c.allowed.HasInterest(subj):
		return false
	}
	return c.denied == nil || !c.denied.HasInterest(subj)
}

// Subscribe reports whether a subscription to the pattern may be made; queue is
// empty for a plain one. Entries about queue groups decide about these alone:
// where one covers the pattern, the group has to be one of those that are named.
func (s *Set) Subscribe(pattern, queue string) bool {
	if s == nil {
		return true
	}
	c := s.ready()
	return (!c.subscribes || c.allows(pattern, queue)) && !c.denies(pattern, queue)
}

func (c *compiled) allows(pattern, queue string) bool {
	plain, named, member := false, false, false
	c.allow.covering(pattern, false, func(e *entry) bool {
		if e.queue == "" {
			plain = true
			return queue == "" // nothing else matters then
		}
		named = true
		member = member || matchesQueue(e.queue, queue)
		return member && queue != ""
	})
	if queue != "" && named {
		return member
	}
	return plain
}

func (c *compiled) denies(pattern, queue string) bool {
	return c.deny.covering(pattern, true, func(e *entry) bool { return e.concerns(queue) })
}

// concerns reports whether an entry is about a subscription of that group, or a
// plain one.
func (e *entry) concerns(queue string) bool {
	return e.queue == "" || queue != "" && matchesQueue(e.queue, queue)
}

func matchesQueue(pattern, queue string) bool {
	return pattern == queue || subject.Match(pattern, queue)
}
