package store

import (
	"slices"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Filter lets through messages by their subjects. It is immutable; nil lets
// everything through.
type Filter struct {
	patterns []string
	literal  bool // one pattern, without wildcards
}

// NewFilter returns a filter for subjects that match any of the patterns, which
// are valid; nil for none, or if one of them is ">".
func NewFilter(patterns ...string) *Filter {
	if len(patterns) == 0 || slices.Contains(patterns, ">") {
		return nil
	}
	return &Filter{slices.Clone(patterns), len(patterns) == 1 && !subject.HasWildcard(patterns[0])}
}

// Match reports whether a literal subject is let through.
func (f *Filter) Match(subj []byte) bool {
	return match(f, subj)
}

// matches is Match for a string.
func (f *Filter) matches(subj string) bool { return match(f, subj) }

func match[T subject.Text](f *Filter, subj T) bool {
	if f == nil {
		return true
	}
	if f.literal {
		return f.patterns[0] == string(subj)
	}
	for _, p := range f.patterns {
		if subject.Match(p, subj) {
			return true
		}
	}
	return false
}

// Literal returns the one subject that the filter lets through, and false if that
// cannot be told.
func (f *Filter) Literal() (string, bool) {
	if f == nil || !f.literal {
		return "", false
	}
	return f.patterns[0], true
}

// Patterns returns the patterns, nil for everything. The slice must not be
// changed.
func (f *Filter) Patterns() []string {
	if f == nil {
		return nil
	}
	return f.patterns
}
