package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"

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
	srv.SetLoader(loader(line))
	giveBackMemory()
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, process.Handled()...)
	defer signal.Stop(signals)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err = srv.Run(context.Background())
	}()
	if !obey(srv, line, signals, ended) {
		return 0
	}
	if err != nil {
		return 1 // logged
	}
	return 0
}

// largeHeap is from how many bytes on memory that a configuration took is given
// back to the system at once.
const largeHeap = 64 << 20

// giveBackMemory returns what reading a large configuration has left behind.
func giveBackMemory() {
	var mem runtime.MemStats
	if runtime.ReadMemStats(&mem); mem.HeapSys > largeHeap {
		debug.FreeOSMemory()
	}
}

// obey carries out signals until the server has ended. It reports false if
// somebody interrupts a second time: who does that does not want to wait.
func obey(srv *server.Server, line *config.CommandLine, signals <-chan os.Signal, ended <-chan struct{}) bool {
	interrupted := false
	for {
		select {
		case <-ended:
			return true
		case sig := <-signals:
			srv.LogSignal(sig)
			switch process.CommandOf(sig) {
			case process.CommandQuit:
				if interrupted {
					return false
				}
				interrupted = true
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
				reload(srv, line)
			}
		}
	}
}

// reload puts the command line's file in force again. What comes of it is in the log.
func reload(srv *server.Server, line *config.CommandLine) {
	_ = srv.ReloadFrom(loader(line))
}

// loader reads the command line's file again.
func loader(line *config.CommandLine) func() (*server.Options, error) {
	return func() (*server.Options, error) {
		opts, _, err := line.Load()
		return opts, err
	}
}
