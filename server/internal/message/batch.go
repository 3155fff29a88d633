package message

import "time"

// Peer is a connection that messages were queued for.
type Peer interface {
	// Flush writes what is queued without waiting for the peer.
	Flush()
	// AwaitDrain waits, at most for limit, until the peer is no longer
	// congested, and returns how long it did.
	AwaitDrain(limit time.Duration) time.Duration
}

// Batch remembers whom a publisher has to flush, and whom it should wait for,
// when it has worked through what it read: many messages, one system call.
// It belongs to the publisher's goroutine.
type Batch struct {
	// Now is when the batch began, in unix nanoseconds.
	Now int64
	// Trace makes every delivery show up in the log.
	Trace bool

	touched   []Peer
	congested []Peer
	seed      uint64
}

// maxStall bounds how long a publisher is slowed down per batch.
const maxStall = 10 * time.Millisecond

// Touch records that the caller made p's outbox dirty.
func (b *Batch) Touch(p Peer) { b.touched = append(b.touched, p) }

// Congested records that p has much to catch up with.
func (b *Batch) Congested(p Peer) {
	if n := len(b.congested); n > 0 && b.congested[n-1] == p {
		return
	}
	if len(b.congested) < 64 {
		b.congested = append(b.congested, p)
	}
}

// Flush flushes everybody touched. It has to be called on every way out of a
// batch: nobody else will flush those outboxes.
func (b *Batch) Flush() {
	for i, p := range b.touched {
		p.Flush()
		b.touched[i] = nil
	}
	b.touched = b.touched[:0]
}

// Stall slows the publisher down while receivers are congested, by at most 10
// milliseconds in total, and returns by how much.
func (b *Batch) Stall() time.Duration {
	var spent time.Duration
	for i, p := range b.congested {
		if spent < maxStall {
			spent += p.AwaitDrain(maxStall - spent)
		}
		b.congested[i] = nil
	}
	b.congested = b.congested[:0]
	return spent
}

// Rand returns a number in [0, n): cheap and statistically fair, good for
// choosing the member of a queue group, for nothing else.
func (b *Batch) Rand(n int) int {
	if b.seed == 0 {
		b.seed = uint64(time.Now().UnixNano()) | 1
	}
	// xorshift64*
	b.seed ^= b.seed >> 12
	b.seed ^= b.seed << 25
	b.seed ^= b.seed >> 27
	return int((b.seed * 0x2545f4914f6cdd1d >> 32) * uint64(n) >> 32)
}
