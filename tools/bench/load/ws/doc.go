// Package ws is the least WebSocket client that a load needs: it costs little, and it knows
// nothing that the servers it loads could share with it.
//
// Upgrade makes a Conn from a TCP connection. At first a Conn is read and written like any
// connection, which is slow and convenient: for setting up. Push turns it around: from then on the
// caller reads the socket itself and pushes what it got; the Decoder (decoder.go) takes the frames
// apart and hands on what they carry. A compressed message is inflated only if somebody wants to
// see it; one that nobody wants costs no more than its header. AppendFrame (frame.go) and Deflate
// (deflate.go) build what a client sends.
//
// Of RFC 6455 and RFC 7692 it takes what a server of messages sends: everything but extensions it
// did not ask for and context takeover, which it declines in its offer. Frames are checked as far
// as that tells a broken stream from a sound one.
//
// The package starts no goroutines. A Conn belongs to one at a time.
package ws
