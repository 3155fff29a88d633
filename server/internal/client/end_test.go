package client

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
)

func TestReasonOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cause error
		want  protocol.CloseReason
	}{
		{io.EOF, protocol.ClientClosed},
		{net.ErrClosed, protocol.ClientClosed},
		{io.ErrClosedPipe, protocol.ClientClosed},
		{fmt.Errorf("read tcp: %w", net.ErrClosed), protocol.ClientClosed},
		{errors.New("connection reset by peer"), protocol.ReadError},
		{os.ErrDeadlineExceeded, protocol.ReadError},
		{conn.ErrWriteDeadline, protocol.SlowConsumerWriteDeadline},
		{fmt.Errorf("%w: %w", conn.ErrWrite, io.ErrClosedPipe), protocol.WriteError},
		{errOverflow, protocol.SlowConsumerPendingBytes},
		{closedFor(protocol.ServerShutdown), protocol.ServerShutdown},
		{closedFor(protocol.Kicked), protocol.Kicked},
		{protocol.ErrStaleConnection, protocol.StaleConnection},
		{protocol.ErrMaxPayload, protocol.MaxPayloadExceeded},
		{protocol.ErrAuthorization.WithReason(protocol.ProxyRequired), protocol.ProxyRequired},
		{fmt.Errorf("wrapped: %w", protocol.ErrMaxControlLine), protocol.MaxControlLineExceeded},
	} {
		if got := reasonOf(tt.cause); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.cause, got, tt.want)
		}
	}
}

func TestEndings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		end  func(*peer)
		want []string
		ends protocol.CloseReason
	}{
		{"closed from outside", func(p *peer) { p.c.Close(protocol.ServerShutdown) }, nil, protocol.ServerShutdown},
		{"failed from outside", func(p *peer) { p.c.Fail(protocol.ErrMaxConnections) },
			[]string{"-ERR 'maximum connections exceeded'"}, protocol.MaxConnectionsExceeded},
		{"the first reason is kept", func(p *peer) {
			p.c.Close(protocol.Kicked)
			p.c.Fail(protocol.ErrMaxConnections)
		}, nil, protocol.Kicked},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			p := w.quiet()
			p.send("SUB a 1")
			p.barrier()
			go tt.end(p)
			p.expect(tt.want...)
			if r := p.closed(w); r.Reason != tt.ends || len(r.Subscriptions) != 1 {
				t.Errorf("ended for %v with %d subscriptions, want %v and one", r.Reason, len(r.Subscriptions), tt.ends)
			}
			if n := w.env.Account.Interest.Len(); n != 0 {
				t.Errorf("%d subscriptions are left in the index", n)
			}
			if got := w.log.containing("Client connection closed: " + tt.ends.String()); len(got) != 1 {
				t.Errorf("logged %q", got)
			}
		})
	}
}

func TestTurnedAwayClientsAreToldWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	near, far := net.Pipe()
	c := conn.New(far, 1<<20, false)
	cl := New(w.env, c, 1, time.Now())
	go func() {
		cl.TurnAway(protocol.ErrMaxConnections)
		c.Finish()
		w.env.Registry.Remove(cl, 10)
	}()
	got, err := io.ReadAll(near)
	if err != nil || !strings.HasPrefix(string(got), "INFO {") || !strings.HasSuffix(string(got), "\r\n-ERR 'maximum connections exceeded'\r\n") {
		t.Errorf("read %q, %v", got, err)
	}
}

// stuck simulates a subscriber that does not read, and calls f with it and a
// client that publishes to it.
func stuck(t *testing.T, set func(*Settings), f func(w *world, slow, publisher *peer)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, set)
		w.patient = false
		slow, publisher := w.quiet(), w.quiet()
		slow.send("SUB a 1")
		slow.barrier()
		f(w, slow, publisher)
		slow.leave()
		publisher.leave()
	})
}

// load is a message of 200 bytes to the subscriber.
var load = "PUB a 200\r\n" + strings.Repeat("x", 200)

func TestOverflowEndsSlowConsumer(t *testing.T) {
	t.Parallel()
	set := func(s *Settings) { s.MaxPending = 4 << 10 }
	stuck(t, set, func(w *world, slow, publisher *peer) {
		for range 30 {
			publisher.send(load)
		}
		publisher.barrier()
		<-slow.ended
		if r := w.env.Registry.Closed()[0]; r.Reason != protocol.SlowConsumerPendingBytes {
			t.Errorf("ended for %v", r.Reason)
		}
		if n := w.env.Counters.SlowConsumers.Load(); n != 1 {
			t.Errorf("%d slow consumers counted", n)
		}
		if got := w.log.containing("Slow Consumer Detected: MaxPending of 4096 Exceeded"); len(got) != 1 {
			t.Errorf("logged %q", got)
		}
	})
}

// A control line of the server's own can be what is too much.
func TestPingOverflows(t *testing.T) {
	t.Parallel()
	set := func(s *Settings) { s.MaxPending = 4 << 10 }
	stuck(t, set, func(w *world, slow, publisher *peer) {
		publisher.send("PUB a 4077", strings.Repeat("x", 4077)) // three bytes are left
		<-slow.ended
		if r := w.env.Registry.Closed()[0]; r.ID != slow.c.id || r.Reason != protocol.SlowConsumerPendingBytes {
			t.Errorf("client %d ended for %v", r.ID, r.Reason)
		}
		if n := w.env.Counters.SlowConsumers.Load(); n != 1 {
			t.Errorf("%d slow consumers counted", n)
		}
	})
}

