package jetstream

import (
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
)

// Mirrors and sources: streams that take in the messages of others of their account. The
// activity of a stream fetches them; that of the origin wakes it.

// sourcing is one origin of a stream. It belongs to the stream's activity, but what info
// shows.
type sourcing struct {
	*stream.Source
	cfg    *api.StreamSource
	mirror bool
	next   uint64 // sequence at the origin
	began  bool   // next was set
	retry  *time.Timer

	// Guarded by the stream's mu.
	origin *Stream // nil while there is none
	active time.Time
	lag    uint64
	err    *api.Error
}

const (
	sourceRetry = time.Second // after which a missing origin is looked for again
	sourceBatch = 500         // messages that are fetched at a time
)

// resource makes the sources those of the configuration: those that stay go on where
// they are. It is called with mu held.
func (s *Stream) resource() error {
	old := make(map[string]*sourcing)
	for _, src := range s.sources {
		old[src.Key()] = src
	}
	configs, mirror := s.config.Sources, false
	if s.config.Mirror != nil {
		configs, mirror = []*api.StreamSource{s.config.Mirror}, true
	}
	s.sources = nil
	for _, cfg := range configs {
		source, err := stream.NewSource(cfg, mirror)
		if err != nil {
			return err
		}
		src := &sourcing{Source: source, cfg: cfg, mirror: mirror}
		if was := old[src.Key()]; was != nil && was.mirror == mirror {
			src.next, src.began = was.next, was.began
		} else if next, ok := s.positions[src.Key()]; ok && !mirror {
			src.next, src.began = next, true
		}
		s.sources = append(s.sources, src)
	}
	for _, src := range old {
		src.leave(s)
	}
	return nil
}

// leave ends the wait for an origin.
func (src *sourcing) leave(s *Stream) {
	if src.retry != nil {
		src.retry.Stop()
	}
	if src.origin != nil {
		src.origin.unfollow(s)
		src.origin = nil
	}
}

// fetch takes in what the origins have. more says that they have more.
func (s *Stream) fetch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.sources) == 0 || s.account.detached() {
		return
	}
	var f *flight
	for _, src := range s.sources {
		if !src.find(s) {
			continue
		}
		if f == nil {
			f = s.newFlight()
		}
		if src.fetch(s) {
			s.work.kick() // there is more
		}
	}
	if f == nil {
		return
	}
	f.last = s.store.State().LastSeq
	s.count()
	s.rearm()
	s.flights = append(s.flights, f)
	s.journal.commit(f)
}

// find looks for the origin.
func (src *sourcing) find(s *Stream) bool {
	o := s.account.Stream(src.cfg.Name)
	if o != src.origin && src.origin != nil {
		src.origin.unfollow(s)
		src.origin = nil
	}
	switch {
	case o == nil:
		src.fail(s, api.ErrStreamNotFound)
		return false
	case o.policy.Load() != uint32(api.LimitsPolicy):
		src.fail(s, api.ErrInvalidConfig("sources with interest or work-queue retention are not supported by this version of dunlin yet"))
		return false
	}
	if src.origin == nil {
		src.origin, src.err = o, nil
		o.follow(s)
	}
	if !src.began {
		src.begin(s)
	}
	return true
}

// fail notes why there is nothing to be had, and looks again after a while.
func (src *sourcing) fail(s *Stream, err *api.Error) {
	src.err = err
	if src.retry != nil {
		src.retry.Stop()
	}
	src.retry = time.AfterFunc(sourceRetry, s.work.kick)
}

// begin sets where the source begins.
func (src *sourcing) begin(s *Stream) {
	src.began = true
	last := s.store.State().LastSeq
	switch {
	case src.mirror && last > 0:
		src.next = last + 1
	case src.cfg.OptStartSeq > 0:
		src.next = src.cfg.OptStartSeq
	case src.cfg.OptStartTime != nil:
		src.next = src.origin.store.SeqAt(src.cfg.OptStartTime.UnixNano())
	default:
		src.next = 1
	}
}

