package jetstream

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

// Stream is a running stream: its state machine, and what drives it. Messages wait
// in the inbox until its activity takes them all as a batch.
type Stream struct {
	account *Account
	name    string
	id      uint64 // in the log; never used for another stream
	created time.Time
	journal journal
	inbox   *stream.Inbox
	work    *activity
	gone    chan struct{} // closed when the activity is about to end

	// visible is the last sequence that readers may see: everything up to it is as
	// durable as the stream promises.
	visible atomic.Uint64
	done    doneQueue  // sequences that a consumer does not need any more
	marks   marks      // what the log is needed for
	keeping sync.Mutex // held while a checkpoint is written

	// roster is held, beside mu, by who changes consumers, so that requests find them
	// without mu.
	roster sync.RWMutex

	mu sync.Mutex
	// Guarded by mu.
	machine   *stream.Machine
	store     store.Store // may be read without mu
	config    *api.StreamConfig
	subs      map[string]Subscription
	sources   []*sourcing
	positions map[string]uint64    // where to go on, by the key of a source
	consumers map[string]*Consumer // and by roster
	lastID    uint64               // number of the newest consumer
	bytes     int64                // as counted for the account
	timer     *time.Timer
	closed    bool

	settling struct {
		sync.Mutex
		waiting []chan struct{}
	}

	followers struct {
		sync.Mutex
		set map[*Stream]int // streams with how many of their sources this one is
	}
	policy atomic.Uint32 // retention

	// Of the activity alone.
	admission stream.Admission
	flights   []*flight // on their way to the disk, in order
	spare     []*flight
}

// marks say from where on the log is needed for a stream.
type marks struct {
	mu      sync.Mutex
	applied wal.Position // entries before it are in the checkpoint
	dirty   bool         // there are others
}

// soil notes that the log is about to hold something that no checkpoint has.
func (s *Stream) soil() {
	if s.journal.log == nil {
		return
	}
	s.marks.mu.Lock()
	defer s.marks.mu.Unlock()
	if !s.marks.dirty {
		s.marks.dirty, s.marks.applied = true, s.journal.log.End()
	}
}

// doneQueue is sequences that wait for the stream to drop them.
type doneQueue struct {
	mu   sync.Mutex
	seqs []uint64
}

func (q *doneQueue) add(seq uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.seqs = append(q.seqs, seq)
}

func (q *doneQueue) take() []uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	seqs := q.seqs
	q.seqs = nil
	return seqs
}

// Receive implements [Receiver]: a message on one of the subjects of the stream.
func (s *Stream) Receive(m *Incoming) (Worker, bool) {
	p := stream.Publish{Subject: m.Subject, Reply: m.Reply, Header: m.Header, Payload: m.Payload}
	first, ok := s.inbox.Put(&p)
	if !ok {
		s.account.refuse(s.name, m.Reply)
		return s, true
	}
	if !first {
		return nil, true
	}
	return s, true
}

// Wake implements [Worker].
func (s *Stream) Wake() { s.work.kick() }

// Crowded implements [Worker].
func (s *Stream) Crowded() bool { return s.inbox.Crowded() }

// AwaitDrain implements [Worker].
func (s *Stream) AwaitDrain(limit time.Duration) time.Duration { return s.inbox.AwaitDrain(limit) }

// run is one round of the activity: what has become durable is acknowledged, then
// what has arrived is taken in.
func (s *Stream) run() {
	sender := s.account.sender()
	defer s.account.release(sender)
	s.land(sender)
	s.takeIn(sender)
	s.fetch()
	s.expire()
	s.dropDone()
	if s.journal.immediate() {
		s.land(sender)
	}
}

