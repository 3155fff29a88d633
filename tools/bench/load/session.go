package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/tools/bench/stats"
)

// passTimeout bounds the time in which a number of messages has to pass; more means it hangs.
const passTimeout = 2 * time.Minute

// errHung is the cause when passTimeout is over.
var errHung = fmt.Errorf("messages did not pass within %v", passTimeout)

// stalledBuffer is the receive buffer of a subscriber that never reads, in bytes: small, so that
// what it does not read is the server's problem soon.
const stalledBuffer = 32 << 10

// session holds the connections and goroutines of one run.
type session struct {
	// Immutable.
	ctx    context.Context // ends with the session, or at its first error, which is its cause
	cancel context.CancelCauseFunc
	server Server
	// Who publishes and who subscribes; empty for clients that say nothing of that.
	publisher, subscriber string

	// Owned by the goroutine of the run.
	subs []*subscriber
	pubs []*publisher

	measured atomic.Bool // whether subscribers record latencies
	running  sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn // guarded by mu: closed by the goroutine that waits for the end of ctx
}

func newSession(ctx context.Context, server Server) *session {
	se := &session{server: server}
	se.ctx, se.cancel = context.WithCancelCause(ctx)
	se.running.Go(func() {
		<-se.ctx.Done()
		se.hangUp()
	})
	return se
}

// close ends all connections and waits for all goroutines.
func (se *session) close() {
	se.cancel(context.Canceled)
	se.running.Wait()
}

// hangUp closes the connections, which is what ends blocked reads and writes.
func (se *session) hangUp() {
	se.mu.Lock()
	defer se.mu.Unlock()
	for _, c := range se.conns {
		c.Close()
	}
	se.conns = nil
}

// dial makes a connection that lives as long as the session.
func (se *session) dial(t Transport, user string) (*Conn, error) {
	c, err := Dial(se.ctx, se.server, t, user)
	if err != nil {
		return nil, err
	}
	se.mu.Lock()
	defer se.mu.Unlock()
	if se.ctx.Err() != nil {
		c.Close()
		return nil, context.Cause(se.ctx)
	}
	se.conns = append(se.conns, c)
	return c, nil
}

// start runs f in a goroutine of the session; its error ends the session.
func (se *session) start(f func(context.Context) error) {
	se.running.Go(func() {
		if err := f(se.ctx); err != nil {
			se.cancel(err)
		}
	})
}

func (se *session) subscribe(commands []byte, f Format, p *Progress) error {
	c, err := se.bystander(TCP, commands)
	if err != nil {
		return err
	}
	s := newSubscriber(c, f, p, &se.measured)
	se.subs = append(se.subs, s)
	se.start(s.run)
	return nil
}

// bystander subscribes without ever reading; nothing is expected to arrive.
func (se *session) bystander(t Transport, commands []byte) (*Conn, error) {
	c, err := se.dial(t, se.subscriber)
	if err != nil {
		return nil, err
	}
	if err := c.Exchange(commands); err != nil {
		return nil, fmt.Errorf("subscribe: %w", err)
	}
	return c, nil
}

// stall subscribes without ever reading, although messages arrive.
func (se *session) stall(commands []byte) error {
	c, err := se.dial(TCP, se.subscriber)
	if err != nil {
		return err
	}
	if err := c.SetReadBuffer(stalledBuffer); err != nil {
		return err
	}
	return c.Exchange(commands)
}

func (se *session) addPublisher(b *Batch, w *window) error {
	c, err := se.dial(TCP, se.publisher)
	if err != nil {
		return err
	}
	p := newPublisher(c, b, w)
	se.pubs = append(se.pubs, p)
	se.start(p.listen)
	return nil
}

// pass lets n messages pass, divided among the publishers, and waits until all have arrived. It
// returns the number of deliveries, or of messages where there are no subscribers.
func (se *session) pass(n int64) (int64, error) {
	ctx, cancel := se.patience()
	defer cancel()
	before := se.received()
	share := n / int64(len(se.pubs))
	var publishing sync.WaitGroup
	for _, p := range se.pubs {
		publishing.Go(func() {
			if err := p.passShare(ctx, share); err != nil {
				se.cancel(err)
			}
		})
	}
	publishing.Wait()
	if se.ctx.Err() != nil {
		return 0, context.Cause(se.ctx)
	}
	if len(se.subs) == 0 {
		return share * int64(len(se.pubs)), nil
	}
	return se.received() - before, nil
}

// patience returns a context that ends with the session or, and the session with it, after
// passTimeout. The caller calls the function when it has what it waits for.
func (se *session) patience() (context.Context, func()) {
	ctx, cancel := context.WithTimeoutCause(se.ctx, passTimeout, errHung)
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(context.Cause(ctx), errHung) {
			se.cancel(errHung)
		}
	})
	return ctx, func() {
		stop()
		cancel()
	}
}

// received returns the deliveries so far. Subscribers of a queue group share a Progress.
func (se *session) received() int64 {
	var sum int64
	seen := make(map[*Progress]bool)
	for _, s := range se.subs {
		if !seen[s.progress] {
			seen[s.progress] = true
			sum += s.progress.Count()
		}
	}
	return sum
}

// measure lets n messages pass and returns what that took.
func (se *session) measure(n int64) (Measurement, error) {
	return se.measureSpan(func() (int64, error) { return se.pass(n) })
}

// measureSpan returns what it took to do something, which says how many deliveries it was.
func (se *session) measureSpan(do func() (int64, error)) (Measurement, error) {
	se.measured.Store(true)
	defer se.measured.Store(false)
	watch, err := startWatch(se.server)
	if err != nil {
		return Measurement{}, err
	}
	deliveries, err := do()
	if err != nil {
		return Measurement{}, err
	}
	m, err := watch.stop(deliveries)
	if err != nil {
		return m, err
	}
	// The subscribers have seen their last message and count no more.
	var hist stats.Hist
	for _, s := range se.subs {
		hist.Merge(&s.hist)
	}
	m.P50, m.P99 = hist.Quantile(0.50), hist.Quantile(0.99)
	return m, nil
}
