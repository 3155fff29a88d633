// Package auth decides who a connection is and what it may do. It holds no
// socket, starts no goroutine and asks nobody: a [Request] says what a peer
// presented, and an answer is an [Identity] or a [Refusal].
//
// Start with [Directory], the users of a configuration, and its Authenticate.
// Package perm holds compiled permissions, package certmap finds the user that
// a certificate stands for.
//
// # Order of decisions
//
// The signature of a proxy comes first: a bad one is worse than none. Where nobody
// is asked, everybody is let in to [Global]. An nkey in CONNECT is
// looked up where there are nkeys, and nothing else is tried when it fails. Then
// users: by certificate on a listener that maps these, as the user without
// credentials if CONNECT has none, by name and password otherwise. The one user
// or token of a simple configuration comes last; a listener may have its own.
//
// # Concurrency
//
// A Directory is immutable: a reload makes another. Identities are shared by all
// the connections of a user and are never changed.
package auth
