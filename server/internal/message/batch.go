package message

import (
	"math/rand/v2"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/memo"
)

// Peer is a connection that messages were queued for.
type Peer interface {
	// Flush writes what is queued without waiting for the peer. What several
	// peers have in common may be shared by the memo, which may be nil.
	Flush(*memo.Memo)
	// AwaitDrain waits, at most for limit, until the peer is no longer
	// congested, and returns how long it did.
	AwaitDrain(limit time.Duration) time.Duration
}

// Worker is a part of the server that messages were left with.
type Worker interface {
	// Wake has it work on them. It does not wait.
	Wake()
	// Crowded reports whether it is far behind; AwaitDrain waits, at most for limit,
	// until it is not, and returns how long it did.
	Crowded() bool
	AwaitDrain(limit time.Duration) time.Duration
}

// Batch remembers whom a publisher has to flush, and whom it should wait for,
// when it has worked through what it read: many messages, one system call.
// It belongs to the publisher's goroutine.
type Batch struct {
	// Now is when the batch began, in unix nanoseconds.
	Now int64
	// Logged makes every delivery show up in the log.
	Logged bool
	// Hops is through how many services the message that is being routed came.
	Hops int
	// Private says that one of them is not to be told who asks.
	Private bool

	touched   []Peer
	memo      memo.Memo
	workers   []Worker // to be woken
	congested []congestion
	spelling  spelling
	random    uint64 // state of Rand; 0 before its first use
}

const (
	// maxStall bounds how long a publisher is slowed down per batch.
	maxStall = 10 * time.Millisecond
	// maxCongested is how many peers a publisher may wait for. The time is
	// used up long before their number is.
	maxCongested = 64
)

// congestion is a peer or a worker that is behind.
type congestion interface {
	AwaitDrain(limit time.Duration) time.Duration
}

// Wake records that messages were left with w.
func (b *Batch) Wake(w Worker) { b.workers = append(b.workers, w) }

// Touch records that the caller made p's outbox dirty.
func (b *Batch) Touch(p Peer) { b.touched = append(b.touched, p) }

// Congested records that p has much to catch up with. Every message for such
// a peer says so again; that most of the repetitions are noticed is enough, as
// waiting for a peer that has caught up takes no time.
func (b *Batch) Congested(p Peer) { b.behind(p) }

func (b *Batch) behind(p congestion) {
	if n := len(b.congested); n > 0 && b.congested[n-1] == p {
		return
	}
	if len(b.congested) < maxCongested {
		b.congested = append(b.congested, p)
	}
}

// Flush flushes everybody touched. It has to be called on every way out of a
// batch: nobody else will flush those outboxes.
//
// It makes all the system calls itself. Sharing a hundred peers and more with
// helper goroutines was tried on two cores and gained nothing to speak of:
// the other core has the receivers to serve.
func (b *Batch) Flush() {
	shared := &b.memo
	if len(b.touched) < 2 {
		shared = nil
	}
	for i, p := range b.touched {
		p.Flush(shared)
		b.touched[i] = nil
	}
	b.touched = b.touched[:0]
	for i, w := range b.workers {
		w.Wake()
		if w.Crowded() {
			b.behind(w)
		}
		b.workers[i] = nil
	}
	b.workers = b.workers[:0]
	b.memo.Forget()
	b.spelling.end()
}

// Stall slows the publisher down while receivers are congested, by at most 10
// milliseconds in total, and returns by how much.
func (b *Batch) Stall() time.Duration { return b.Drain(maxStall) }

// Drain waits while receivers are congested, for at most a time in total, and returns
// for how long.
func (b *Batch) Drain(limit time.Duration) time.Duration {
	var spent time.Duration
	for i, p := range b.congested {
		if spent < limit {
			spent += p.AwaitDrain(limit - spent)
		}
		b.congested[i] = nil
	}
	b.congested = b.congested[:0]
	return spent
}

// Rand returns a number in [0, n), where n is less than 1<<32: cheap and
// statistically fair, good for choosing the member of a queue group, for
// nothing else.
func (b *Batch) Rand(n int) int {
	if b.random == 0 {
		b.random = rand.Uint64() | 1
	}
	// xorshift64*, of which the upper half is the better one
	b.random ^= b.random >> 12
	b.random ^= b.random << 25
	b.random ^= b.random >> 27
	upper := b.random * 0x2545f4914f6cdd1d >> 32
	return int(upper * uint64(n) >> 32)
}
