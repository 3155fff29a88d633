package client

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
)

const interval = time.Minute

// simulate runs a test in simulated time with a client that has finished its
// handshake, and notes when the server pings it.
func simulate(t *testing.T, f func(*world, *watched)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(s *Settings) { s.PingInterval = interval })
		w.patient = false
		p := w.join()
		f(w, watch(p))
		p.leave()
	})
}

// watched is a peer whose incoming lines a goroutine takes note of.
type watched struct {
	*peer
	start time.Time
	reply atomic.Bool // answer PINGs, a second late

	mu    sync.Mutex
	pings []time.Duration // when they came
	rest  []string        // other lines but PONG and +OK
	at    time.Duration   // when the connection ended
}

func watch(p *peer) *watched {
	w := &watched{peer: p, start: time.Now()}
	go func() {
		for {
			line, err := p.next()
			w.note(line, err)
			if err != nil {
				return
			}
			if line == "PING" && w.reply.Load() {
				time.AfterFunc(time.Second, func() { p.nc.Write([]byte("PONG\r\n")) })
			}
		}
	}()
	return w
}

func (w *watched) note(line string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil:
		w.at = time.Since(w.start)
	case line == "PING":
		w.pings = append(w.pings, time.Since(w.start))
	case line != "PONG" && line != "+OK":
		w.rest = append(w.rest, line)
	}
}

// pinged returns when the server has pinged the client.
func (w *watched) pinged() []time.Duration {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.pings)
}

// said returns the other lines, and when the connection ended.
func (w *watched) said() ([]string, time.Duration) {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.rest), w.at
}

// after lets simulated time pass.
func (*watched) after(d time.Duration) {
	time.Sleep(d) //archcheck:allow sleep: only called in a synctest bubble
	synctest.Wait()
}

// stale checks that the client was given up within the given time.
func (p *watched) stale(w *world, within time.Duration) {
	p.t.Helper()
	p.after(within)
	if rest, _ := p.said(); len(rest) != 1 || rest[0] != "-ERR 'Stale Connection'" {
		p.t.Fatalf("the client reads %q, want that it is stale", rest)
	}
	<-p.ended
	if r := w.env.Registry.Closed()[0]; r.Reason != protocol.StaleConnection {
		p.t.Errorf("ended for %v", r.Reason)
	}
	if n := w.env.Counters.StaleConnections.Load(); n != 1 {
		p.t.Errorf("%d stale connections counted", n)
	}
}

// lives checks that the client was not given up.
func (p *watched) lives() {
	p.t.Helper()
	synctest.Wait()
	select {
	case <-p.ended:
		rest, at := p.said()
		p.t.Errorf("the connection ended after %v: %q", at, rest)
	default:
	}
}

func TestFirstPingComesEvenIfTheClientIsActive(t *testing.T) {
	t.Parallel()
	simulate(t, func(_ *world, p *watched) {
		p.send("CONNECT {}", "PING")
		for range 10 {
			p.send("PING")
			p.after(250 * time.Millisecond)
		}
		if at := p.pinged(); len(at) != 1 || at[0] < 2*time.Second || at[0] > 2400*time.Millisecond {
			t.Errorf("PINGs after %v, want one after 2 s and up to a fifth more", at)
		}
	})
}

func TestFirstPingFollowsShortInterval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(s *Settings) { s.PingInterval = 100 * time.Millisecond })
		w.patient = false
		p := watch(w.join())
		p.send("PING") // else no PING within 2 s
		p.after(120 * time.Millisecond)
		if at := p.pinged(); len(at) != 1 || at[0] < 100*time.Millisecond {
			t.Errorf("PINGs after %v, want one after 100 ms and up to a fifth more", at)
		}
		p.leave()
	})
}

// A new interval counts from the next look at the client.
func TestPingIntervalIsLowered(t *testing.T) {
	t.Parallel()
	simulate(t, func(w *world, p *watched) {
		p.reply.Store(true)
		p.send("CONNECT {}", "PING")
		p.after(interval)
		next := *w.env.Settings()
		next.PingInterval = time.Second
		w.env.SetSettings(&next)
		if n := len(p.pinged()); n != 1 {
			t.Errorf("%d PINGs before the next interval", n)
		}
		p.after(4 * time.Second) // the second PING comes, and then one a second
		at := p.pinged()
		if len(at) < 2 {
			t.Fatalf("PINGs after %v", at)
		}
		for i := 2; i < len(at); i++ {
			if d := at[i] - at[i-1]; d != time.Second {
				t.Errorf("PINGs after %v", at)
			}
		}
		p.after(5 * time.Second)
		if n := len(p.pinged()) - len(at); n != 5 {
			t.Errorf("%d PINGs in five seconds, want one in each", n)
		}
		p.lives()
	})
}

func TestNoPingBeforeTheFirstPong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(s *Settings) { s.PingInterval = 100 * time.Millisecond })
		w.patient = false
		p := watch(w.join())
		p.send("SUB a 1")
		p.after(1999 * time.Millisecond)
		if at := p.pinged(); len(at) > 0 {
			t.Errorf("PINGs after %v", at)
		}
		p.after(200 * time.Millisecond)
		if len(p.pinged()) == 0 {
			t.Error("no PING to a client that is older than 2 s")
		}
		p.leave()
	})
}