// takeIn stores what is in the inbox and sends it on its way to the disk.
func (s *Stream) takeIn(sender Sender) {
	s.settling.Lock()
	waiting := s.settling.waiting
	s.settling.waiting = nil
	s.settling.Unlock()
	batch := s.inbox.Take()
	if batch == nil {
		s.afterFlights(waiting)
		return
	}
	defer s.inbox.Return(batch)
	f, unstored := s.newFlight(), flight{stream: s}
	now := s.account.engine.now().UnixNano()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.soil()
	var p stream.Publish
	var h api.PublishHeaders
	for i := range batch.Len() {
		batch.At(i, &p)
		if bytes.HasSuffix(p.Reply, fastSuffix) {
			s.takeFast(f, &p, now)
			continue
		}
		if h.Parse(p.Header); len(h.BatchID) > 0 {
			s.takeStaged(f, &p, &h, now)
			continue
		}
		s.takeOne(f, &unstored, &p, now)
	}
	f.last = s.store.State().LastSeq
	s.count()
	s.rearm()
	s.mu.Unlock()
	if len(unstored.answers) > 0 { // waits for nothing, least of all for the disk
		unstored.send(sender)
		sender.Flush()
	}
	f.waiting = append(f.waiting, waiting...)
	s.flights = append(s.flights, f)
	s.journal.commit(f)
}

// settle waits until every message that has arrived is stored and visible, so that
// who asks after having published finds it. It does not wait for a disk that is full or
// hangs: what is there can be read.
func (s *Stream) settle() {
	if s.account.detached() || s.journal.log != nil && s.journal.log.Full() {
		return
	}
	c := make(chan struct{})
	s.settling.Lock()
	s.settling.waiting = append(s.settling.waiting, c)
	s.settling.Unlock()
	s.work.kick()
	limit := time.NewTimer(maxSettle)
	defer limit.Stop()
	select {
	case <-c:
	case <-s.gone:
	case <-limit.C:
	}
}

// maxSettle bounds how long a request waits for the disk.
const maxSettle = time.Second

// afterFlights wakes those who wait when what is on its way has landed.
func (s *Stream) afterFlights(waiting []chan struct{}) {
	if n := len(s.flights); n > 0 {
		last := s.flights[n-1]
		last.waiting = append(last.waiting, waiting...)
		return
	}
	for _, c := range waiting {
		close(c)
	}
}

var fastSuffix = []byte(stream.FastSuffix)

// takeOne stores one message, or notes why not: in unstored if it is the log that took
// nothing.
func (s *Stream) takeOne(f, unstored *flight, p *stream.Publish, now int64) {
	a := &s.admission
	s.machine.Admit(p, now, s.room, a)
	switch {
	case a.Err != nil || a.Duplicate:
	case a.Passed:
		if _, err := s.journal.append(stream.EntryPassed, seqBytes(a.Seq)); err != nil {
			a.Err, f = failure(err), unstored
			break
		}
		s.machine.Pass(a.Seq)
	default:
		if a.Err = s.keep(a); a.Err != nil {
			f = unstored
		}
	}
	if !s.config.NoAck && len(p.Reply) > 0 {
		f.answer(p.Reply, s.name, a, s.account.engine.cfg.Domain)
	}
	if a.Err == nil && !a.Duplicate && !a.Passed && s.config.Republish != nil {
		f.republish(a)
	}
}

// keep stores a message that was admitted.
func (s *Stream) keep(a *stream.Admission) *api.Error {
	at, err := s.journal.message(&a.Message)
	if err != nil {
		return failure(err)
	}
	if err := s.machine.Apply(&a.Message, &a.Headers, at); err != nil {
		return failure(err)
	}
	return nil
}

// failure is the error of what could not be written.
func failure(err error) *api.Error {
	switch {
	case errors.Is(err, wal.ErrFull):
		return api.ErrStorageExceeded
	case errors.Is(err, wal.ErrTooLarge):
		return api.ErrStoreFailed("message too large")
	}
	return api.ErrInsufficientResources
}

// room tells whether account and server have room for size more bytes. It is called
// with mu held.
func (s *Stream) room(size int) *api.Error {
	e, a := s.account.engine, s.account
	inUse, limit := &e.storage, e.cfg.MaxStore
	if s.config.Storage == api.MemoryStorage {
		inUse, limit = &e.memory, e.cfg.MaxMemory
	}
	if limit >= 0 && inUse.Load()+int64(size) > limit {
		return api.ErrInsufficientResources
	}
	used, limit := &a.storage, a.limitFor(s.config).MaxStore
	if s.config.Storage == api.MemoryStorage {
		used, limit = &a.memory, a.limitFor(s.config).MaxMemory
	}
	if limit >= 0 && used.Load()+int64(size) > limit {
		return api.ErrAccountResources
	}
	return nil
}

// count counts what the stream holds for account and server. It is called with mu
// held.
func (s *Stream) count() { s.countAs(int64(s.store.State().Bytes)) }

