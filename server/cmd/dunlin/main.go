// Command dunlin is the NATS-compatible messaging server.
package main

import (
	_ "github.com/dunlin-mq/dunlin/protocol"
	_ "github.com/klauspost/compress/s2"
	_ "github.com/nats-io/nkeys"
	_ "golang.org/x/sync/errgroup"
)

func main() {}
