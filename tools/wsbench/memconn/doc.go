// Package memconn has the two ends of a connection that a benchmark needs, in memory:
// a [Source] serves prepared bytes to whoever reads, a [Sink] takes what is written
// and forgets it. Neither costs more than the copy that a socket costs too, so
// that what is measured is the library between them.
//
// [Stream] writes the bytes that a Source serves, with an encoder of its own: no
// library that is measured says what a frame looks like.
package memconn