// fetch takes in one batch, and reports whether there is more.
func (src *sourcing) fetch(s *Stream) (more bool) {
	v := view{src.origin}
	last := v.s.visible.Load()
	src.active = s.account.engine.now()
	var b store.Buffer
	for range sourceBatch {
		msg, err := v.Next(src.Filter(), src.next, &b)
		if err != nil {
			break
		}
		if e := src.take(s, &msg); e != nil {
			src.fail(s, e)
			return false
		}
		src.next = msg.Seq + 1
	}
	if src.mirror && v.Count(src.Filter(), src.next, last) == 0 {
		src.pass(s, last)
	}
	src.lag = v.Count(src.Filter(), src.next, last)
	src.err = nil
	return src.lag > 0
}

// pass makes a mirror's sequences those of its origin where that has no further message
// for it.
func (src *sourcing) pass(s *Stream, last uint64) {
	src.next = max(src.next, last+1)
	if s.store.State().LastSeq >= last {
		return
	}
	s.soil()
	if _, err := s.journal.append(stream.EntryPassed, seqBytes(last)); err == nil {
		s.machine.Pass(last)
	}
}

// take stores one message.
func (src *sourcing) take(s *Stream, msg *store.Message) *api.Error {
	out := src.Take(msg, src.origin.identity())
	var h api.PublishHeaders
	h.Parse(out.Header)
	if !src.mirror {
		out.Time = s.account.engine.now().UnixNano()
		if s.machine.Known(&h, out.Time) {
			s.positions[src.Key()] = msg.Seq + 1
			return nil
		}
		out.Seq = s.store.State().LastSeq + 1
	}
	if e := s.machine.Fits(&out, &h, s.room); e != nil {
		return e
	}
	s.soil()
	at, err := s.journal.message(&out)
	if err == nil {
		err = s.machine.Apply(&out, &h, at)
	}
	if err != nil {
		return failure(err)
	}
	if !src.mirror {
		s.positions[src.Key()] = msg.Seq + 1
	}
	return nil
}

// sourced notes, during a replay, how far a source was.
func (s *Stream) sourced(h *api.PublishHeaders) {
	if len(h.StreamSource) == 0 {
		return
	}
	if key, seq, err := stream.ParseOrigin(h.StreamSource); err == nil {
		s.positions[key] = max(s.positions[key], seq+1)
	}
}

// identity tells a stream from another one of the same name.
func (s *Stream) identity() string { return api.Hash(s.created.Format(time.RFC3339Nano)) }

// follow has a stream woken when there is something new, until unfollow.
func (s *Stream) follow(f *Stream) {
	s.followers.Lock()
	defer s.followers.Unlock()
	if s.followers.set == nil {
		s.followers.set = make(map[*Stream]int)
	}
	s.followers.set[f]++
}

func (s *Stream) unfollow(f *Stream) {
	s.followers.Lock()
	defer s.followers.Unlock()
	if s.followers.set[f]--; s.followers.set[f] <= 0 {
		delete(s.followers.set, f)
	}
}

// wakeFollowers wakes the streams that take messages from this one.
func (s *Stream) wakeFollowers() {
	s.followers.Lock()
	defer s.followers.Unlock()
	for f := range s.followers.set {
		f.work.kick()
	}
}

// sourceInfo describes the origins. It is called with mu held.
func (s *Stream) sourceInfo() (mirror *api.StreamSourceInfo, sources []*api.StreamSourceInfo) {
	now := s.account.engine.now()
	for _, src := range s.sources {
		i := &api.StreamSourceInfo{
			Name: src.cfg.Name, Lag: src.lag, Active: -1, Error: src.err,
			FilterSubject: src.cfg.FilterSubject, SubjectTransforms: src.cfg.SubjectTransforms,
		}
		if !src.active.IsZero() {
			i.Active = now.Sub(src.active)
		}
		if src.mirror {
			return i, nil
		}
		i.Seq = max(src.next, 1) - 1
		sources = append(sources, i)
	}
	return nil, sources
}
