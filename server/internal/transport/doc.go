// Package transport brings sockets to the server: it listens, accepts, and
// takes a new connection through whatever comes before the first NATS
// command. Bytes into connections, nothing else.
package transport
