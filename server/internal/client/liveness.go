package client

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
)

const (
	// firstPing is when a new client is pinged at the latest, to learn its
	// round trip time early.
	firstPing = 2 * time.Second
	// rttAge is how long a measured round trip time is good for.
	rttAge = time.Hour
	// trickle is how many bytes without a complete command count as a sign of
	// life: a large payload on a slow line, but not a byte a minute.
	trickle = 512
)

// liveness decides when a peer that does not answer is gone.
type liveness struct {
	commands atomic.Int64 // read batches with at least one command
	bytes    atomic.Int64 // bytes received, of complete commands or not
	ready    atomic.Bool  // the client's own first PING was answered

	mu       sync.Mutex
	timer    *time.Timer
	stopped  bool
	pending  int       // PINGs without PONG
	pinged   time.Time // when the last PING was sent
	rtt      time.Duration
	rttTaken time.Time

	seenCommands, seenBytes int64 // at the previous tick
}

// saw records what a read brought. It is called by the read loop.
func (l *liveness) saw(bytes int, command bool) {
	l.bytes.Add(int64(bytes))
	if command {
		l.commands.Add(1)
	}
}

// startLiveness arms the timer.
func (c *Client) startLiveness() {
	l := &c.live
	l.mu.Lock()
	defer l.mu.Unlock()
	first := min(c.env.Settings().PingInterval, firstPing)
	first += time.Duration(rand.Int64N(int64(first)/5 + 1))
	l.timer = time.AfterFunc(first, c.tick)
}

func (c *Client) stopLiveness() {
	l := &c.live
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
	if l.timer != nil {
		l.timer.Stop()
	}
}

// tick sends a PING unless the client has just shown that it lives, or gives
// up on it. The first PING is sent in any case, for the round trip time.
func (c *Client) tick() {
	set := c.env.Settings()
	l := &c.live
	l.mu.Lock()
	if l.stopped {
		l.mu.Unlock()
		return
	}
	now := time.Now()
	commands, bytes := l.commands.Load(), l.bytes.Load()
	active := commands != l.seenCommands || bytes-l.seenBytes >= trickle
	l.seenCommands, l.seenBytes = commands, bytes
	ping, stale := false, false
	switch {
	case !l.pinged.IsZero() && active && l.rtt > 0 && now.Sub(l.rttTaken) < rttAge:
	case !l.ready.Load() && now.Sub(c.started) < firstPing:
	case l.pending+1 > set.PingMax:
		stale = true
	default:
		l.pending++
		l.pinged = now
		ping = true
	}
	if !stale {
		l.timer.Reset(set.PingInterval)
	}
	l.mu.Unlock()
	switch {
	case stale:
		c.env.Counters.StaleConnections.Add(1)
		c.debugf("Stale Client Connection - Closing")
		c.closeFor(protocol.ErrStaleConnection)
	case ping:
		c.send(pingLine)
		c.traceOut("PING")
	}
}

// pong handles the answer to a PING.
func (c *Client) pong() {
	l := &c.live
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = 0
	if !l.pinged.IsZero() {
		l.rtt, l.rttTaken = max(time.Since(l.pinged), 1), time.Now()
	}
}

// seedRTT takes the time from accept to CONNECT for a first estimate.
func (l *liveness) seedRTT(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rtt == 0 {
		l.rtt, l.rttTaken = max(d, 1), time.Now()
	}
}

// RTT returns the last known round trip time, 0 if there is none.
func (c *Client) RTT() time.Duration {
	c.live.mu.Lock()
	defer c.live.mu.Unlock()
	return c.live.rtt
}
