// Package protocol speaks the NATS client protocol: an incremental zero-copy
// parser, append-style encoders, the INFO and CONNECT documents and the -ERR
// catalogue. It holds no goroutine, socket or clock.
package protocol
