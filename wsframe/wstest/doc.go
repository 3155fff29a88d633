// Package wstest is for testing WebSocket implementations against each other:
// [Echo] answers as conformance suites expect of a server under test, and the
// command in wstest/echo runs it.
package wstest
