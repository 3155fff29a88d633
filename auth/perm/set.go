package perm

import (
	"sync"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/protocol/sublist"
)

// Set is compiled permissions. It is immutable and safe for concurrent use; a
// nil *Set allows everything.
type Set struct {
	rules     *Rules
	publish   lists
	subscribe lists
	// answersOnly: nothing may be published but answers to requests.
	answersOnly bool
	// publishesAll: everything may be published.
	publishesAll bool
	// everyDeny makes the filter of all entries that deny whatever the group.
	everyDeny func() *Filter
}

// lists are both lists of one direction.
type lists struct {
	restricted  bool // there is an allow list
	allow, deny []entry
	// For literal subjects, which publishers ask about; nil if a list is empty.
	allowed, denied *sublist.Index[struct{}]
}

// Compile prepares r; the result is nil if nothing is restricted. The error joins
// an [*EntryError] for each entry that is no subject.
func Compile(r *Rules) (*Set, error) {
	if err := Validate(r); err != nil {
		return nil, err
	}
	if r == nil || r.Publish == nil && r.Subscribe == nil && r.Responses == nil {
		return nil, nil
	}
	s := &Set{rules: r, publish: newLists(r.Publish, false), subscribe: newLists(r.Subscribe, true)}
	s.publish.index()
	s.answersOnly = r.Responses != nil && !s.publish.restricted
	s.publishesAll = !s.answersOnly && !s.publish.restricted && len(s.publish.deny) == 0
	s.everyDeny = sync.OnceValue(s.filterAll)
	return s, nil
}

func (s *Set) filterAll() *Filter {
	var denied []string
	for _, e := range s.subscribe.deny {
		if e.queue == "" {
			denied = append(denied, e.subject)
		}
	}
	return newFilter(denied)
}

// newLists parses entries that were checked.
func newLists(s *Subjects, queues bool) (l lists) {
	if s == nil {
		return l
	}
	parse := func(list []string) []entry {
		out := make([]entry, len(list))
		for i, text := range list {
			out[i], _ = parseEntry(text, queues)
		}
		return out
	}
	l.allow, l.deny = parse(s.Allow), parse(s.Deny)
	l.restricted = len(l.allow) > 0
	return l
}

// index prepares the lists for literal subjects.
func (l *lists) index() {
	build := func(list []entry) *sublist.Index[struct{}] {
		if len(list) == 0 {
			return nil
		}
		x := sublist.New[struct{}]()
		for _, e := range list {
			_, _ = x.Insert(e.subject, "", struct{}{}) // they were checked
		}
		return x
	}
	l.allowed, l.denied = build(l.allow), build(l.deny)
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
	l := &s.publish
	switch {
	case s.answersOnly:
		return false
	case l.restricted && !l.allowed.HasInterest(subj):
		return false
	}
	return l.denied == nil || !l.denied.HasInterest(subj)
}

// Subscribe reports whether a subscription to the pattern may be made; queue is
// empty for a plain one. Entries about queue groups decide about these alone:
// where one covers the pattern, the group has to be one of those that are named.
func (s *Set) Subscribe(pattern, queue string) bool {
	if s == nil {
		return true
	}
	l := &s.subscribe
	return (!l.restricted || l.allowsSubscription(pattern, queue)) && !l.deniesSubscription(pattern, queue)
}

func (l *lists) allowsSubscription(pattern, queue string) bool {
	plain, named, member := false, false, false
	for _, e := range l.allow {
		if !subject.Subset(pattern, e.subject) {
			continue
		}
		if e.queue == "" {
			plain = true
			continue
		}
		named = true
		member = member || matchesQueue(e.queue, queue)
	}
	if queue != "" && named {
		return member
	}
	return plain
}

func (l *lists) deniesSubscription(pattern, queue string) bool {
	for _, e := range l.deny {
		if e.concerns(queue) && subject.Match(e.subject, pattern) {
			return true
		}
	}
	return false
}

// concerns reports whether an entry is about a subscription of that group, or a
// plain one.
func (e *entry) concerns(queue string) bool {
	return e.queue == "" || queue != "" && matchesQueue(e.queue, queue)
}

func matchesQueue(pattern, queue string) bool {
	return pattern == queue || subject.Match(pattern, queue)
}
