// Package perm holds compiled permissions: which subjects a user may publish
// and subscribe to, what is withheld from a wildcard subscription, and which
// requests a service may answer.
//
// Start with [Rules], permissions as they are written, and [Compile], which
// makes a [Set] of them. A nil *Set stands for a user without restrictions, and
// every method of it allows.
//
// # Who asks what
//
// A connection asks [Cache.Publish] before it forwards a message, and
// [Replies.Allow] when that says no. It asks [Set.Subscribe] before it makes a
// subscription and keeps the [Filter] that [Set.Filter] gives for it. Whoever
// delivers a message to the subscription asks [Filter.Denies] with the concrete
// subject, because a wildcard that was allowed may take in subjects that are
// denied, and tells [Replies.Track] about the reply subject.
//
// # Two meanings of cover
//
// An allow entry covers a subscription if everything that the subscription can
// receive is allowed: "foo.>" covers "foo.*", and "foo.*" does not cover
// "foo.>". A deny entry covers a little more: a ">" in the place of one token
// also counts as that token, so that a denied "foo.*" refuses a subscription to
// "foo.>" where a mere overlap would filter it.
//
// # Concurrency
//
// Set and Filter are immutable; a Set prepares itself at the first question.
// Replies has a lock of its own, because publishers track while the connection
// asks. Cache belongs to one goroutine. No decision allocates memory, and none
// reads a clock: the caller passes the time.
package perm
