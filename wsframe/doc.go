// Package wsframe is WebSocket without sockets: the frames of RFC 6455 as
// values, functions on byte slices and state machines that are fed with bytes.
//
// Start with [Reader], which takes apart what a peer sends however it is cut,
// and [AppendFrame], which writes. The packages beside this one add what a
// program needs around them:
//
//   - deflate is the permessage-deflate extension of RFC 7692,
//   - handshake turns an HTTP request into a WebSocket and dials one,
//   - wsconn puts them together for whoever just wants messages.
//
// Nothing here starts a goroutine, reads a clock or blocks.
package wsframe
