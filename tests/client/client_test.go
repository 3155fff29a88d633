package client

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestMain(m *testing.M) { proc.Main(m) }

// dial opens a connection on the server's way.
func dial(s *proc.Server, options ...nats.Option) (*nats.Conn, error) {
	if s.Way.TLS {
		options = append(options, secure(false))
	}
	options = append(options, nats.Timeout(proc.Patience), nats.Compression(s.Way.Compressed))
	return nats.Connect(s.URL(), options...)
}

// connect opens a connection that the test's end closes.
func connect(t *testing.T, s *proc.Server, options ...nats.Option) *nats.Conn {
	t.Helper()
	nc, err := dial(s, options...)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// must fails the test on an error of a step that is not what it is about.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// subscribe subscribes and waits until the server knows it.
func subscribe(t *testing.T, nc *nats.Conn, subject string) *nats.Subscription {
	t.Helper()
	sub, err := nc.SubscribeSync(subject)
	must(t, err)
	must(t, nc.FlushTimeout(proc.Patience))
	return sub
}

// next returns the next message of a subscription.
func next(t *testing.T, sub *nats.Subscription) *nats.Msg {
	t.Helper()
	msg, err := sub.NextMsg(proc.Patience)
	if err != nil {
		t.Fatalf("next message on %s: %v", sub.Subject, err)
	}
	return msg
}

// receive waits for a value on a channel.
func receive[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(proc.Patience):
		t.Fatalf("no %s", what)
		panic("unreachable")
	}
}
