package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/process"
)

// serve runs a server until a signal ends it.
func serve(line *config.CommandLine, stderr io.Writer) int {
	opts, warnings, err := line.Load()
	for _, w := range warnings {
		fmt.Fprintln(stderr, w)
	}
	if err != nil {
		return complain(stderr, err)
	}
	srv, err := server.New(*opts)
	if err != nil {
		return complain(stderr, err)
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, process.Handled()...)
	defer signal.Stop(signals)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go obey(srv, line, signals, ctx.Done())
	if err := srv.Run(ctx); err != nil {
		return 1 // logged
	}
	return 0
}

// obey carries out signals until done is closed.
func obey(srv *server.Server, line *config.CommandLine, signals <-chan os.Signal, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case sig := <-signals:
			srv.LogSignal(sig)
			switch process.CommandOf(sig) {
			case process.CommandQuit:
				go srv.Shutdown()
			case process.CommandTerm:
				if !srv.IsLameDuck() {
					go srv.Shutdown()
				}
			case process.CommandReopen:
				srv.ReopenLog()
			case process.CommandLDM:
				go srv.LameDuck()
			case process.CommandReload:
				srv.ReloadFrom(func() (*server.Options, error) {
					opts, _, err := line.Load()
					return opts, err
				})
			}
		}
	}
}
