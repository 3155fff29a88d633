package server_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/server"
)

func TestInProcessConnNeedsARunningServer(t *testing.T) {
	t.Parallel()
	r := create(t, server.Options{})
	check := func(when string) {
		t.Helper()
		if nc, err := r.InProcessConn(); !errors.Is(err, server.ErrNotRunning) || nc != nil {
			t.Errorf("%s: got %v, %v", when, nc, err)
		}
	}
	check("before Run")
	r.run(context.Background())
	r.inside().quiet().barrier()
	r.Shutdown()
	check("after Shutdown")
}

func TestInProcessMeetsNetwork(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{})
	in, out := r.inside().quiet(), r.dial().quiet()
	payload := strings.Repeat("x", 100000)
	for _, way := range [][2]*client{{in, out}, {out, in}} {
		from, to := way[0], way[1]
		to.send("SUB a 1", "PING")
		to.expect("PONG")
		from.send("PUB a 100000", payload, "PING")
		from.expect("PONG")
		to.expect("MSG a 1 100000", payload)
		to.send("UNSUB 1")
		to.barrier()
	}
}

func TestDontListen(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{DontListen: true, Port: 4711})
	a, b := r.inside().quiet(), r.inside().quiet()
	a.send("SUB a 1")
	a.barrier()
	b.send("PUB a 1", "x")
	a.expect("MSG a 1 1", "x")
	if r.log.has("Listening for client connections") {
		t.Errorf("logged %q", r.log.all())
	}
}

func TestInProcessClientsCount(t *testing.T) {
	t.Parallel()
	opts := server.Options{}
	opts.Limits.MaxConnections = 2
	r := boot(t, opts)
	r.inside().quiet()
	r.dial().quiet()
	for _, c := range []*client{r.inside(), r.dial()} {
		c.expect("-ERR 'maximum connections exceeded'")
		c.closed()
	}
}

// TestShutdownWhileClientsArrive has clients connect all the while: each gets a
// connection that ends, or an error.
func TestShutdownWhileClientsArrive(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{})
	arrived := make(chan net.Conn, 1)
	go func() {
		defer close(arrived)
		for {
			nc, err := r.InProcessConn()
			if err != nil {
				return
			}
			arrived <- nc
		}
	}()
	first := <-arrived
	go r.Shutdown()
	for nc := range arrived {
		nc.Close()
	}
	first.Close()
	r.end()
}
