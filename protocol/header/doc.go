// Package header reads and writes the header block that may precede the
// payload of a NATS message.
//
// A block looks like this, each line ending in CR LF and an empty one closing
// it:
//
//	NATS/1.0
//	Nats-Msg-Id: 42
//	Trace: on
//
// A status may follow the version, as in "NATS/1.0 503" or
// "NATS/1.0 100 Idle Heartbeat". Names are compared exactly, a name may occur
// several times, and the order of lines is kept.
//
// [Get] and [All] read; [Append], [Set] and [Delete] write a changed copy of a
// block to the end of a buffer; [ParseStatus] and [AppendStatus] deal with the
// inline status. Functions work on the block's bytes and build no map: a
// server looks up one or two names and passes the rest on untouched.
//
// # Blocks from strangers
//
// Servers do not validate the blocks that clients send, so every function
// takes any bytes whatever without panicking. Their meaning is the one that
// client libraries give them, lest a server and a client see different headers
// in the same bytes:
//
//   - What does not begin with "NATS/1.0" is no block. It has no headers, and
//     adding a header puts a new block in its place.
//   - A line ends at LF; the CR before it should be there but need not be.
//   - The first empty line ends the block. What follows is not looked at, and
//     does not survive the adding of a header.
//   - A last line without an ending is truncated. It is not looked at, and the
//     adding of a header completes it.
//
// [Validate] tells whether a block is as it should be.
package header
