package embed

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/server"
)

const patience = 20 * time.Second

// run starts a server that the test's end stops; a Run that fails or leaves
// something behind fails the test.
func run(t *testing.T, options server.Options) *server.Server {
	t.Helper()
	srv, err := server.New(options)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			t.Error("Run did not return")
		}
	})
	select {
	case <-srv.Ready():
	case err := <-ended:
		ended <- err
		t.Fatalf("Run: %v", err)
	case <-time.After(patience):
		t.Fatal("not ready")
	}
	return srv
}

func connect(t *testing.T, url string, options ...nats.Option) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect(url, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// exchange sends a message from one connection to the other.
func exchange(t *testing.T, from, to *nats.Conn, payload string) {
	t.Helper()
	sub, err := to.SubscribeSync("embed.test")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(to.Flush(), from.Publish("embed.test", []byte(payload))); err != nil {
		t.Fatal(err)
	}
	msg, err := sub.NextMsg(patience)
	if err != nil || string(msg.Data) != payload {
		t.Fatalf("got %v, %v", msg, err)
	}
}

func TestClientURLConnects(t *testing.T) {
	t.Parallel()
	srv := run(t, server.Options{Host: "127.0.0.1", Port: -1})
	a, b := connect(t, srv.ClientURL()), connect(t, srv.ClientURL())
	exchange(t, a, b, "over the network")
}

func TestInProcessMeetsNetwork(t *testing.T) {
	t.Parallel()
	srv := run(t, server.Options{Host: "127.0.0.1", Port: -1})
	inside, outside := connect(t, "", nats.InProcessServer(srv)), connect(t, srv.ClientURL())
	exchange(t, inside, outside, "out")
	exchange(t, outside, inside, strings.Repeat("in ", 100000))
}

func TestManyServersInOneProcess(t *testing.T) {
	t.Parallel()
	const count = 10
	var conns []*nats.Conn
	for i := range count {
		srv := run(t, server.Options{Host: "127.0.0.1", Port: -1, ServerName: fmt.Sprint("s", i)})
		nc := connect(t, srv.ClientURL())
		if got := nc.ConnectedServerName(); got != fmt.Sprint("s", i) {
			t.Errorf("server %d calls itself %s", i, got)
		}
		if _, err := nc.SubscribeSync("who"); err != nil {
			t.Fatal(err)
		}
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
		conns = append(conns, nc)
	}
	if err := errors.Join(conns[0].Publish("who", nil), conns[0].Flush()); err != nil {
		t.Fatal(err)
	}
	for i, nc := range conns[1:] {
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
		if n := nc.Stats().InMsgs; n != 0 {
			t.Errorf("server %d got %d messages of server 0", i+1, n)
		}
	}
}

func TestShutdownEndsConnections(t *testing.T) {
	t.Parallel()
	srv := run(t, server.Options{Host: "127.0.0.1", Port: -1})
	closed := make(chan struct{})
	connect(t, srv.ClientURL(), nats.NoReconnect(), nats.ClosedHandler(func(*nats.Conn) { close(closed) }))
	srv.Shutdown()
	select {
	case <-closed:
	case <-time.After(patience):
		t.Error("the client is still connected")
	}
	if _, err := nats.Connect(srv.ClientURL()); err == nil {
		t.Error("connected after Shutdown")
	}
	srv.Shutdown()
}

// TestNothingIsLeftBehind runs alone: it counts goroutines.
func TestNothingIsLeftBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("server", func(t *testing.T) {
		srv := run(t, server.Options{Host: "127.0.0.1", Port: -1})
		for range 5 {
			a, b := connect(t, srv.ClientURL()), connect(t, "", nats.InProcessServer(srv))
			exchange(t, a, b, "x")
		}
	})
	// The client library ends its own goroutines a moment after Close.
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); runtime.NumGoroutine() > before; <-tick.C {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}
