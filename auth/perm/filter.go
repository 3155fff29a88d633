package perm

import (
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/protocol/sublist"
)

// Filter withholds messages at delivery. It is immutable and safe for concurrent
// use.
type Filter struct {
	patterns []string                 // a few
	many     *sublist.Index[struct{}] // or many; nil otherwise
	also     *Filter                  // shared by subscriptions; may be nil
}

// few is how many patterns are faster to try one by one.
const few = 8

// Filter returns what has to be withheld from a subscription that was allowed,
// nil if nothing: a wildcard may take in subjects that are denied.
func (s *Set) Filter(pattern, queue string) *Filter {
	if s == nil {
		return nil
	}
	c := s.ready()
	var plain, group []string // entries about everyone, and about this group
	c.deny.overlapping(pattern, func(e *entry) bool {
		switch {
		case e.queue == "" && len(plain) <= few:
			plain = append(plain, e.subject)
		case e.queue != "" && e.concerns(queue):
			group = append(group, e.subject)
		}
		return len(plain) > few && queue == ""
	})
	if len(plain) <= few {
		return newFilter(append(plain, group...))
	}
	// Long lists would cost a copy for each subscription. All of them may be asked:
	// what does not overlap matches nothing that is delivered here.
	if len(group) == 0 {
		return c.everyDeny
	}
	f := newFilter(group)
	f.also = c.everyDeny
	return f
}

func newFilter(patterns []string) *Filter {
	if len(patterns) == 0 {
		return nil
	}
	if len(patterns) <= few {
		return &Filter{patterns: patterns}
	}
	return &Filter{many: newIndex(patterns)}
}

// Denies reports whether a message on the literal subject is withheld.
func (f *Filter) Denies(subj []byte) bool {
	if f == nil {
		return false
	}
	if f.many != nil && f.many.HasInterest(subj) {
		return true
	}
	for _, p := range f.patterns {
		if subject.Match(p, subj) {
			return true
		}
	}
	return f.also.Denies(subj)
}
