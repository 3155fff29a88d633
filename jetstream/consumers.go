package jetstream

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/consumer"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
)

// How consumers come to be, change and go.

// Consumer returns the consumer of a name, or nil.
func (s *Stream) Consumer(name string) *Consumer {
	s.roster.RLock()
	defer s.roster.RUnlock()
	return s.consumers[name]
}

// sortedConsumers returns the consumers, sorted by name. It is called with mu held.
func (s *Stream) sortedConsumers() []*Consumer {
	all := make([]*Consumer, 0, len(s.consumers))
	for _, c := range s.consumers {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *Consumer) int { return strings.Compare(a.name, b.name) })
	return all
}

// Consumers returns the consumers that are not the server's own, sorted by name.
func (s *Stream) Consumers() []*Consumer { return s.visibleConsumers() }

// visibleConsumers returns those that are not the server's own, sorted by name.
func (s *Stream) visibleConsumers() []*Consumer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(s.sortedConsumers(), func(c *Consumer) bool { return c.internal() })
}

// internal reports whether the consumer serves a mirror or a source.
func (c *Consumer) internal() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.machine.Config().Direct
}

// consumerByID returns the consumer with a number, or nil.
func (s *Stream) consumerByID(id uint64) *Consumer {
	for _, c := range s.consumers {
		if c.id == id {
			return c
		}
	}
	return nil
}

// makeConsumer makes a consumer, whose configuration is complete and valid. It is
// called with mu held.
func (s *Stream) makeConsumer(name string, cfg *api.ConsumerConfig) (*Consumer, error) {
	now := s.account.engine.now().UTC()
	s.lastID++
	c := newConsumer(s, s.lastID, name, now)
	c.ackNone = cfg.AckPolicy == api.AckNone
	c.machine = consumer.New(cfg, c.facts(), view{s}, c, now.UnixNano())
	c.floor.Store(c.machine.Floor())
	if c.durableState() {
		if err := s.logConsumer(c); err != nil {
			return nil, err
		}
	}
	s.roster.Lock()
	s.consumers[name] = c
	s.roster.Unlock()
	c.attach()
	return c, nil
}

// logConsumer writes a consumer down with all of its state.
func (s *Stream) logConsumer(c *Consumer) error {
	m, err := c.manifest()
	if err != nil || m == nil {
		return err
	}
	s.soil()
	_, err = s.journal.append(stream.EntryConsumer, m.append(nil))
	return err
}

// restoreConsumer makes a consumer again after a restart, or changes the one with that
// number.
func (s *Stream) restoreConsumer(m *consumerManifest) error {
	cfg := new(api.ConsumerConfig)
	if err := json.Unmarshal(m.config, cfg); err != nil {
		return err
	}
	c := newConsumer(s, m.id, m.name, m.created)
	now := s.account.engine.now().UnixNano()
	// During the replay everything that was stored is durable.
	s.visible.Store(s.store.State().LastSeq)
	machine, err := consumer.Restore(cfg, c.facts(), view{s}, c, m.state, now)
	if err != nil {
		return err
	}
	c.machine, c.applied = machine, m.applied
	c.ackNone = cfg.AckPolicy == api.AckNone
	s.consumers[m.name] = c
	s.lastID = max(s.lastID, m.id)
	return nil
}

// updateConsumer changes a consumer. It is called with mu held.
func (s *Stream) updateConsumer(c *Consumer, cfg *api.ConsumerConfig) error {
	c.mu.Lock()
	c.machine.Update(cfg, s.account.engine.now().UnixNano())
	c.watch()
	c.mu.Unlock()
	c.work.kick()
	return s.logConsumer(c)
}

// removeConsumer removes a consumer, and what only it needed. The error is that of the
// log.
func (s *Stream) removeConsumer(c *Consumer) (removed bool, err error) {
	s.mu.Lock()
	if s.consumers[c.name] != c {
		s.mu.Unlock()
		return false, nil
	}
	s.roster.Lock()
	delete(s.consumers, c.name)
	s.roster.Unlock()
	c.mu.Lock()
	logged := c.durableState()
	c.mu.Unlock()
	if logged {
		s.soil()
		_, err = s.journal.append(stream.EntryConsumerGone, binary.AppendUvarint(nil, c.id))
	}
	s.mu.Unlock()
	c.close(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.config.Retention == api.InterestPolicy && !s.closed {
		s.releaseAll(c)
	}
	return true, err
}

// releaseAll drops the messages that only a consumer that is gone needed.
func (s *Stream) releaseAll(c *Consumer) {
	st := s.store.State()
	from := max(c.floor.Load()+1, st.FirstSeq)
	for seq := from; seq <= st.LastSeq; seq++ {
		s.done.add(seq) // those that others need stay
	}
	s.work.kick()
}

// expireConsumer removes a consumer that nobody has been interested in for too long.
func (s *Stream) expireConsumer(c *Consumer) {
	c.mu.Lock()
	idle := !c.closed && c.machine.Idle(s.account.engine.now().UnixNano())
	c.mu.Unlock()
	if !idle {
		c.work.kick()
		return
	}
	if removed, _ := s.removeConsumer(c); removed {
		s.account.adviseConsumerAction(c, "delete")
	}
}

// Info describes the consumer.
func (c *Consumer) Info() *api.ConsumerInfo {
	now := c.stream.account.engine.now().UTC()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sender == nil && !c.closed {
		c.sender = c.stream.account.sender()
		defer func() {
			c.sender.Flush()
			c.stream.account.release(c.sender)
			c.sender = nil
		}()
	}
	c.notice()
	i := &api.ConsumerInfo{
		Stream: c.stream.name, Name: c.name, Created: c.created, Config: c.machine.Config().ForClients(), Timestamp: now,
	}
	c.machine.Info(i, now.UnixNano())
	return i
}
