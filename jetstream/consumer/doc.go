// Package consumer is the state machine of a consumer: which message is delivered
// to whom next, what was acknowledged, what has to be delivered again. It has no
// goroutine, no clock and no socket: times are arguments, in unix nanoseconds, and
// effects go to a [Host].
//
// Start with [Machine] and its Advance; pull.go and push.go say who gets messages,
// pending.go what is out, entries.go and snapshot.go how it survives a restart.
package consumer
