// Package wsconn is a WebSocket for whoever just wants messages: a connection
// with ReadMessage and WriteMessage on top of the parts of module wsframe.
//
// # Where to start
//
// A server calls [Accept] in a handler of net/http, a client calls [Dial], and
// whoever did the handshake in another way, or wants another limit, calls [New].
// The rest of the package is [Conn]:
//
//   - [Conn.ReadMessage] lends a message, [Conn.AppendMessage] puts it into memory
//     of the caller's, [Conn.NextReader] streams it,
//   - [Conn.WriteMessage] sends one, and [Conn.WritePrepared] one that many get,
//   - [Conn.Close] does the closing handshake,
//   - [Conn.Bytes] makes a net.Conn of it.
//
// Pings are answered by whatever reads. So a connection has to be read from, even
// by who expects no messages, for pings and the close of the peer to be noticed.
//
// # Goroutines and locks
//
// Nothing here starts a goroutine. One lock is held while something reads and
// another while a message is written; neither is ever waited for with the other
// held, except that a reader that ends the connection waits for writers, which
// then have two seconds left.
//
// # Memory
//
// Memory is borrowed from pools while bytes pass through. A connection that waits
// for bytes holds less than 1 KiB on TCP and on Unix sockets; 4 KiB more where
// waiting takes memory to read into, which is with TLS and on Windows, and then
// 32 KiB for as long as a lot comes at once. With context takeover it holds in
// addition the window of what was received, up to 32 KiB, and some 200 KiB for
// compressing, each from the first message on.
//
// A message takes the memory that its bytes need once they are there, up to four
// times as much while it grows and never for what was only announced. It is bounded
// by the limit of the connection.
package wsconn
