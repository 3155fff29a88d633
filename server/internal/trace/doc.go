// Package trace is message tracing: a publisher asks in the header of a
// message what becomes of it, and the server answers with a report, a JSON
// document published to a subject that the publisher names.
//
// [Asked] is the cheap test that every message with a header pays for,
// [ParseRequest] reads what is asked, a [Trace] collects the events of one
// message, and [Trace.Report] turns them into a message. The package knows the
// header names and the JSON; who receives a message, and in which order, the
// router knows and records.
//
// # Whose JSON it is
//
// Keys, their order and all texts are those of nats-server 2.15, because
// command line tools draw trees from them. Only blocks that are no headers are
// read in another way: here a line without a colon is skipped, and an empty
// one ends the block; there both are taken for the beginning of the next name.
package trace