func TestActiveClientIsNotPinged(t *testing.T) {
	t.Parallel()
	simulate(t, func(_ *world, p *watched) {
		p.reply.Store(true)
		p.send("CONNECT {}", "PING")
		for range 55 { // minutes: less than an hour
			p.send("SUB a 1")
			p.after(interval)
		}
		p.lives()
		if at := p.pinged(); len(at) != 1 {
			t.Errorf("PINGs after %v", at)
		}
		for range 20 {
			p.send("SUB a 1")
			p.after(interval)
		}
		p.lives()
		if at := p.pinged(); len(at) != 2 {
			t.Errorf("PINGs after %v, want one more when the round trip time is an hour old", at)
		}
	})
}

func TestSilentClientIsStale(t *testing.T) {
	t.Parallel()
	simulate(t, func(w *world, p *watched) {
		p.send("CONNECT {}", "PING")
		p.stale(w, 3*interval)
		if n := len(p.pinged()); n != 2 {
			t.Errorf("%d PINGs before the end, want ping_max", n)
		}
		if _, at := p.said(); at < 2*interval {
			t.Errorf("given up after %v, which is too early", at)
		}
	})
}

func TestPongKeepsClientAlive(t *testing.T) {
	t.Parallel()
	simulate(t, func(w *world, p *watched) {
		p.reply.Store(true)
		p.send("CONNECT {}", "PING")
		p.after(10*interval + 10*time.Second)
		p.lives()
		if n := len(p.pinged()); n != 11 {
			t.Errorf("%d PINGs in ten intervals, want the first one and one in each", n)
		}
		if rtt := p.c.RTT(); rtt != time.Second {
			t.Errorf("round trip time %v, want 1s", rtt)
		}
		p.reply.Store(false) // it has all of its chances again
		p.stale(w, 4*interval)
	})
}

func TestRoundTripTimeIsFirstGuessedFromConnect(t *testing.T) {
	t.Parallel()
	simulate(t, func(_ *world, p *watched) {
		p.after(300 * time.Millisecond)
		p.send("CONNECT {}")
		p.after(time.Millisecond)
		if rtt := p.c.RTT(); rtt != 300*time.Millisecond {
			t.Errorf("round trip time %v, want 300ms", rtt)
		}
	})
}

// A first guess comes too late for a client that was pinged before.
func TestMeasuredRoundTripTimeIsNoLongerGuessed(t *testing.T) {
	t.Parallel()
	simulate(t, func(_ *world, p *watched) {
		p.reply.Store(true)
		p.after(10 * time.Second)
		p.send("CONNECT {}")
		p.after(time.Millisecond)
		if rtt := p.c.RTT(); rtt != time.Second {
			t.Errorf("round trip time %v, want 1s", rtt)
		}
	})
}

func TestFirstCommandInTwoPiecesIsFine(t *testing.T) {
	t.Parallel()
	simulate(t, func(_ *world, p *watched) {
		p.nc.Write([]byte("CONN"))
		p.after(5 * time.Second)
		p.nc.Write([]byte("ECT {}\r\n"))
		p.after(20 * time.Second)
		p.lives()
	})
}

func TestTimersEndWithTheSession(t *testing.T) {
	t.Parallel()
	simulate(t, func(_ *world, p *watched) {
		p.nc.Write([]byte("CONN")) // starts the timer of the first command too
		p.after(time.Millisecond)
		p.leave()
		l := &p.c.live
		if l.timer.Stop() {
			t.Error("the timer that looks after the client still runs")
		}
		if l.opening == nil || l.opening.Stop() {
			t.Error("the timer of the first command still runs, or never did")
		}
	})
}

func TestPingIsNoActivity(t *testing.T) {
	t.Parallel()
	simulate(t, func(_ *world, p *watched) {
		p.after(time.Second)
		p.send("SUB a 1")
		p.after(time.Second)
		p.send("PING", "PONG")
		p.after(time.Second)
		r := p.c.Report(Detail{})
		if d := r.LastActivity.Sub(r.Started); d != time.Second {
			t.Errorf("last active after %v, want 1s", d)
		}
	})
}

func TestPeersThatSayNothingAreStale(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, first, then string
		pause             time.Duration
		within            time.Duration
	}{
		{"dribbling a command", "CONNECT {}\r\nPING\r\nSUB a", " ", 10 * time.Second, 4 * interval},
		{"dribbling a payload", "CONNECT {}\r\nPING\r\nPUB a 1000000\r\n", "x", time.Second, 4 * interval},
		{"+OK", "CONNECT {}\r\nPING\r\n", "+OK\r\n", 5 * time.Second, 4 * interval},
		{"INFO", "CONNECT {}\r\nPING\r\n", "INFO {}\r\n", 20 * time.Second, 4 * interval},
		{"dribbling the first command", "CONNECT", " ", time.Second, 15 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			simulate(t, func(w *world, p *watched) {
				p.nc.Write([]byte(tt.first))
				p.after(time.Millisecond)
				stop := make(chan struct{})
				go func() {
					for {
						select {
						case <-stop:
							return
						case <-time.After(tt.pause):
							if _, err := p.nc.Write([]byte(tt.then)); err != nil {
								return
							}
						}
					}
				}()
				p.stale(w, tt.within)
				close(stop)
			})
		})
	}
}

func TestSlowLargePayloadIsNotStale(t *testing.T) {
	t.Parallel()
	simulate(t, func(_ *world, p *watched) {
		p.send("CONNECT {}", "PING", "PUB a 20000")
		piece := []byte(strings.Repeat("x", 20))
		for range 1000 { // a quarter of an hour
			p.nc.Write(piece)
			p.after(time.Second)
		}
		p.lives()
		p.nc.Write([]byte("\r\n"))
		p.lives()
	})
}
