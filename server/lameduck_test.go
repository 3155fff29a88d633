package server_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
)

// patient are lame duck times that no test would outlive.
var patient = config.LameDuck{Duration: 2 * time.Hour, GracePeriod: time.Hour}

// limp starts the lame duck mode and returns a channel that is closed when it
// is over.
func (r *instance) limp() <-chan struct{} {
	over := make(chan struct{})
	go func() {
		defer close(over)
		r.LameDuck()
	}()
	return over
}

func TestLameDuck(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{LameDuck: config.LameDuck{Duration: 300 * time.Millisecond, GracePeriod: 100 * time.Millisecond}})
	clients := []*client{r.dial().quiet(), r.inside().quiet(), r.dial().quiet()}
	old := r.dial() // does not know of INFO at any time
	old.send(`CONNECT {"verbose":false}`)
	old.barrier()
	address := clients[0].RemoteAddr().String()
	if r.IsLameDuck() {
		t.Error("a lame duck from the start")
	}
	start := time.Now()
	over := r.limp()
	for _, c := range clients {
		if line := c.line(); !strings.HasPrefix(line, "INFO {") || !strings.Contains(line, `"ldm":true`) {
			t.Errorf("read %q", line)
		}
	}
	if !r.IsLameDuck() {
		t.Error("clients are sent away and the server is no lame duck")
	}
	if nc, err := net.Dial("tcp", address); err == nil {
		nc.Close()
		t.Error("a lame duck still listens")
	}
	if nc, err := r.InProcessConn(); !errors.Is(err, server.ErrNotRunning) {
		t.Errorf("a lame duck takes clients in: %v, %v", nc, err)
	}
	clients[0].send("SUB a 1") // it serves those that are there
	clients[0].barrier()
	for _, c := range append(clients, old) {
		c.closed()
	}
	<-over
	r.end()
	if d := time.Since(start); d < 100*time.Millisecond {
		t.Errorf("over after %v, before the grace period", d)
	}
	var order []string
	for _, line := range r.log.all() {
		switch line {
		case "INFO Entering lame duck mode, stop accepting new clients", "INFO Closing existing clients",
			"INFO Initiating Shutdown...", "INFO Server Exiting..":
			order = append(order, line)
		}
	}
	if diff := cmp.Diff([]string{
		"INFO Entering lame duck mode, stop accepting new clients", "INFO Closing existing clients",
		"INFO Initiating Shutdown...", "INFO Server Exiting..",
	}, order); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A lame duck keeps exactly to its times: a grace period in which nothing is
// closed, and then pauses between half a step and a whole one, where a step
// lets all clients go within the time but is never longer than a second.
func TestLameDuckTimes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rest time.Duration // of the duration, after the grace period
		step time.Duration
	}{
		{50 * time.Second, time.Second},
		{500 * time.Millisecond, 100 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			const grace, count = 10 * time.Second, 5
			srv, err := server.New(server.Options{
				DontListen: true, Log: config.Log{NoLog: true},
				LameDuck: config.LameDuck{Duration: grace + tt.rest, GracePeriod: grace},
			})
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- srv.Run(context.Background()) }()
			<-srv.Ready()
			gone := make(chan time.Time, count)
			for range count {
				nc, err := srv.InProcessConn()
				if err != nil {
					t.Fatal(err)
				}
				go func() {
					io.Copy(io.Discard, nc)
					gone <- time.Now()
				}()
			}
			synctest.Wait()
			last := time.Now().Add(grace)
			go srv.LameDuck()
			for i := range count {
				at := <-gone
				if d := at.Sub(last); i == 0 && d != 0 || i > 0 && (d < tt.step/2 || d > tt.step) {
					t.Errorf("client %d leaves %v after the one before, or the grace period", i, d)
				}
				last = at
			}
			if err := <-ended; err != nil || time.Now() != last {
				t.Errorf("Run: %v, %v after the last client", err, time.Since(last))
			}
		})
	}
}

func TestLameDuckWithoutClientsEndsAtOnce(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{LameDuck: patient})
	<-r.limp()
	r.end()
	if r.log.has("Closing existing clients") {
		t.Errorf("logged %q", r.log.all())
	}
}

func TestShutdownOfALameDuck(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*instance, context.CancelFunc){
		"Shutdown": func(r *instance, _ context.CancelFunc) { r.Shutdown() },
		"context":  func(_ *instance, cancel context.CancelFunc) { cancel() },
	} {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		r := create(t, server.Options{LameDuck: patient}).run(ctx)
		c := r.dial().quiet()
		over, again := r.limp(), r.limp()
		c.expect("INFO")
		end(r, cancel)
		c.closed()
		for _, over := range []<-chan struct{}{over, again} {
			select {
			case <-over:
			case <-time.After(wait):
				t.Fatalf("%s: the lame duck goes on", name)
			}
		}
		r.end()
	}
}

// TestShutdownWhileClosingSlowly ends a lame duck between two clients.
func TestShutdownWhileClosingSlowly(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{LameDuck: config.LameDuck{Duration: time.Hour, GracePeriod: time.Millisecond}})
	gone := make(chan struct{}, 10)
	for range 10 {
		c := r.dial().quiet()
		go func() {
			io.Copy(io.Discard, c.r)
			gone <- struct{}{}
		}()
	}
	over := r.limp()
	<-gone // the first one
	r.Shutdown()
	<-over
	for range 9 {
		<-gone
	}
}
