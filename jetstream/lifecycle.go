package jetstream

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"path"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
)

// How a stream comes to be, changes and goes.

// newStream returns a stream without a state.
func newStream(a *Account, name string, id uint64, created time.Time, j journal) *Stream {
	s := &Stream{
		account: a, name: name, id: id, created: created, journal: j,
		inbox:     stream.NewInbox(a.engine.cfg.MaxBufferedMsgs, a.engine.cfg.MaxBufferedSize),
		subs:      make(map[string]Subscription),
		consumers: make(map[string]*Consumer),
		gone:      make(chan struct{}),
		positions: make(map[string]uint64),
	}
	s.work = newActivity(s.run)
	return s
}

// begin gives the stream its configuration and what is stored.
func (s *Stream) begin(cfg *api.StreamConfig, st store.Store) (err error) {
	s.config, s.store = cfg, st
	if s.machine, err = stream.New(cfg, st, watcher{s}); err != nil {
		return err
	}
	s.policy.Store(uint32(cfg.Retention))
	return s.resource()
}

// newStreamID returns a number that no other stream has had.
func newStreamID() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])
}

// make makes a new stream, whose configuration is complete and valid, and keeps it.
// The caller holds a.making.
func (a *Account) make(cfg *api.StreamConfig) (*Stream, error) {
	s, err := a.assemble(cfg)
	if err != nil {
		return nil, err
	}
	if err = s.checkpoint(); err != nil {
		return nil, errors.Join(err, s.store.Destroy())
	}
	s.visible.Store(s.store.State().LastSeq)
	return s, a.enter(s)
}

// assemble makes the parts of a new stream that nobody sees yet.
func (a *Account) assemble(cfg *api.StreamConfig) (*Stream, error) {
	e := a.engine
	id := newStreamID()
	var j journal
	if cfg.Storage == api.FileStorage {
		j = journal{log: e.log, id: id}
	}
	s := newStream(a, cfg.Name, id, e.now().UTC(), j)
	st, err := e.makeStore(a.name, cfg)
	if err != nil {
		return nil, err
	}
	if err := s.begin(cfg, st); err != nil {
		return nil, errors.Join(err, st.Destroy())
	}
	return s, nil
}

// enter makes a stream one of the account's, and lets it work.
func (a *Account) enter(s *Stream) error {
	a.mu.Lock()
	a.streams[s.name] = s
	a.mu.Unlock()
	if err := s.attach(); err != nil {
		return errors.Join(err, s.destroy())
	}
	return nil
}

// makeStore makes the store of a new stream.
func (e *Engine) makeStore(account string, cfg *api.StreamConfig) (store.Store, error) {
	if cfg.Storage == api.MemoryStorage {
		return store.NewMemory(), nil
	}
	st, _, err := e.openStore(e.dirOf(account, cfg.Name), cfg.Compression == api.S2Compression)
	return st, err
}

// attach has the stream take messages in.
func (s *Stream) attach() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.listen(s.config.Subjects); err != nil {
		return err
	}
	s.rearm()
	for _, c := range s.consumers {
		c.attach()
	}
	s.work.kick()
	return nil
}

// silence ends the subscriptions of the stream.
func (s *Stream) silence() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sub := range s.subs {
		sub.End()
	}
	s.subs = make(map[string]Subscription)
}

// listen makes the subscriptions those to subjects: new ones begin before old ones
// end.
func (s *Stream) listen(subjects []string) error {
	old := s.subs
	s.subs = make(map[string]Subscription, len(subjects))
	for _, subj := range subjects {
		if sub := old[subj]; sub != nil {
			s.subs[subj] = sub
			delete(old, subj)
			continue
		}
		sub, err := s.account.subscribe(subj, s)
		if err != nil {
			return err
		}
		s.subs[subj] = sub
	}
	for _, sub := range old {
		sub.End()
	}
	return nil
}

