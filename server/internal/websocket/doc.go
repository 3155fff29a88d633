// Package websocket is the door for clients that come over WebSocket: it
// takes an accepted connection through TLS and HTTP up to the point where it
// carries frames.
//
// Start with [Front], which is everything that the configuration says about
// the listener, and [Front.Admit], the way of one connection. What becomes of
// the connection then is decided by the caller, who is told its [Kind] and what
// its request said about who is there.
package websocket
