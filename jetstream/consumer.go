package jetstream

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/consumer"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

// Consumer is a running consumer: its state machine, and what drives it. Requests and
// acknowledgements wait in its queue until its activity takes them.
type Consumer struct {
	stream  *Stream
	name    string
	id      uint64 // in the log; never used for another consumer of the stream
	created time.Time
	work    *activity
	// releases says that the stream drops what was acknowledged.
	releases bool
	ackNone  bool // nothing is acknowledged

	hungry atomic.Bool   // new messages concern it
	shrunk atomic.Bool   // limits have taken messages that it may have counted
	floor  atomic.Uint64 // removals below concern nobody

	queue struct {
		sync.Mutex
		waiting []call
		removed []removal
		closed  bool
	}

	mu sync.Mutex
	// Guarded by mu.
	machine *consumer.Machine
	applied wal.Position // entries before it are in the checkpoint it was restored from
	sender  Sender       // while the activity runs
	answers [][]byte     // where it is to be said that an acknowledgement is safe
	timer   *time.Timer
	unwatch func() // ends the wait for a receiver; nil for pull consumers
	closed  bool
}

// call is a message for a consumer.
type call struct {
	kind                    callKind
	subject, reply, payload []byte
	header                  []byte
}

type callKind uint8

const (
	callPull callKind = iota
	callAck
	callFlow
)

// removal is a message that is gone.
type removal struct {
	seq     uint64
	subject []byte
}

// newConsumer returns a consumer without a state.
func newConsumer(s *Stream, id uint64, name string, created time.Time) *Consumer {
	c := &Consumer{stream: s, id: id, name: name, created: created, releases: s.config.Retention != api.LimitsPolicy}
	c.work = newActivity(c.run)
	return c
}

// facts are what its machine knows of the stream.
func (c *Consumer) facts() consumer.Facts {
	return consumer.Facts{Stream: c.stream.name, Consumer: c.name, Releases: c.releases}
}

// maxCalls bounds the messages that wait for a consumer.
const maxCalls = 1 << 16

// post leaves a message with the consumer. first says that it has to be woken.
func (c *Consumer) post(kind callKind, m *Incoming) (first bool) {
	n := len(m.Subject) + len(m.Reply) + len(m.Payload) + len(m.Header)
	b := make([]byte, 0, n)
	cut := func(s []byte) []byte {
		at := len(b)
		b = append(b, s...)
		return b[at:len(b):len(b)]
	}
	k := call{kind: kind, subject: cut(m.Subject), reply: cut(m.Reply), payload: cut(m.Payload), header: cut(m.Header)}
	c.queue.Lock()
	defer c.queue.Unlock()
	if c.queue.closed || len(c.queue.waiting) >= maxCalls {
		return false
	}
	c.queue.waiting = append(c.queue.waiting, k)
	return len(c.queue.waiting) == 1
}

// Wake implements [Worker].
func (c *Consumer) Wake() { c.work.kick() }

// Crowded implements [Worker].
func (c *Consumer) Crowded() bool { return false }

// AwaitDrain implements [Worker].
func (c *Consumer) AwaitDrain(time.Duration) time.Duration { return 0 }

// run is one round of the activity.
func (c *Consumer) run() {
	c.queue.Lock()
	calls, removed := c.queue.waiting, c.queue.removed
	c.queue.waiting, c.queue.removed = nil, nil
	c.queue.Unlock()
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.sender = c.stream.account.sender()
	now := c.stream.account.engine.now().UnixNano()
	for _, r := range removed {
		c.machine.Removed(r.seq, r.subject)
	}
	c.notice()
	for i := range calls {
		c.take(&calls[i], now)
	}
	idle := c.advance(now)
	sender, answers := c.sender, c.answers
	c.sender, c.answers = nil, nil
	c.mu.Unlock()
	sender.Flush()
	sender.Drain(maxDrain)
	c.stream.account.release(sender)
	if len(answers) > 0 {
		c.stream.journal.commit(&answered{c.stream, answers})
	}
	if c.releases {
		c.stream.work.kick()
	}
	if idle {
		go c.stream.expireConsumer(c)
	}
}

