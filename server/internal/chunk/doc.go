// Package chunk lends out reference-counted byte buffers in a few sizes.
//
// A [Chunk] starts with one reference, held by whoever got it. Bytes that were
// read from a socket into a Chunk can be queued to any number of outboxes
// without a copy: each queue entry retains the Chunk and releases it when the
// bytes are written. With the last release the buffer goes back to its pool,
// so nobody may keep a slice into a Chunk that it has not retained.
//
// Builds with the race detector, or with the tag invariants, watch over this:
// they panic on a release too many, overwrite what is given back, and know
// who holds what (see [Held]).
package chunk
