package jetstream

import (
	"encoding/binary"
	"encoding/json"
	"path"
	"runtime"
	"strings"
	"sync"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

// load opens every stream in the directory as its last checkpoint left it. One that
// cannot be opened is left where it is, and the log says why.
func (e *Engine) load() (map[uint64]*Stream, error) {
	type place struct{ account, name, dir string }
	var places []place
	root := path.Join(e.cfg.Dir, accountsDir)
	accounts, err := e.cfg.FS.List(root)
	if err != nil {
		return nil, err
	}
	for _, acc := range accounts {
		account, ok := unescape(acc)
		if !ok {
			continue
		}
		names, err := e.cfg.FS.List(path.Join(root, acc))
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			dir := path.Join(root, acc, n)
			if strings.HasPrefix(n, deletedPrefix) { // its removal was cut short
				if err := e.cfg.FS.RemoveAll(dir); err != nil {
					return nil, err
				}
				continue
			}
			if name, ok := unescape(n); ok {
				places = append(places, place{account, name, dir})
			}
		}
	}

	streams := make(map[uint64]*Stream)
	var mu sync.Mutex
	var wg sync.WaitGroup
	free := make(chan struct{}, max(4, 2*runtime.GOMAXPROCS(0)))
	for _, p := range places {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			s, err := e.loadStream(e.Account(p.account), p.name, p.dir)
			if err != nil {
				e.cfg.Log.Error("stream cannot be loaded", "account", p.account, "stream", p.name, "dir", p.dir, "error", err)
				e.mu.Lock()
				e.unloaded = append(e.unloaded, p.account+" > "+p.name)
				e.mu.Unlock()
				return
			}
			mu.Lock()
			defer mu.Unlock()
			streams[s.id] = s
		})
	}
	wg.Wait()
	return streams, nil
}

// deletedPrefix begins the names of directories that are being removed.
const deletedPrefix = ".deleted-"

// loadStream opens one stream.
func (e *Engine) loadStream(a *Account, name, dir string) (*Stream, error) {
	st, extra, err := e.openStore(dir, false)
	if err != nil {
		return nil, err
	}
	s, err := e.restoreStream(a, name, st, extra)
	if err != nil {
		_ = st.Close()
		return nil, err
	}
	a.mu.Lock()
	a.streams[name] = s
	a.mu.Unlock()
	return s, nil
}

// restoreStream makes a stream of a store and the manifest beside it.
func (e *Engine) restoreStream(a *Account, name string, st store.Store, extra []byte) (*Stream, error) {
	var m manifest
	if err := m.parse(extra); err != nil {
		return nil, err
	}
	cfg := new(api.StreamConfig)
	if err := json.Unmarshal(m.config, cfg); err != nil {
		return nil, err
	}
	s := newStream(a, name, m.id, m.created, journal{log: e.log, id: m.id})
	s.marks.applied, s.lastID, s.positions = m.applied, m.lastID, m.positions
	if err := s.begin(cfg, st); err != nil {
		return nil, err
	}
	for i := range m.consumers {
		if err := s.restoreConsumer(&m.consumers[i]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// replay applies what the log has on top of the checkpoints.
func (e *Engine) replay(streams map[uint64]*Stream) error {
	return e.log.Replay(func(at wal.Position, entry *wal.Entry) error {
		s := streams[entry.Stream]
		if s == nil || at < s.marks.applied {
			return nil // removed since, or applied already
		}
		s.marks.dirty = true
		if err := s.redo(at, entry); err != nil {
			e.cfg.Log.Error("log entry was passed over", "account", s.account.name, "stream", s.name, "position", uint64(at), "error", err)
		}
		return nil
	})
}

// redo applies one entry of the log.
func (s *Stream) redo(at wal.Position, entry *wal.Entry) error {
	b := entry.Data
	switch entry.Kind {
	case stream.EntryMessage:
		msg, err := store.DecodeMessage(b)
		if err != nil {
			return err
		}
		var h api.PublishHeaders
		h.Parse(msg.Header)
		s.sourced(&h)
		return s.machine.Apply(&msg, &h, at)
	case stream.EntryBatch:
		return s.redoBatch(at, b)
	case stream.EntryPassed:
		if len(b) != 8 {
			return stream.ErrEntry
		}
		s.machine.Pass(binary.LittleEndian.Uint64(b))
	case stream.EntryGone:
		g, err := stream.ParseGone(b)
		if err != nil {
			return err
		}
		s.machine.Redo(&g)
	case stream.EntryConfig:
		cfg := new(api.StreamConfig)
		if err := json.Unmarshal(b, cfg); err != nil {
			return err
		}
		s.config = cfg
		s.policy.Store(uint32(cfg.Retention))
		return s.machine.Configure(cfg)
	default:
		return s.redoConsumer(at, entry.Kind, b)
	}
	return nil
}

// redoConsumer applies an entry that concerns one consumer.
func (s *Stream) redoConsumer(at wal.Position, kind byte, b []byte) error {
	c := cursor{b: b}
	if kind == stream.EntryConsumer {
		var m consumerManifest
		if m.parse(&c); c.bad {
			return stream.ErrEntry
		}
		return s.restoreConsumer(&m)
	}
	id := c.uvarint()
	if c.bad {
		return stream.ErrEntry
	}
	cons := s.consumerByID(id)
	if cons == nil {
		return nil // removed since
	}
	switch kind {
	case stream.EntryConsumerGone:
		delete(s.consumers, cons.name)
		return nil
	case stream.EntryConsumerState:
		if at < cons.applied {
			return nil
		}
		return cons.machine.Replay(c.b)
	}
	return stream.ErrEntry
}

// seqBytes encodes a sequence.
func seqBytes(seq uint64) []byte { return binary.LittleEndian.AppendUint64(nil, seq) }

// recovered makes the stream ready after everything was replayed.
func (s *Stream) recovered() error {
	now := s.account.engine.now().UnixNano()
	if err := s.machine.Reload(now); err != nil {
		return err
	}
	s.visible.Store(s.store.State().LastSeq)
	s.sources = nil // they go on where the log says
	if err := s.resource(); err != nil {
		return err
	}
	for _, c := range s.consumers {
		c.machine.Realign(false)
		c.floor.Store(c.machine.Floor())
	}
	s.count()
	if s.config.Retention != api.LimitsPolicy && len(s.consumers) > 0 {
		s.reconcile()
	}
	return nil
}

// reconcile has messages dropped that no consumer needs: they were acknowledged just
// before the end, and their removal was not written down any more.
func (s *Stream) reconcile() {
	var b store.Buffer
	highest := uint64(0)
	for _, c := range s.consumers {
		highest = max(highest, c.machine.Delivered())
	}
	for from := uint64(1); ; {
		msg, err := s.store.Next(nil, from, &b)
		if err != nil || msg.Seq > highest {
			return
		}
		from = msg.Seq + 1
		matched := false
		for _, c := range s.consumers {
			matched = matched || c.machine.Wants(msg.Subject)
		}
		if (matched || s.config.Retention == api.InterestPolicy) && !s.needed(msg.Seq, msg.Subject) {
			s.done.add(msg.Seq)
		}
	}
}