// notice has the machine count anew if that is necessary. It is called with mu held.
func (c *Consumer) notice() {
	if c.shrunk.Load() && c.shrunk.Swap(false) {
		c.machine.Recount()
	}
}

// maxDrain is how long a consumer waits for a receiver that is behind but moves.
const maxDrain = time.Second

// take hands one message to the machine.
func (c *Consumer) take(k *call, now int64) {
	switch k.kind {
	case callPull:
		if tooNew(k.header) {
			c.Send(k.reply, nil, []byte(api.StatusRequiredLevel+"\r\n"))
			return
		}
		c.machine.Pull(k.reply, k.payload, now)
	case callAck:
		var a api.AckSubject
		if a.Parse(k.subject) {
			c.machine.Ack(&a, k.payload, k.reply, now)
		}
	case callFlow:
		tok := k.subject[bytes.LastIndexByte(k.subject, '.')+1:]
		cons, str := position(k.header)
		c.machine.Flow(string(tok), cons, str)
	}
}

// advance lets the machine do what is due, and sets the timer for the rest. idle says
// that the consumer is to be removed.
func (c *Consumer) advance(now int64) (idle bool) {
	more, next := c.machine.Advance(now)
	c.hungry.Store(c.machine.Hungry())
	c.floor.Store(c.machine.Floor())
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
	if more {
		c.work.kick()
		return false
	}
	if c.machine.Idle(now) {
		return true
	}
	if at := c.machine.IdleDeadline(); at > 0 && (next == 0 || at < next) {
		next = at
	}
	if next > 0 {
		c.timer = time.AfterFunc(max(time.Duration(next-now), time.Millisecond), c.work.kick)
	}
	return false
}

// wants, watches, needs and removed are asked by the stream; see stream.Watcher.
func (c *Consumer) wants(subject []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.machine.Wants(subject)
}

func (c *Consumer) watches(seq uint64) bool { return seq > c.floor.Load() }

func (c *Consumer) needs(seq uint64, subject []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.machine.Needs(seq, subject)
}

// removed leaves word that a message is gone.
func (c *Consumer) removed(seq uint64, subject []byte) {
	c.queue.Lock()
	defer c.queue.Unlock()
	if c.queue.closed {
		return
	}
	c.queue.removed = append(c.queue.removed, removal{seq, append([]byte(nil), subject...)})
	c.work.kick()
}

// attach lets the consumer work.
func (c *Consumer) attach() {
	c.mu.Lock()
	c.watch()
	c.mu.Unlock()
	c.work.kick()
}

// watch has the consumer woken when somebody begins to listen to its deliver subject.
// It is called with mu held.
func (c *Consumer) watch() {
	if c.unwatch != nil {
		c.unwatch()
		c.unwatch = nil
	}
	bus := c.stream.account.attached()
	if to := c.machine.Config().DeliverSubject; to != "" && bus != nil && !c.closed {
		c.unwatch = bus.Watch(to, c.work.kick)
	}
}

// close ends the consumer: those who wait are told why.
func (c *Consumer) close(deleted bool) {
	c.queue.Lock()
	c.queue.closed = true
	c.queue.Unlock()
	c.work.stop()
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.closed = true
	c.watch()
	if c.timer != nil {
		c.timer.Stop()
	}
	c.sender = c.stream.account.sender()
	c.machine.Close(deleted)
	sender := c.sender
	c.sender = nil
	c.mu.Unlock()
	sender.Flush()
	c.stream.account.release(sender)
}

// The methods below implement consumer.Host. They are called with mu held.

// Deliver implements consumer.Host.
func (c *Consumer) Deliver(to []byte, d *consumer.Delivery) bool {
	if c.sender == nil {
		return false
	}
	return c.sender.Send(&Outgoing{To: to, Subject: d.Subject, Reply: d.Reply, Header: d.Header, Payload: d.Payload})
}

// Send implements consumer.Host.
func (c *Consumer) Send(to, reply, block []byte) {
	if c.sender != nil {
		c.sender.Send(&Outgoing{To: to, Reply: reply, Header: block})
	}
}

