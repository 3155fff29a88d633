package client

import (
	"errors"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestClientSeesServer(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way, Config: "server_name: west\nmax_payload: 2048\n"})
		nc := connect(t, s)
		if got := nc.ConnectedServerName(); got != "west" {
			t.Errorf("server name %q", got)
		}
		if got := nc.ConnectedServerVersion(); got != "2.15.2" {
			t.Errorf("version %q", got)
		}
		if got := nc.MaxPayload(); got != 2048 {
			t.Errorf("max payload %d", got)
		}
		if !nc.HeadersSupported() {
			t.Error("no headers")
		}
		ip, err := nc.GetClientIP()
		if err != nil || ip.String() != "127.0.0.1" {
			t.Errorf("client ip %v, %v", ip, err)
		}
		if id, err := nc.GetClientID(); err != nil || id == 0 {
			t.Errorf("client id %d, %v", id, err)
		}
		if rtt, err := nc.RTT(); err != nil || rtt <= 0 {
			t.Errorf("round trip %v, %v", rtt, err)
		}
	})
}

// TestReconnectAfterRestart ends the server and starts another one at the
// same address: subscriptions come back by themselves.
func TestReconnectAfterRestart(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		lost, back := make(chan error, 1), make(chan struct{}, 1)
		nc := connect(t, s,
			nats.ReconnectWait(10*time.Millisecond), nats.ReconnectJitter(0, 0), nats.MaxReconnects(-1),
			nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { lost <- err }),
			nats.ReconnectHandler(func(*nats.Conn) { back <- struct{}{} }))
		sub := subscribe(t, nc, "after")
		port := mustPort(t, s)
		s.Signal(t, syscall.SIGTERM)
		if code := s.Wait(t); code != 0 {
			t.Errorf("exit code %d", code)
		}
		receive(t, lost, "disconnect")
		again := proc.Start(t, target, proc.Options{Way: way, Port: port})
		receive(t, back, "reconnect")
		pub := connect(t, again)
		must(t, nc.FlushTimeout(proc.Patience))
		must(t, pub.Publish("after", []byte("back")))
		if got := string(next(t, sub).Data); got != "back" {
			t.Errorf("got %q", got)
		}
	})
}

func mustPort(t *testing.T, s *proc.Server) string {
	t.Helper()
	u, err := url.Parse(s.URL())
	must(t, err)
	return u.Port()
}

func TestLameDuckModeIsAnnounced(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way, Config: "lame_duck_duration: \"30s\"\nlame_duck_grace_period: \"200ms\"\n"})
		told, closed := make(chan struct{}), make(chan struct{})
		connect(t, s, nats.NoReconnect(),
			nats.LameDuckModeHandler(func(*nats.Conn) { close(told) }),
			nats.ClosedHandler(func(*nats.Conn) { close(closed) }))
		s.Signal(t, syscall.SIGUSR2)
		receive(t, told, "announcement of lame duck mode")
		receive(t, closed, "end of the connection")
		if code := s.Wait(t); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
}

func TestPayloadAboveLimitIsRefused(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		skipInflatedLimit(t, target, way)
		s := proc.Start(t, target, proc.Options{Way: way, Config: "max_payload: 100\n"})
		nc := connect(t, s)
		if err := nc.Publish("foo", make([]byte, 101)); !errors.Is(err, nats.ErrMaxPayload) {
			t.Errorf("error %v, want %v", err, nats.ErrMaxPayload)
		}
		must(t, nc.Publish("foo", make([]byte, 100)))
		must(t, nc.Flush())
	})
}

func TestConnectionAboveLimitIsRefused(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way, Config: "max_connections: 1\n"})
		connect(t, s)
		// The library may meet the closed socket before it reads why.
		if nc, err := dial(s); err == nil {
			nc.Close()
			t.Error("connected")
		}
		s.WaitLog(t, "maximum connections exceeded")
	})
}

func TestSubscriptionAboveLimitIsReported(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way, Config: "max_subscriptions: 1\n"})
		reported := make(chan error, 1)
		nc := connect(t, s, nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { reported <- err }))
		kept := subscribe(t, nc, "one")
		_, err := nc.SubscribeSync("two")
		must(t, err)
		if err := receive(t, reported, "error"); !strings.Contains(err.Error(), "maximum subscriptions exceeded") {
			t.Errorf("error %v", err)
		}
		must(t, nc.Publish("one", nil))
		next(t, kept)
	})
}

func TestAnsweredPingsKeepTheConnection(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way, Config: "ping_interval: \"200ms\"\nping_max: 3\n"})
		// A silent client would be gone after four intervals.
		nc := connect(t, s)
		var varz struct {
			Stale int64 `json:"stale_connections"`
		}
		sub := subscribe(t, nc, "tick")
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for range 12 {
			<-tick.C
			must(t, nc.Publish("tick", nil))
			next(t, sub)
		}
		s.GetJSON(t, "/varz", &varz)
		if varz.Stale != 0 || nc.Stats().Reconnects != 0 {
			t.Errorf("%d stale connections, %d reconnects", varz.Stale, nc.Stats().Reconnects)
		}
	})
}
