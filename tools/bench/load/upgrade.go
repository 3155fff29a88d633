package load

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/tools/bench/load/ws"
)

// upgraders is how many clients connect at the same time: enough to keep two cores busy.
const upgraders = 4

// Upgrades connects WebSocket clients that upgrade, wait for the INFO of the server and leave.
type Upgrades struct {
	Transport Transport
	Count     int64
}

// Run measures the upgrades, after a warm-up of a tenth of their number. A message of the result
// is an upgrade.
func (u Upgrades) Run(ctx context.Context, server Server) (Measurement, error) {
	if err := u.pass(ctx, server, u.Count/10); err != nil {
		return Measurement{}, err
	}
	watch, err := startWatch(server)
	if err != nil {
		return Measurement{}, err
	}
	if err := u.pass(ctx, server, u.Count); err != nil {
		return Measurement{}, err
	}
	return watch.stop(u.Count)
}

// pass makes n upgrades.
func (u Upgrades) pass(ctx context.Context, server Server, n int64) error {
	ctx, cancel := context.WithTimeoutCause(ctx, passTimeout, errHung)
	defer cancel()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var left atomic.Int64
	left.Store(n)
	var running sync.WaitGroup
	for range upgraders {
		running.Go(func() {
			for left.Add(-1) >= 0 && ctx.Err() == nil {
				if err := u.upgrade(ctx, u.Transport.addr(server)); err != nil {
					fail(fmt.Errorf("upgrade: %w", err))
				}
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// upgrade makes one connection and ends it once the server has greeted.
func (u Upgrades) upgrade(ctx context.Context, addr string) error {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	c.SetDeadline(time.Now().Add(setupTimeout))
	deflate := u.Transport == Deflate
	if _, err := c.Write(ws.Request(addr, deflate)); err != nil {
		return err
	}
	r := bufio.NewReader(c)
	if err := ws.ReadResponse(r, deflate); err != nil {
		return err
	}
	return awaitMessage(r)
}

// awaitMessage reads until one message has come whole. If it is compressed, nobody takes the time
// to see what it says; other loads do.
func awaitMessage(r *bufio.Reader) error {
	d := ws.Decoder{
		Data:   func([]byte) error { return nil },
		Wanted: func() bool { return false },
	}
	for d.Messages() == 0 {
		if _, err := r.Peek(1); err != nil {
			return err
		}
		chunk, err := r.Peek(r.Buffered())
		if err != nil {
			return err
		}
		if err := d.Feed(chunk); err != nil {
			return err
		}
		if _, err := r.Discard(len(chunk)); err != nil {
			return err
		}
	}
	return nil
}
