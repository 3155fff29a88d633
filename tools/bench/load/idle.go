package load

import (
	"context"
	"fmt"
	"time"
)

// Idle connects clients that subscribe to one subject each and then do nothing.
type Idle struct {
	Transport Transport
	Clients   int
	// Settle is how long the clients idle before memory is looked at, so that what connecting
	// has left behind may be collected.
	Settle time.Duration
}

// Run returns the resident memory, in bytes, that each of the clients costs the server.
func (i Idle) Run(ctx context.Context, server Server) (float64, error) {
	se := newSession(ctx, server)
	defer se.close()
	// The first connections warm up what the server allocates once.
	for range 2 {
		if _, err := se.bystander(i.Transport, []byte("SUB bench.first 1\r\n")); err != nil {
			return 0, err
		}
	}
	before, err := server.RSS()
	if err != nil {
		return 0, err
	}
	for n := range i.Clients {
		if _, err := se.bystander(i.Transport, fmt.Appendf(nil, "SUB bench.idle.%05d 1\r\n", n)); err != nil {
			return 0, fmt.Errorf("client %d: %w", n, err)
		}
	}
	select {
	case <-time.After(i.Settle):
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	after, err := server.RSS()
	if err != nil {
		return 0, err
	}
	return float64(after-before) / float64(i.Clients), nil
}
