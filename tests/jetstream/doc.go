// Package jetstream holds tests of streams and consumers at a whole server, with the
// ecosystem's client library and command line tool.
package jetstream
