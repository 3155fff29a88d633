// Package client holds tests with the ecosystem's Go client library: what an
// application does with a server, over TCP and WebSocket, plain, compressed
// and over TLS, across restarts and lame duck mode. Every test runs against
// dunlin and against the reference.
package client
