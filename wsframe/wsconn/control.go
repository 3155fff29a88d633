package wsconn

import (
	"sync"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// Ping asks the peer for a pong with the same payload, of at most 125 bytes. The
// pong comes while something reads, see [Conn.OnPong].
func (c *Conn) Ping(payload []byte) error {
	if len(payload) > wsframe.MaxControl {
		return ErrControl
	}
	o := &c.out
	o.mu.Lock()
	defer o.unlock()
	if o.err != nil {
		return o.err
	}
	o.frame(wsframe.Ping, true, false, payload)
	return o.flush()
}

// pong is the answer to the last ping, which is the only one that has to be
// answered (RFC 6455 section 5.5.3).
type pong struct {
	mu      sync.Mutex
	payload [wsframe.MaxControl]byte
	n       int
}

// answer answers a ping: now, or else whoever is writing does. Reading never
// waits for a writer, because two ends that did might wait for each other.
func (o *outbox) answer(ping []byte) {
	o.pong.mu.Lock()
	o.pong.n = copy(o.pong.payload[:], ping)
	o.pong.mu.Unlock()
	o.unsent.Store(true)
	if o.mu.TryLock() {
		o.unlock()
	}
}

// unlock ends writing. A pong that is asked for meanwhile is sent first, and one
// that is asked for while mu is being given back by whoever gets it.
func (o *outbox) unlock() {
	for {
		if o.unsent.Load() {
			o.sendPong()
			_ = o.flush()
		}
		if o.chunk != nil {
			chunks.Put(o.chunk)
			o.chunk = nil
		}
		o.mu.Unlock()
		if !o.unsent.Load() || !o.mu.TryLock() {
			return
		}
	}
}

// sendPong puts the pong into the chunk.
func (o *outbox) sendPong() {
	o.unsent.Store(false)
	if o.err != nil {
		return
	}
	o.pong.mu.Lock()
	defer o.pong.mu.Unlock()
	o.frame(wsframe.Pong, true, false, o.pong.payload[:o.pong.n])
}
