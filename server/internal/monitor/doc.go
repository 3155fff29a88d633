// Package monitor is the server's HTTP interface for operators: what it is
// doing and how it is doing, as JSON documents.
//
// [New] makes the handler; every endpoint has a file of its own, named after
// it, with the document it answers and the function that fills it in. What
// the documents say about the server comes through the small interfaces of
// source.go, so a handler can be tested without a server and without sockets.
// [Listen] puts a handler, this one or that of [Profiler], on a port.
//
// The fields, their order and when they are left out follow nats-server:
// tools parse them. Endpoints of features that this server does not have
// answer as nats-server does with the feature turned off.
//
// # Cost
//
// The port has no authentication, so nobody may make a request expensive. A
// list is sorted by keys and only the page asked for is described; no more
// than a few lists are made at a time; headers are bounded in time and size.
// Numbers from the peer are clamped before they are used, never added.
//
// # Secrets
//
// Nothing in here may hold one. The types of source.go have no field for
// passwords, tokens or keys, and command lines arrive redacted.
//
// # Goroutines
//
// A [Listener] owns the goroutine that accepts and, through net/http, one for
// each connection. All have ended when [Listener.Close] returns. Nothing else
// runs in the background.
package monitor