// detach ends what attach began, and what is being worked on.
func (s *Stream) detach() {
	s.mu.Lock()
	for _, sub := range s.subs {
		sub.End()
	}
	s.subs = make(map[string]Subscription)
	for _, src := range s.sources {
		src.leave(s)
	}
	consumers := s.sortedConsumers()
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	s.mu.Unlock()
	for _, c := range consumers {
		c.close(false)
	}
	s.quiesce()
}

// quiesce waits until what has come in is on disk and answered, and stops the
// activity.
func (s *Stream) quiesce() {
	_ = s.journal.sync() // flights land; a failure is told there
	close(s.gone)
	s.work.stop()
	sender := s.account.sender()
	s.takeIn(sender)
	_ = s.journal.sync()
	s.land(sender)
	s.account.release(sender)
}

// shut writes a last checkpoint and closes the store.
func (s *Stream) shut() error {
	err := s.checkpoint()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.countAs(0)
	return errors.Join(err, s.store.Close())
}

// update changes the configuration, which is complete and valid.
func (s *Stream) update(cfg *api.StreamConfig) error {
	text, err := json.Marshal(cfg)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.soil()
	if _, err := s.journal.append(stream.EntryConfig, text); err != nil {
		return err
	}
	s.config = cfg
	if err := s.machine.Configure(cfg); err != nil {
		return err
	}
	s.policy.Store(uint32(cfg.Retention))
	if err := s.resource(); err != nil {
		return err
	}
	s.count()
	s.rearm()
	s.work.kick()
	return s.listen(cfg.Subjects)
}

// destroy removes the stream with everything in it.
func (s *Stream) destroy() error {
	a := s.account
	a.mu.Lock()
	delete(a.streams, s.name)
	a.mu.Unlock()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	for _, sub := range s.subs {
		sub.End()
	}
	consumers := s.sortedConsumers()
	s.closed = true
	for _, src := range s.sources {
		src.leave(s)
	}
	if s.timer != nil {
		s.timer.Stop()
	}
	s.mu.Unlock()
	for _, c := range consumers {
		c.close(true)
	}
	close(s.gone)
	s.work.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.countAs(0)
	return s.removeFiles()
}

// removeFiles removes what is kept of the stream: from the moment of the renaming on,
// it is gone.
func (s *Stream) removeFiles() error {
	if s.journal.immediate() {
		return s.store.Destroy()
	}
	fs := s.account.engine.cfg.FS
	dir := s.account.engine.dirOf(s.account.name, s.name)
	grave := path.Join(path.Dir(dir), deletedPrefix+path.Base(dir))
	_ = fs.RemoveAll(grave)
	err := s.store.Close()
	if err := errors.Join(err, fs.Rename(dir, grave)); err != nil {
		return err
	}
	if err := fs.SyncDir(path.Dir(dir)); err != nil {
		return err
	}
	return fs.RemoveAll(grave)
}

// checkpoint writes everything that the stream holds beside the log, so that the log
// is not needed any more up to now.
func (s *Stream) checkpoint() error {
	if s.journal.immediate() {
		return nil
	}
	s.keeping.Lock()
	defer s.keeping.Unlock()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.marks.mu.Lock()
	applied, dirty := s.marks.applied, s.marks.dirty
	s.marks.dirty = false
	s.marks.mu.Unlock()
	m, err := s.manifest()
	if err == nil {
		cp := s.store.(*store.File).Freeze(m.append(nil))
		s.mu.Unlock()
		err = cp.Write()
	} else {
		s.mu.Unlock()
	}
	if err != nil && dirty {
		s.marks.mu.Lock()
		s.marks.applied, s.marks.dirty = applied, true
		s.marks.mu.Unlock()
	}
	return err
}

// manifest describes the stream as it is.
func (s *Stream) manifest() (*manifest, error) {
	text, err := json.Marshal(s.config)
	if err != nil {
		return nil, err
	}
	m := &manifest{
		id: s.id, applied: s.journal.log.End(), created: s.created, lastID: s.lastID, config: text, positions: s.positions,
	}
	for _, c := range s.sortedConsumers() {
		cm, err := c.manifest()
		if err != nil {
			return nil, err
		}
		if cm != nil {
			m.consumers = append(m.consumers, *cm)
		}
	}
	return m, nil
}
