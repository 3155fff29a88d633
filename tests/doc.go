// Package tests holds the black-box tests: the real binary, real clients and
// the reference server as a peer.
package tests

import (
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/nats-io/nats.go"
)