func TestWriteDeadlineEndsSlowConsumer(t *testing.T) {
	t.Parallel()
	for _, retry := range []bool{false, true} { // nothing at all was written: no second chance
		set := func(s *Settings) { s.WriteDeadline, s.WriteRetry = 3*time.Second, retry }
		stuck(t, set, func(w *world, slow, publisher *peer) {
			start := time.Now()
			publisher.send(load)
			<-slow.ended
			if d := time.Since(start); d != 3*time.Second {
				t.Errorf("ended after %v", d)
			}
			if r := w.env.Registry.Closed()[0]; r.Reason != protocol.SlowConsumerWriteDeadline {
				t.Errorf("ended for %v", r.Reason)
			}
			if got := w.log.containing("Slow Consumer Detected: WriteDeadline of 3s exceeded with 1 chunks of 215 total bytes."); len(got) != 1 {
				t.Errorf("logged %q", w.log.containing("Slow"))
			}
		})
	}
}

func TestWritePolicy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		retry bool
		wrote int
		goOn  bool
	}{{false, 0, false}, {false, 9, false}, {true, 0, false}, {true, 9, true}} {
		w := newWorld(t, func(s *Settings) { s.WriteRetry = tt.retry })
		p := w.join()
		if got := p.c.WriteStalled(conn.WriteStall{Chunks: 1, Bytes: 10, Wrote: tt.wrote}); got != tt.goOn {
			t.Errorf("retry %v, %d bytes written: goes on %v", tt.retry, tt.wrote, got)
		}
	}
}

func TestSlowConsumerIsLoggedUntilItRecovers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *Settings) { s.WriteRetry = true })
	p := w.join()
	stall := conn.WriteStall{Chunks: 1, Bytes: 10, Wrote: 1, Deadline: time.Second}
	p.c.WriteStalled(stall)
	stall.Repeated = true
	p.c.WriteStalled(stall)
	p.c.WriteRecovered(2500 * time.Millisecond)
	for _, want := range []string{
		"Slow Consumer Detected: WriteDeadline of 1s exceeded with 1 chunks of 10 total bytes.",
		"Slow Consumer State: WriteDeadline of 1s exceeded with 1 chunks of 10 total bytes.",
		"Slow Consumer Recovered: Flush took 2.5s.",
	} {
		if got := w.log.containing(want); len(got) != 1 {
			t.Errorf("%q was logged %d times", want, len(got))
		}
	}
	if n := w.env.Counters.SlowConsumers.Load(); n != 2 {
		t.Errorf("%d detections counted, want 2", n)
	}
}

func TestPublisherIsStalled(t *testing.T) {
	t.Parallel()
	set := func(s *Settings) { s.MaxPending = 4 << 10 }
	stuck(t, set, func(w *world, slow, publisher *peer) {
		start := time.Now()
		publisher.send(strings.Repeat(load+"\r\n", 15) + "PING") // more than three quarters
		publisher.expect("PONG")
		publisher.barrier()
		if d := time.Since(start); d != 10*time.Millisecond {
			t.Errorf("the publisher was slowed down by %v, want 10ms", d)
		}
		if n := w.env.Counters.StalledClients.Load(); n != 1 {
			t.Errorf("%d stalls counted", n)
		}
		if got := w.log.containing("Producer was stalled for a total of 10ms"); len(got) != 1 {
			t.Errorf("logged %q", got)
		}
	})
}

func TestNoStallDropsInstead(t *testing.T) {
	t.Parallel()
	set := func(s *Settings) { s.MaxPending, s.NoStall = 4<<10, true }
	stuck(t, set, func(w *world, slow, publisher *peer) {
		start := time.Now()
		publisher.send(strings.Repeat(load+"\r\n", 100) + "PING")
		publisher.expect("PONG")
		if d := time.Since(start); d != 0 {
			t.Errorf("the publisher was slowed down by %v", d)
		}
		if r := slow.c.Report(Detail{}); r.Out.Msgs == 0 || r.Out.Msgs > 20 || r.Pending > 4<<10 {
			t.Errorf("%d messages and %d bytes are queued", r.Out.Msgs, r.Pending)
		}
	})
}

func TestDropWhenSlowConcernsWhoIsConnected(t *testing.T) {
	t.Parallel()
	set := func(s *Settings) { s.MaxPending = 4 << 10 }
	stuck(t, set, func(w *world, slow, publisher *peer) {
		slow.c.DropWhenSlow(true)
		start := time.Now()
		publisher.send(strings.Repeat(load+"\r\n", 100) + "PING")
		publisher.expect("PONG")
		if d := time.Since(start); d != 0 {
			t.Errorf("the publisher was slowed down by %v", d)
		}
		if cause := slow.c.conn.Cause(); cause != nil {
			t.Errorf("the slow one was closed: %v", cause)
		}
	})
}
