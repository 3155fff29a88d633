// Package jetstream is the persistence engine of a NATS server: streams,
// consumers and the log below them. It knows no sockets and no connections; the
// host offers what it needs.
package jetstream
