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
	// openingTime is how long a new client may take for its first command,
	// from the first byte of it.
	openingTime = 10 * time.Second
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
	opening  *time.Timer // runs out if the first command never ends; mostly nil
	login    *time.Timer // runs out if the client does not log in; nil if it has
	expiry   *time.Timer // runs out with the client's credentials; mostly nil
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
	first := min(c.pingInterval(), firstPing)
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
	for _, t := range []*time.Timer{l.opening, l.login, l.expiry} {
		if t != nil {
			t.Stop()
		}
	}
}

// loginBy calls late if the client has not logged in by then.
func (l *liveness) loginBy(within time.Duration, late func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopped {
		l.login = time.AfterFunc(within, late)
	}
}

// loggedIn takes the time limit away.
func (l *liveness) loggedIn() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.login != nil {
		l.login.Stop()
		l.login = nil
	}
}

// endAt calls expired at a time; the zero time is never. It replaces what was
// said before.
func (l *liveness) endAt(at time.Time, expired func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.expiry != nil {
		l.expiry.Stop()
		l.expiry = nil
	}
	if !at.IsZero() && !l.stopped {
		l.expiry = time.AfterFunc(time.Until(at), expired)
	}
}

// expectFirst gives a client that has begun its first command time to finish
// it. It is called by the read loop.
func (c *Client) expectFirst() {
	l := &c.live
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opening == nil && !l.stopped {
		l.opening = time.AfterFunc(openingTime, func() {
			if l.commands.Load() == 0 {
				c.giveUp()
			}
		})
	}
}

// giveUp ends the session of a client that shows no life.
func (c *Client) giveUp() {
	c.env.Counters.StaleConnections.Add(1)
	c.debugf("Stale Client Connection - Closing")
	c.closeFor(protocol.ErrStaleConnection)
}

// verdict is what a tick of the timer leads to.
type verdict uint8

const (
	leaveAlone verdict = iota
	sendPing
	tooLate
)

// tick looks after the client once per ping interval.
func (c *Client) tick() {
	set := c.env.Settings()
	l := &c.live
	l.mu.Lock()
	if l.stopped {
		l.mu.Unlock()
		return
	}
	now := time.Now()
	v := l.judgeLocked(now, now.Sub(c.started), set.PingMax)
	if v != tooLate {
		l.timer.Reset(c.pingInterval())
	}
	l.mu.Unlock()
	switch v {
	case tooLate:
		c.giveUp()
	case sendPing:
		c.traceOut("PING")
		c.send(pingLine)
	}
}

// judgeLocked decides to ping a client of the given age unless it has just
// shown that it lives, or to give up on it. The first PING is sent in any
// case, for the round trip time.
func (l *liveness) judgeLocked(now time.Time, age time.Duration, pingMax int) verdict {
	commands, bytes := l.commands.Load(), l.bytes.Load()
	active := commands != l.seenCommands || bytes-l.seenBytes >= trickle
	l.seenCommands, l.seenBytes = commands, bytes
	switch {
	case !l.pinged.IsZero() && active && l.rtt > 0 && now.Sub(l.rttTaken) < rttAge:
		return leaveAlone
	case !l.ready.Load() && age < firstPing:
		return leaveAlone // it should not get a PING before its first PONG
	case l.pending+1 > pingMax:
		return tooLate
	}
	l.pending++
	l.pinged = now
	return sendPing
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
