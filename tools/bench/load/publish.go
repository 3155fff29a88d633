package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
)

// window keeps publishers from running away from their subscribers.
type window struct {
	size int64        // messages that may be under way to any subscriber
	sent atomic.Int64 // messages published by all who share the window
	subs []*Progress  // who receives them
}

func newWindow(size int64, subs []*Progress) *window {
	return &window{size: size, subs: subs}
}

// reserve waits until n more messages fit into the window, and counts them as sent.
func (w *window) reserve(ctx context.Context, n int64, ready chan struct{}) error {
	sent := w.sent.Add(n)
	for _, p := range w.subs {
		if err := p.Wait(ctx, sent-w.size, ready); err != nil {
			return err
		}
	}
	return nil
}

// drained waits until everything sent has been received.
func (w *window) drained(ctx context.Context, ready chan struct{}) error {
	for _, p := range w.subs {
		if err := p.Wait(ctx, w.sent.Load(), ready); err != nil {
			return err
		}
	}
	return nil
}

// publisher writes batches to one connection.
type publisher struct {
	// Immutable.
	conn   *Conn
	batch  *Batch
	window *window
	pongs  *Progress // counted by listen

	// Owned by who publishes.
	ready chan struct{}
	pos   int   // next command in the batch
	seq   int64 // next sequence number
	pings int64
}

func newPublisher(conn *Conn, b *Batch, w *window) *publisher {
	return &publisher{conn: conn, batch: b, window: w, pongs: NewProgress(), ready: make(chan struct{}, 1)}
}

// passShare publishes n messages and waits until they have arrived, or until the server has worked
// through them if nobody receives them.
func (p *publisher) passShare(ctx context.Context, n int64) error {
	if err := p.publish(ctx, n); err != nil {
		return err
	}
	if len(p.window.subs) == 0 {
		return p.barrier(ctx)
	}
	return p.window.drained(ctx, p.ready)
}

// publish writes n messages, as fast as the window and the server take them.
func (p *publisher) publish(ctx context.Context, n int64) error {
	for n > 0 {
		k := min(n, int64(p.batch.chunk), int64(p.batch.total-p.pos))
		if err := p.window.reserve(ctx, k, p.ready); err != nil {
			return err
		}
		if _, err := p.conn.Write(p.batch.stamped(p.pos, int(k), clock(), p.seq)); err != nil {
			return fmt.Errorf("publisher: %w", err)
		}
		p.seq += k
		n -= k
		p.pos = (p.pos + int(k)) % p.batch.total
	}
	return nil
}

// barrier returns when the server has worked through everything published before.
func (p *publisher) barrier(ctx context.Context) error {
	if _, err := p.conn.Write([]byte("PING\r\n")); err != nil {
		return fmt.Errorf("publisher: %w", err)
	}
	p.pings++
	return p.pongs.Wait(ctx, p.pings, p.ready)
}

// listen reads what the server answers to a publisher until the connection ends. It returns nil
// if that was because ctx ended.
func (p *publisher) listen(ctx context.Context) error {
	r := bufio.NewReader(p.conn)
	for {
		line, err := r.ReadSlice('\n')
		switch {
		case err != nil && (ctx.Err() != nil || errors.Is(err, net.ErrClosed)):
			return nil
		case err != nil:
			return fmt.Errorf("publisher: %w", err)
		case bytes.Equal(line, []byte("PONG\r\n")):
			p.pongs.Add(1)
		case bytes.Equal(line, []byte("PING\r\n")):
			// A connection that publishes is not stale; the server asks for the round-trip time.
		default:
			return fmt.Errorf("publisher: server answered %.80q", line)
		}
	}
}
