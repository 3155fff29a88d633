// Command chat is a chat room for browsers: one page, one room, no history.
//
//	go run ./wsframe/examples/chat -addr 127.0.0.1:8080
//
// and open http://127.0.0.1:8080 in two windows. room.go shows how one message
// is encoded and compressed once for everybody, and what becomes of who does not
// keep up.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

//go:embed index.html
var page []byte

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "`host:port` to listen on; port 0 takes a free one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, func(a net.Addr) { fmt.Printf("http://%s\n", a) }); err != nil {
		fmt.Fprintln(os.Stderr, "chat:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. listening is told the address.
func run(ctx context.Context, addr string, listening func(net.Addr)) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	room := newRoom()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page) // the browser left, or not
	})
	mux.Handle("GET /chat", room)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	// WebSockets are no longer the server's: the room closes them.
	defer context.AfterFunc(ctx, func() { _ = srv.Close() })()
	defer room.close()
	listening(ln.Addr())
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
