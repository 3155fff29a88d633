// Package wsconn is a WebSocket for whoever just wants messages: a connection
// with ReadMessage and WriteMessage on top of the parts of module wsframe.
//
// A server calls [Accept] in a handler of net/http, a client calls [Dial], and
// whoever did the handshake in another way calls [New]. The rest of the package
// is [Conn].
//
// Nothing here starts a goroutine. A connection holds 4 KiB to read into and
// what its longest message lately needed, up to 64 KiB; with context takeover
// some 200 KiB more.
package wsconn