// Interest implements consumer.Host.
func (c *Consumer) Interest(subject, group string) bool {
	bus := c.stream.account.attached()
	return bus != nil && bus.Interest(subject, group)
}

// durableState reports whether changes of the state are logged.
func (c *Consumer) durableState() bool {
	cfg := c.machine.Config()
	return c.stream.journal.log != nil && !cfg.MemoryStorage && !cfg.Direct
}

// Log implements consumer.Host.
func (c *Consumer) Log(entry []byte) {
	if c.machine == nil || !c.durableState() {
		return
	}
	c.stream.soil()
	var id [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(id[:], c.id)
	// A full disk costs what the entry is for: a message may be delivered once more.
	_, _ = c.stream.journal.append(stream.EntryConsumerState, id[:n], entry)
}

// Answer implements consumer.Host.
func (c *Consumer) Answer(reply []byte) {
	c.answers = append(c.answers, append([]byte(nil), reply...))
}

// Done implements consumer.Host.
func (c *Consumer) Done(seq uint64) { c.stream.done.add(seq) }

// Advise implements consumer.Host.
func (c *Consumer) Advise(e *consumer.Event) {
	if c.sender != nil {
		c.stream.account.adviseConsumer(c, e, c.sender)
	}
}

// answered sends what double acknowledgements wait for.
type answered struct {
	stream  *Stream
	replies [][]byte
}

// Durable implements wal.Waiter.
func (a *answered) Durable(err error) {
	if err != nil {
		return
	}
	go func() {
		sender := a.stream.account.sender()
		for _, r := range a.replies {
			sender.Send(&Outgoing{To: r})
		}
		sender.Flush()
		a.stream.account.release(sender)
	}()
}

// view is the stream as consumers see it: up to what is durable. It implements
// consumer.Messages.
type view struct{ s *Stream }

// State implements consumer.Messages.
func (v view) State() store.State {
	st := v.s.store.State()
	st.LastSeq = min(st.LastSeq, v.s.visible.Load())
	return st
}

// LastSeq implements consumer.Messages.
func (v view) LastSeq() uint64 { return min(v.s.store.LastSeq(), v.s.visible.Load()) }

// Load implements consumer.Messages.
func (v view) Load(seq uint64, b *store.Buffer) (store.Message, error) {
	if seq > v.s.visible.Load() {
		return store.Message{}, store.ErrEOF
	}
	return v.s.store.Load(seq, b)
}

// Next implements consumer.Messages.
func (v view) Next(f *store.Filter, from uint64, b *store.Buffer) (store.Message, error) {
	last := v.s.visible.Load()
	if from > last {
		return store.Message{}, store.ErrEOF
	}
	m, err := v.s.store.Next(f, from, b)
	if err == nil && m.Seq > last {
		return store.Message{}, store.ErrEOF
	}
	return m, err
}

// Last implements consumer.Messages.
func (v view) Last(f *store.Filter, to uint64, b *store.Buffer) (store.Message, error) {
	return v.s.store.Last(f, min(to, v.s.visible.Load()), b)
}

// Count implements consumer.Messages.
func (v view) Count(f *store.Filter, from, to uint64) uint64 {
	return v.s.store.Count(f, from, min(to, v.s.visible.Load()))
}

// Subjects implements consumer.Messages.
func (v view) Subjects(f *store.Filter, fn func([]byte, store.SubjectState) bool) {
	v.s.store.Subjects(f, fn)
}

// SeqAt implements consumer.Messages.
func (v view) SeqAt(at int64) uint64 { return v.s.store.SeqAt(at) }

// manifest describes the consumer for a checkpoint; nil if it is not kept.
func (c *Consumer) manifest() (*consumerManifest, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.durableState() {
		return nil, nil
	}
	text, err := json.Marshal(c.machine.Config())
	if err != nil {
		return nil, err
	}
	return &consumerManifest{
		id: c.id, created: c.created, name: c.name, config: text,
		state: c.machine.Snapshot(nil), applied: c.stream.journal.log.End(),
	}, nil
}
