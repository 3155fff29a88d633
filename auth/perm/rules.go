package perm

import "time"

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
