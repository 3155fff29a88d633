package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/tools/bench/stats"
)

// clockBase makes times small enough to subtract without caring about the wall clock.
var clockBase = time.Now()

// clock returns monotonic nanoseconds.
func clock() int64 { return int64(time.Since(clockBase)) }

// subscriber reads one connection until it is closed.
type subscriber struct {
	// Immutable.
	conn     *Conn
	progress *Progress
	measured *atomic.Bool // whether latencies count at the moment

	// Owned by run; hist may be read when run has returned.
	scanner *Scanner
	hist    stats.Hist
}

func newSubscriber(conn *Conn, f Format, p *Progress, measured *atomic.Bool) *subscriber {
	return &subscriber{conn: conn, progress: p, measured: measured, scanner: NewScanner(f)}
}

// run reads until the connection ends. It returns nil if that was because ctx ended.
func (s *subscriber) run(ctx context.Context) error {
	read, err := s.conn.reader(s.take, nil)
	if err != nil {
		return err
	}
	return readAll(ctx, read)
}

// readAll reads until the connection ends. It returns nil if that was because ctx ended.
func readAll(ctx context.Context, read func() error) error {
	for {
		if err := read(); err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return fmt.Errorf("subscriber: %w", err)
		}
	}
}

// take works through what one read brought.
func (s *subscriber) take(chunk []byte) error {
	done, sample, err := s.scanner.Feed(chunk)
	if err != nil {
		return err
	}
	if sample >= 0 && s.measured.Load() {
		s.hist.Add(time.Duration(clock() - s.scanner.stampOf(chunk[sample:])))
	}
	if done > 0 {
		s.progress.Add(int64(done))
	}
	return nil
}
