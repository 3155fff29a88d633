package perm

import (
	"strings"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Set is compiled permissions. It is immutable and safe for concurrent use; a
// nil *Set allows everything.
type Set struct{ rules *Rules }

// Compile prepares r; the result is nil if nothing is restricted.
func Compile(r *Rules) (*Set, error) {
	if r == nil || r.Publish == nil && r.Subscribe == nil && r.Responses == nil {
		return nil, nil
	}
	return &Set{r}, nil
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
	return s == nil || s.rules.Publish.allows(subj)
}

// Subscribe reports whether a subscription to the pattern may be made; queue is
// empty for a plain one.
func (s *Set) Subscribe(pattern, queue string) bool {
	return s == nil || s.rules.Subscribe.allows([]byte(pattern))
}

func (s *Subjects) allows(subj []byte) bool {
	if s == nil {
		return true
	}
	covers := func(list []string) bool {
		for _, p := range list {
			if !strings.Contains(p, " ") && subject.Subset(string(subj), p) {
				return true
			}
		}
		return false
	}
	return (len(s.Allow) == 0 || covers(s.Allow)) && !covers(s.Deny)
}

// Filter returns what has to be withheld from a subscription that was allowed,
// nil if nothing: a wildcard may take in subjects that are denied.
func (s *Set) Filter(pattern, queue string) *Filter { return nil }

// Filter withholds messages at delivery. It is safe for concurrent use.
type Filter struct{}

// Denies reports whether a message on the literal subject is withheld.
func (f *Filter) Denies(subj []byte) bool { return false }

// Replies remembers which requests a connection received and may still answer.
// It is safe for concurrent use: publishers track, the connection asks.
type Replies struct{}

// NewReplies returns the memory for a connection, nil unless s lets it answer.
func (s *Set) NewReplies() *Replies { return nil }

// Track notes that a message with this reply subject was delivered at the given
// time, in unix nanoseconds.
func (r *Replies) Track(reply []byte, now int64) {}

// Allow reports whether an answer may be published to the subject, and counts
// it.
func (r *Replies) Allow(subj []byte, now int64) bool { return false }

// Cache remembers decisions about publishing. It belongs to one goroutine.
type Cache struct{}

// Publish is [Set.Publish], remembered. A Cache that sees another Set forgets.
func (c *Cache) Publish(s *Set, subj []byte) bool { return s.Publish(subj) }
