// Package cli holds tests with the ecosystem's command-line client, as a
// user at a terminal runs it, over TCP and WebSocket.
package cli
