// Command dunlin is the NATS-compatible messaging server.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/dunlin-mq/dunlin/server"
)

func main() {
	port := flag.Int("p", 4222, "port")
	host := flag.String("a", "", "host")
	flag.Parse()
	srv, err := server.New(server.Options{Port: *port, Host: *host})
	if err != nil {
		fmt.Fprintln(os.Stderr, "dunlin:", err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := srv.Run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "dunlin:", err)
		os.Exit(1)
	}
}
