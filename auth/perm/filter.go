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
}

// few is how many patterns are faster to try one by one.
const few = 8

func newFilter(patterns []string) *Filter {
	if len(patterns) == 0 {
		return nil
	}
	if len(patterns) <= few {
		return &Filter{patterns: patterns}
	}
	f := &Filter{many: sublist.New[struct{}]()}
	for _, p := range patterns {
		_, _ = f.many.Insert(p, "", struct{}{}) // they were checked
	}
	return f
}

// Denies reports whether a message on the literal subject is withheld.
func (f *Filter) Denies(subj []byte) bool {
	if f == nil {
		return false
	}
	if f.many != nil {
		return f.many.HasInterest(subj)
	}
	for _, p := range f.patterns {
		if subject.Match(p, subj) {
			return true
		}
	}
	return false
}
