// Package server is a fixture.
package server

import "example.test/house/protocol"

// Greeting is what the command says.
func Greeting() string { return protocol.Word }