func (s *Stream) countAs(bytes int64) {
	d := bytes - s.bytes
	s.bytes = bytes
	if s.config.Storage == api.MemoryStorage {
		s.account.memory.Add(d)
		s.account.engine.memory.Add(d)
		return
	}
	s.account.storage.Add(d)
	s.account.engine.storage.Add(d)
}

// rearm sets the timer to when messages expire next. It is called with mu held.
func (s *Stream) rearm() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	if s.closed || s.account.detached() {
		return
	}
	at := s.machine.Deadline()
	if at == 0 {
		return
	}
	wait := max(time.Duration(at-s.account.engine.now().UnixNano()), minExpiry)
	s.timer = time.AfterFunc(wait, s.work.kick)
}

// minExpiry is the least time between two rounds of expiry, so that messages expire
// together.
const minExpiry = 20 * time.Millisecond

// expire removes messages that are too old.
func (s *Stream) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.account.engine.now().UnixNano()
	if at := s.machine.Deadline(); s.closed || at == 0 || at > now {
		return
	}
	s.soil()
	for _, id := range s.machine.Abandon(now) {
		s.account.adviseBatch(s, id, "timeout")
	}
	g := s.machine.Expire(now)
	if err := s.journal.gone(&g); err != nil {
		s.account.engine.cfg.Log.Warn("expiry was not logged", "stream", s.name, "error", err)
	}
	for i := range g.Markers {
		s.mark(&g.Markers[i])
	}
	s.count()
	s.rearm()
}

// mark stores a marker. It is called with mu held.
func (s *Stream) mark(msg *store.Message) {
	msg.Seq = s.store.State().LastSeq + 1
	at, err := s.journal.message(msg)
	if err == nil {
		var h api.PublishHeaders
		h.Parse(msg.Header)
		err = s.machine.Apply(msg, &h, at)
	}
	if err != nil {
		s.account.engine.cfg.Log.Warn("delete marker was not stored", "stream", s.name, "error", err)
	}
	f := s.newFlight()
	f.last = msg.Seq
	s.flights = append(s.flights, f)
	s.journal.commit(f)
}

// watcher tells the consumers of a stream what happens to its messages. It implements
// stream.Watcher and is called with mu held.
type watcher struct{ *Stream }

// Interested implements stream.Watcher.
func (w watcher) Interested(subject []byte) bool {
	for _, c := range w.consumers {
		if c.wants(subject) {
			return true
		}
	}
	return false
}

// Watches implements stream.Watcher.
func (w watcher) Watches(seq uint64) bool {
	for _, c := range w.consumers {
		if c.watches(seq) {
			return true
		}
	}
	return false
}

// Removed implements stream.Watcher.
func (w watcher) Removed(seq uint64, subject []byte) {
	for _, c := range w.consumers {
		if c.watches(seq) {
			c.removed(seq, subject)
		}
	}
}

// Shrunk implements stream.Watcher.
func (w watcher) Shrunk(seq uint64) {
	for _, c := range w.consumers {
		if c.watches(seq) {
			c.shrunk.Store(true)
		}
	}
}

// dropDone removes messages that no consumer needs any more.
func (s *Stream) dropDone() {
	seqs := s.done.take()
	if len(seqs) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if s.config.Retention == api.InterestPolicy {
		seqs = s.unneeded(seqs)
	}
	s.soil()
	g := s.machine.Drop(seqs)
	if err := s.journal.gone(&g); err != nil {
		s.account.engine.cfg.Log.Warn("removal was not logged", "stream", s.name, "error", err)
	}
	s.count()
	s.rearm()
}

// unneeded returns those messages that no consumer needs.
func (s *Stream) unneeded(seqs []uint64) []uint64 {
	var b store.Buffer
	kept := seqs[:0]
	for _, seq := range seqs {
		msg, err := s.store.Load(seq, &b)
		if err != nil || s.needed(seq, msg.Subject) {
			continue
		}
		kept = append(kept, seq)
	}
	return kept
}

// needed reports whether any consumer needs a message.
func (s *Stream) needed(seq uint64, subject []byte) bool {
	for _, c := range s.consumers {
		if c.needs(seq, subject) {
			return true
		}
	}
	return false
}
