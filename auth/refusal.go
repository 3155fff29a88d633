package auth

import "github.com/dunlin-mq/dunlin/protocol"

// Refusal is why a peer is not let in. The peer reads no more than
// 'Authorization Violation'; the rest is for the log and for monitoring.
type Refusal struct {
	// Reason is the close reason that monitoring shows.
	Reason protocol.CloseReason
	// Why is one line for the log, without any secret. May be empty.
	Why string
	// Loud puts Why into the log as an error, not as a debug line.
	Loud bool
	// User is who the peer said it was, or who it would have been, for log and
	// events; empty if it said nothing.
	User string
	// Matched is the user whom the peer would have been, had its credentials been
	// good: as the directory has it, whatever the peer says. Nil for nobody.
	Matched *Identity
	// Pinned says that the account is none of those that are let in at all.
	Pinned bool
}

func (r *Refusal) Error() string {
	if r.Why == "" {
		return "authorization violation"
	}
	return r.Why
}

// refuse is the ordinary refusal.
func refuse(why string) *Refusal {
	return &Refusal{Reason: protocol.AuthenticationFailure, Why: why}
}

// of says whom the peer would have been.
func (r *Refusal) of(id *Identity) *Refusal {
	r.Matched = id
	return r
}
