// Package protocol is a fixture.
package protocol

// Word is something that server needs.
const Word = "hello"
