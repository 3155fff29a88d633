// Package ws is the client's side of WebSocket for black-box tests: it can say
// what a good client never would, and it checks what a server must not do.
//
// It shares nothing with the module wsframe, on purpose: a mistake made there
// would otherwise be made here as well, and the tests would not see it. It is
// written to be read, not to be fast.
//
// A [Request] and a [Response] are heads of HTTP as they stand on the wire. A
// [Frame] is one frame in either direction, [Deflate] and [Inflate] are
// permessage-deflate without context takeover, and a [Stream] is a connection
// after the handshake, to be read as a stream of bytes or frame by frame.
//
// Reading order: head.go, frame.go, deflate.go, stream.go.
package ws
