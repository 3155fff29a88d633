// Package auth decides who a connection is and what it may do. It holds no
// socket, starts no goroutine and asks nobody: a [Request] says what a peer
// presented, and an answer is an [Identity] or a [Refusal].
//
// Start with [Directory], the users of a configuration. Package perm holds
// compiled permissions.
package auth
