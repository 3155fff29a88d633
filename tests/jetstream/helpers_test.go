package jetstream

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// config is the least that a server with streams needs.
const config = "jetstream {store_dir: data}\n"

// start starts a server with streams.
func start(t *testing.T, o proc.Options) *proc.Server {
	t.Helper()
	if o.Config == "" {
		o.Config = config
	}
	return proc.Start(t, proc.Dunlin, o)
}

// connect connects a client.
func connect(t *testing.T, s *proc.Server) (*nats.Conn, jetstream.JetStream) {
	t.Helper()
	nc, err := nats.Connect(s.URL(), nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return nc, js
}

// ctx returns a context that ends with the test's patience.
func ctx(t *testing.T) context.Context {
	c, cancel := context.WithTimeout(context.Background(), proc.Patience)
	t.Cleanup(cancel)
	return c
}

// must returns a value, and ends the test for an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
