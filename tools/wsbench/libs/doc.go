// Package libs puts the WebSocket libraries that are compared behind one small
// interface, [Library], each used in the fastest way that its documentation
// shows: buffers are reused where a library lets its user bring them, nothing
// is configured that a server would not configure, and every connection comes
// out of the library's own handshake where it has one.
//
// [All] lists them. One file is one library; upgrade.go has the HTTP
// request that their handshakes see.
package libs
