package jetstream

import (
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Requests about consumers.

// decodeConsumer reads the configuration in a request, and what its subject has to do
// with it.
func (r *request) decodeConsumer() (*api.ConsumerRequest, *api.Error) {
	req := new(api.ConsumerRequest)
	if len(r.body) > 0 {
		if e := api.Decode(r.body, req, r.strict()); e != nil {
			return nil, e
		}
	}
	c := &req.Config
	if req.Stream != r.Stream {
		return nil, api.ErrStreamMismatch
	}
	switch {
	case r.Kind == api.ConsumerDurableCreate:
		if c.Durable == "" {
			return nil, api.ErrDurableNameMissing
		}
		if c.Durable != r.Consumer {
			return nil, api.ErrDurableNameMismatch
		}
	case r.Consumer == "":
		if c.Durable != "" {
			return nil, api.ErrEphemeralWithDurable
		}
	default:
		if c.Durable != "" && c.Durable != r.Consumer {
			return nil, api.ErrDurableNameMismatch
		}
		c.Name = r.Consumer
	}
	if strings.ContainsAny(r.Consumer, `/\`) {
		return nil, api.Known(10127)
	}
	if r.Filter != "" {
		switch {
		case len(c.FilterSubjects) > 0:
			return nil, api.ErrMultipleFilters
		case c.FilterSubject != r.Filter:
			return nil, api.ErrFilterMismatch
		}
	}
	return req, nil
}

// createConsumer answers api.ConsumerCreate.
func (r *request) createConsumer() (any, *api.Error) {
	req, e := r.decodeConsumer()
	if e != nil {
		return nil, e
	}
	s, e := r.stream()
	if e != nil {
		return nil, e
	}
	c, made, e := s.putConsumer(&req.Config, req.Action)
	if e != nil {
		return nil, e
	}
	if err := s.journal.sync(); err != nil {
		return nil, failure(err)
	}
	if made {
		r.account.adviseConsumerAction(c, "create")
	}
	return &api.ConsumerResponse{Head: r.head(nil), ConsumerInfo: c.Info()}, nil
}

// putConsumer makes or changes a consumer, as the action allows.
func (s *Stream) putConsumer(asked *api.ConsumerConfig, action api.ConsumerAction) (c *Consumer, made bool, e *api.Error) {
	b := s.account.bounds()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, false, api.ErrStreamNotFound
	}
	cfg := asked.WithDefaults(s.config, b)
	if e := cfg.Validate(s.config, b); e != nil {
		return nil, false, e
	}
	if cfg.Name == "" {
		cfg.Name = randomName()
		for s.consumers[cfg.Name] != nil {
			cfg.Name = randomName()
		}
	}
	old := s.consumers[cfg.Name]
	switch {
	case old != nil && old.Config().Same(cfg):
		return old, false, nil
	case old != nil && action == api.CreateOnly:
		return nil, false, api.ErrConsumerExists
	case old == nil && action == api.UpdateOnly:
		return nil, false, api.ErrConsumerDoesNotExist
	}
	if e := s.admitConsumer(cfg, old); e != nil {
		return nil, false, e
	}
	if old != nil {
		if err := s.updateConsumer(old, cfg); err != nil {
			return nil, false, failure(err)
		}
		return old, false, nil
	}
	c, err := s.makeConsumer(cfg.Name, cfg)
	if err != nil {
		return nil, false, failure(err)
	}
	return c, true, nil
}

// randomName is the name of a consumer that got none.
func randomName() string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	id := newStreamID()
	b := make([]byte, 8)
	for i := range b {
		b[i] = digits[id%62]
		id /= 62
	}
	return string(b)
}

// admitConsumer returns why the stream may not have a consumer, in the place of an old
// one if that is not nil. It is called with mu held.
func (s *Stream) admitConsumer(cfg *api.ConsumerConfig, old *Consumer) *api.Error {
	if old != nil {
		was := old.Config()
		if e := was.CheckUpdate(cfg); e != nil {
			return e
		}
		if was.IsPush() && was.DeliverSubject != cfg.DeliverSubject && old.Interest(was.DeliverSubject, was.DeliverGroup) {
			return api.ErrConsumerNameExists
		}
	} else if e := s.checkConsumers(cfg); e != nil {
		return e
	}
	if s.config.Retention != api.WorkQueuePolicy || cfg.Direct {
		return nil
	}
	for _, c := range s.consumers {
		if c == old || c.internal() {
			continue
		}
		theirs, ours := c.Config().Filters(), cfg.Filters()
		if len(theirs) == 0 || len(ours) == 0 {
			return api.Known(10099)
		}
		for _, a := range theirs {
			for _, b := range ours {
				if subject.Overlap(a, b) {
					return api.Known(10100)
				}
			}
		}
	}
	return nil
}

// checkConsumers returns why there may not be one more.
func (s *Stream) checkConsumers(cfg *api.ConsumerConfig) *api.Error {
	if cfg.Direct {
		return nil
	}
	limit := s.config.MaxConsumers
	if n := s.account.limitFor(s.config).MaxConsumers; n >= 0 && (limit < 0 || n < limit) {
		limit = n
	}
	if limit < 0 {
		if limit = s.account.engine.cfg.Limits.MaxConsumers; limit == 0 {
			limit = DefaultMaxConsumers
		}
	}
	n := 0
	for _, c := range s.consumers {
		if !c.internal() {
			n++
		}
	}
	if limit >= 0 && n >= limit {
		return api.ErrMaximumConsumers
	}
	return nil
}

// DefaultMaxConsumers is how many consumers a stream has at most if nobody says
// anything else.
const DefaultMaxConsumers = 1000

// consumer returns the consumer that a request is about.
func (r *request) consumer() (*Stream, *Consumer, *api.Error) {
	s, e := r.stream()
	if e != nil {
		return nil, nil, e
	}
	c := s.Consumer(r.Consumer)
	if c == nil {
		return nil, nil, api.ErrConsumerNotFound
	}
	return s, c, nil
}

// consumerNames answers api.ConsumerNames.
func (r *request) consumerNames() (any, *api.Error) {
	all, offset, e := r.consumers()
	if e != nil {
		return nil, e
	}
	p, from, to := api.Page(len(all), offset, api.NamesLimit)
	resp := &api.ConsumerNamesResponse{Head: r.head(nil), Paged: p, Consumers: []string{}}
	for _, c := range all[from:to] {
		resp.Consumers = append(resp.Consumers, c.name)
	}
	return resp, nil
}

// consumers returns all consumers, and which part of them is asked for.
func (r *request) consumers() (all []*Consumer, offset int, e *api.Error) {
	var req api.ListRequest
	if e := api.DecodeOptional(r.body, &req, r.strict()); e != nil {
		return nil, 0, e
	}
	s, e := r.stream()
	if e != nil {
		return nil, 0, e
	}
	return s.visibleConsumers(), req.Offset, nil
}

// listConsumers answers api.ConsumerList.
func (r *request) listConsumers() (any, *api.Error) {
	all, offset, e := r.consumers()
	if e != nil {
		return nil, e
	}
	p, from, to := api.Page(len(all), offset, api.ListLimit)
	resp := &api.ConsumerListResponse{Head: r.head(nil), Paged: p, Consumers: []*api.ConsumerInfo{}}
	for _, c := range all[from:to] {
		i := c.Info()
		i.Config = c.Config()
		resp.Consumers = append(resp.Consumers, i)
	}
	return resp, nil
}

// consumerInfo answers api.ConsumerInfoKind.
func (r *request) consumerInfo() (any, *api.Error) {
	if !api.IsEmpty(r.body) {
		return nil, api.ErrNotEmptyRequest
	}
	_, c, e := r.consumer()
	if e != nil {
		return nil, e
	}
	return &api.ConsumerResponse{Head: r.head(nil), ConsumerInfo: c.Info()}, nil
}

// deleteConsumer answers api.ConsumerDelete.
func (r *request) deleteConsumer() (any, *api.Error) {
	if !api.IsEmpty(r.body) {
		return nil, api.ErrNotEmptyRequest
	}
	s, c, e := r.consumer()
	if e != nil {
		return nil, e
	}
	removed, err := s.removeConsumer(c)
	if !removed {
		return nil, api.ErrConsumerNotFound
	}
	if err == nil {
		err = s.journal.sync()
	}
	if err != nil {
		return nil, failure(err)
	}
	r.account.adviseConsumerAction(c, "delete")
	return &api.SuccessResponse{Head: r.head(nil), Success: true}, nil
}

// pauseConsumer answers api.ConsumerPause.
func (r *request) pauseConsumer() (any, *api.Error) {
	var req api.PauseRequest
	if e := api.DecodeOptional(r.body, &req, r.strict()); e != nil {
		return nil, e
	}
	s, c, e := r.consumer()
	if e != nil {
		return nil, e
	}
	now := r.account.engine.now()
	until := int64(0)
	if req.PauseUntil.After(now) {
		until = req.PauseUntil.UnixNano()
	}
	err := s.pause(c, until)
	if err == nil {
		err = s.journal.sync()
	}
	if err != nil {
		return nil, failure(err)
	}
	resp := &api.PauseResponse{Head: r.head(nil)}
	if until > 0 {
		resp.Paused, resp.PauseUntil = true, req.PauseUntil.UTC()
		resp.PauseRemaining = req.PauseUntil.Sub(now)
	}
	r.account.advisePause(c, resp.Paused, resp.PauseUntil)
	return resp, nil
}

// pause stops a consumer until a time; 0 resumes it.
func (s *Stream) pause(c *Consumer, until int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cfg := *c.Config()
	cfg.PauseUntil = nil
	if until > 0 {
		at := time.Unix(0, until).UTC()
		cfg.PauseUntil = &at
	}
	full := cfg.WithDefaults(s.config, s.account.bounds())
	c.mu.Lock()
	c.machine.Pause(until, full)
	c.mu.Unlock()
	c.work.kick()
	return s.logConsumer(c)
}

// unpinConsumer answers api.ConsumerUnpin.
func (r *request) unpinConsumer() (any, *api.Error) {
	var req api.UnpinRequest
	if e := api.Decode(r.body, &req, false); e != nil {
		return nil, e
	}
	switch {
	case req.Group == "":
		return nil, api.Known(10025, "consumer group not specified")
	case !api.ValidGroup(req.Group):
		return nil, api.Known(10162)
	}
	_, c, e := r.consumer()
	if e != nil {
		return nil, e
	}
	found := false
	for _, g := range c.Config().PriorityGroups {
		found = found || g == req.Group
	}
	if !found {
		return nil, api.Known(10160)
	}
	c.with(func() { c.machine.Unpin() })
	return &api.Head{Type: r.head(nil).Type}, nil
}

// with calls fn with mu held and a sender in place.
func (c *Consumer) with(fn func()) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.sender = c.stream.account.sender()
	fn()
	sender := c.sender
	c.sender = nil
	c.mu.Unlock()
	sender.Flush()
	c.stream.account.release(sender)
	c.work.kick()
}

// resetConsumer answers api.ConsumerReset.
func (r *request) resetConsumer() (any, *api.Error) {
	var req api.ResetRequest
	if e := api.DecodeOptional(r.body, &req, false); e != nil {
		return nil, e
	}
	s, c, e := r.consumer()
	if e != nil {
		return nil, nil // silence
	}
	var seq uint64
	c.with(func() { seq, e = c.machine.Reset(req.Seq) })
	if e != nil {
		return nil, e
	}
	if err := s.journal.sync(); err != nil {
		return nil, failure(err)
	}
	return &api.ResetResponse{Head: r.head(nil), ConsumerInfo: c.Info(), ResetSeq: seq}, nil
}
