package perm

import (
	"slices"
	"time"
)

// Rules are permissions as they are written. A nil *Rules allows everything.
type Rules struct {
	// Publish and Subscribe restrict the two directions; nil restricts nothing.
	// Entries of Subscribe may name a queue group after a blank.
	Publish, Subscribe *Subjects
	// Responses lets the user answer requests that it received; nil does not.
	Responses *Responses
}

// Subjects are lists of patterns. Without Allow everything is allowed that
// Deny does not name.
type Subjects struct{ Allow, Deny []string }

// Responses bounds the answers to one request. Zero values mean 1 message and
// 2 minutes, negative ones no bound.
type Responses struct {
	Max int
	TTL time.Duration
}

// What zero values of [Responses] stand for.
const (
	DefaultMaxResponses = 1
	DefaultResponseTTL  = 2 * time.Minute
)

// Equal reports whether two users have the same permissions, entry by entry. A
// reload asks it to leave alone whoever it does not concern.
func (r *Rules) Equal(o *Rules) bool {
	if r == nil || o == nil || r == o {
		return r == o
	}
	return r.Publish.equal(o.Publish) && r.Subscribe.equal(o.Subscribe) && r.Responses.equal(o.Responses)
}

func (s *Subjects) equal(o *Subjects) bool {
	if s == nil || o == nil {
		return s == o
	}
	return slices.Equal(s.Allow, o.Allow) && slices.Equal(s.Deny, o.Deny)
}

func (r *Responses) equal(o *Responses) bool {
	if r == nil || o == nil {
		return r == o
	}
	return *r == *o
}
