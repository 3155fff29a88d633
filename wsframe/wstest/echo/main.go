// Command echo is a WebSocket server that sends every message back, for
// conformance suites to drive:
//
//	go run ./wsframe/wstest/echo -addr 127.0.0.1:9001 -deflate no-takeover
//
// Messages may have 16 MiB, and text has to be UTF-8. It prints the URL that it
// serves and ends with an interrupt or SIGTERM, which closes what is open with
// status 1001.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe/wstest"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:9001", "`host:port` to listen on; port 0 takes a free one")
	mode := flag.String("deflate", "no-takeover", "compression: off, no-takeover or takeover")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *mode, func(a net.Addr) { fmt.Printf("ws://%s\n", a) }); err != nil {
		fmt.Fprintln(os.Stderr, "echo:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. listening is told the address.
func run(ctx context.Context, addr, mode string, listening func(net.Addr)) error {
	e, err := wstest.NewEcho(mode)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	// The connections that Echo has are no longer the server's.
	defer context.AfterFunc(ctx, func() { _ = srv.Close() })()
	defer e.Close()
	listening(ln.Addr())
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
