package jetstream

import (
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Requests about streams.

// bounds are the limits that configurations are checked against.
func (a *Account) bounds() *api.Bounds {
	l := &a.engine.cfg.Limits
	b := &api.Bounds{Duplicates: l.DuplicateWindow, MaxAckPending: l.MaxAckPending, MaxBatch: l.MaxRequestBatch}
	a.mu.RLock()
	defer a.mu.RUnlock()
	if n := a.limits.MaxAckPending; n > 0 && (b.MaxAckPending <= 0 || n < b.MaxAckPending) {
		b.MaxAckPending = n
	}
	return b
}

// accountInfo answers api.Info.
func (r *request) accountInfo() (any, *api.Error) {
	return &api.AccountInfoResponse{Head: r.head(nil), AccountInfo: r.account.Info()}, nil
}

// Info describes the account.
func (a *Account) Info() *api.AccountInfo {
	i := &api.AccountInfo{Domain: a.engine.cfg.Domain}
	i.API = api.APIStats{Level: api.Level, Total: a.requests.total.Load(), Errors: a.requests.errors.Load()}
	a.mu.RLock()
	i.Limits = a.limits
	tiers := a.tiers
	a.mu.RUnlock()
	if tiers != nil {
		i.Limits = api.AccountLimits{}
		i.Tiers = make(map[string]api.AccountTier, len(tiers))
		for name, l := range tiers {
			i.Tiers[name] = api.AccountTier{Limits: l}
		}
	}
	for _, s := range a.Streams() {
		u := s.usage()
		i.Add(&u)
		if tiers != nil {
			name := tierOf(s.Config())
			t := i.Tiers[name]
			t.Add(&u)
			i.Tiers[name] = t
		}
	}
	return i
}

// usage is what the stream counts for.
func (s *Stream) usage() (u api.AccountTier) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bytes, reserved := s.store.State().Bytes, uint64(max(s.config.MaxBytes, 0))
	u.Streams, u.Consumers = 1, len(s.consumers)
	if s.config.Storage == api.MemoryStorage {
		u.Memory, u.ReservedMemory = bytes, reserved
	} else {
		u.Store, u.ReservedStore = bytes, reserved
	}
	return u
}

// Config returns the configuration in force. It must not be changed.
func (s *Stream) Config() *api.StreamConfig {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config
}

// direct reports whether messages may be got directly.
func (s *Stream) direct() bool {
	cfg := s.Config()
	return cfg.AllowDirect || cfg.MirrorDirect
}

// decodeStream reads the configuration in a request.
func (r *request) decodeStream() (*api.StreamConfigRequest, *api.StreamConfig, *api.Error) {
	req := new(api.StreamConfigRequest)
	if len(r.body) > 0 {
		if err := api.Decode(r.body, req, r.strict()); err != nil {
			return nil, nil, err
		}
	}
	if req.Name != r.Stream {
		return nil, nil, api.ErrStreamMismatch
	}
	for _, c := range r.Stream {
		if c == '/' || c == '\\' {
			return nil, nil, api.Known(10128)
		}
	}
	return req, req.StreamConfig.WithDefaults(r.account.bounds()), nil
}

// createStream answers api.StreamCreate.
func (r *request) createStream() (any, *api.Error) {
	req, cfg, e := r.decodeStream()
	if e != nil {
		return nil, e
	}
	switch {
	case req.Sealed:
		return nil, api.ErrInvalidConfig("stream configuration for create can not be sealed")
	case req.MirrorDirect && req.Mirror == nil:
		return nil, api.ErrInvalidConfig("stream has no mirror but does have mirror direct")
	}
	a := r.account
	a.making.Lock()
	defer a.making.Unlock()
	if m := cfg.Mirror; m != nil {
		if o := a.Stream(m.Name); o != nil {
			cfg.MirrorDirect = o.Config().AllowDirect
		}
	}
	if s := a.Stream(cfg.Name); s != nil && s.Config().Same(cfg) {
		return &api.StreamCreateResponse{Head: r.head(nil), StreamInfo: s.Info(), DidCreate: true}, nil
	}
	if e := a.admitStream(cfg, nil); e != nil {
		return nil, e
	}
	if e := notBuilt(cfg); e != nil {
		return nil, e
	}
	s, err := a.make(cfg)
	if err != nil {
		a.engine.cfg.Log.Error("stream was not made", "account", a.name, "stream", cfg.Name, "error", err)
		return nil, api.ErrStreamCreate("error creating store for stream")
	}
	a.adviseStream(s.name, "create")
	return &api.StreamCreateResponse{Head: r.head(nil), StreamInfo: s.Info(), DidCreate: true}, nil
}

// admitStream returns why the account may not have a stream with a configuration, in
// the place of an old one if that is not nil.
func (a *Account) admitStream(cfg *api.StreamConfig, old *Stream) *api.Error {
	if old == nil {
		if e := a.checkLimits(cfg); e != nil {
			return e
		}
	}
	if e := cfg.Validate(a.bounds()); e != nil {
		return e
	}
	if cfg.Replicas > 1 {
		return api.ErrReplicasStandalone
	}
	l := a.limitFor(cfg)
	most := l.StoreMaxStreamBytes
	if cfg.Storage == api.MemoryStorage {
		most = l.MemoryMaxStreamBytes
	}
	switch {
	case l.MaxBytesRequired && cfg.MaxBytes <= 0:
		return api.ErrMaxBytesRequired
	case most > 0 && cfg.MaxBytes > most:
		return api.ErrMaxStreamBytes
	}
	if old == nil && a.Stream(cfg.Name) != nil {
		return api.ErrStreamNameExists
	}
	if a.circular(cfg, cfg.Name, make(map[string]bool)) {
		return api.ErrInvalidConfig("detected cycle")
	}
	for _, s := range a.Streams() {
		if s == old {
			continue
		}
		for _, theirs := range s.Config().Subjects {
			for _, subj := range cfg.Subjects {
				if subject.Overlap(theirs, subj) {
					return api.ErrSubjectOverlap
				}
			}
		}
	}
	return nil
}

// notBuilt refuses a configuration that asks for what does not exist yet: a stream that
// only looks like a mirror is worse than none.
func notBuilt(cfg *api.StreamConfig) *api.Error {
	what := ""
	switch {
	case external(cfg):
		what = "an external origin"
	case len(cfg.Sources) > 0 && cfg.AllowMsgCounter:
		what = "a counter with sources"
	case cfg.AllowMsgSchedules:
		what = "allow_msg_schedules"
	case cfg.PersistMode == api.PersistAsync:
		what = "persist_mode async"
	default:
		return nil
	}
	return api.ErrInvalidConfig(what + " is not supported by this version of dunlin yet")
}

// circular reports whether a stream takes messages from the one of a name, directly or
// through others.
func (a *Account) circular(cfg *api.StreamConfig, name string, seen map[string]bool) bool {
	origins := cfg.Sources
	if cfg.Mirror != nil {
		origins = []*api.StreamSource{cfg.Mirror}
	}
	for _, o := range origins {
		if o.Name == name {
			return true
		}
		if s := a.Stream(o.Name); s != nil && !seen[o.Name] {
			seen[o.Name] = true
			if a.circular(s.Config(), name, seen) {
				return true
			}
		}
	}
	return false
}

// external reports whether a stream takes messages from elsewhere than its account.
func external(cfg *api.StreamConfig) bool {
	if cfg.Mirror != nil && (cfg.Mirror.External != nil || cfg.Mirror.Consumer != nil) {
		return true
	}
	for _, s := range cfg.Sources {
		if s.External != nil || s.Consumer != nil {
			return true
		}
	}
	return false
}

// checkLimits returns why the account may not have one more stream.
func (a *Account) checkLimits(cfg *api.StreamConfig) *api.Error {
	if !a.hasTier(cfg) {
		return api.ErrNoLimits
	}
	l := a.limitFor(cfg)
	streams := a.Streams()
	n, reserved := 0, max(cfg.MaxBytes, 0)
	for _, s := range streams {
		c := s.Config()
		if tierOf(c) != tierOf(cfg) {
			continue
		}
		n++
		if c.Storage == cfg.Storage {
			reserved += max(c.MaxBytes, 0)
		}
	}
	limit, full, server := l.MaxStore, api.ErrStorageExceeded, a.engine.cfg.MaxStore
	if cfg.Storage == api.MemoryStorage {
		limit, full, server = l.MaxMemory, api.ErrMemoryExceeded, a.engine.cfg.MaxMemory
	}
	switch {
	case l.MaxStreams >= 0 && n >= l.MaxStreams:
		return api.ErrMaximumStreams
	case cfg.MaxBytes > 0 && limit >= 0 && reserved > limit, cfg.MaxBytes > 0 && server >= 0 && cfg.MaxBytes > server:
		return full
	}
	return nil
}

// updateStream answers api.StreamUpdate.
func (r *request) updateStream() (any, *api.Error) {
	_, cfg, e := r.decodeStream()
	if e != nil {
		return nil, e
	}
	a := r.account
	a.making.Lock()
	defer a.making.Unlock()
	s := a.Stream(r.Stream)
	if e := cfg.Validate(a.bounds()); e != nil {
		return nil, e
	}
	if s == nil {
		return nil, api.ErrStreamNotFound
	}
	if e := a.admitStream(cfg, s); e != nil {
		return nil, e
	}
	if e := s.Config().CheckUpdate(cfg); e != nil {
		return nil, e
	}
	if e := notBuilt(cfg); e != nil {
		return nil, e
	}
	if names := s.violators(cfg); names != "" {
		return nil, api.ErrStreamUpdate("change to limits violates consumers: " + names)
	}
	if err := s.update(cfg); err != nil {
		return nil, failure(err)
	}
	if err := s.journal.sync(); err != nil {
		return nil, failure(err)
	}
	a.adviseStream(s.name, "modify")
	return &api.StreamCreateResponse{Head: r.head(nil), StreamInfo: s.Info()}, nil
}

// violators names the consumers that a configuration's limits do not allow.
func (s *Stream) violators(cfg *api.StreamConfig) (names string) {
	for _, c := range s.visibleConsumers() {
		cc := c.Config()
		l := cfg.ConsumerLimits
		if l.MaxAckPending > 0 && cc.MaxAckPending > l.MaxAckPending ||
			l.InactiveThreshold > 0 && cc.InactiveThreshold > l.InactiveThreshold {
			if names != "" {
				names += ", "
			}
			names += c.name
		}
	}
	return names
}

// Config returns the configuration in force. It must not be changed.
func (c *Consumer) Config() *api.ConsumerConfig {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.machine.Config()
}

// Info describes the stream.
func (s *Stream) Info() *api.StreamInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := &api.StreamInfo{
		Config: s.config.ForClients(), Created: s.created, State: s.state(), Timestamp: s.account.engine.now().UTC(),
	}
	i.Mirror, i.Sources = s.sourceInfo()
	return i
}

// state describes what is stored. It is called with mu held.
func (s *Stream) state() api.StreamState {
	st := s.store.State()
	at := func(ns int64) time.Time {
		if ns == 0 {
			return time.Time{}
		}
		return time.Unix(0, ns).UTC()
	}
	out := api.StreamState{
		Msgs: st.Messages, Bytes: st.Bytes, FirstSeq: st.FirstSeq, LastSeq: st.LastSeq,
		FirstTime: at(st.FirstTime), LastTime: at(st.LastTime), NumSubjects: st.Subjects, NumDeleted: int(st.Deleted),
	}
	for _, c := range s.consumers {
		if !c.internal() {
			out.Consumers++
		}
	}
	if f, ok := s.store.(*store.File); ok {
		if lost := f.Lost(); len(lost) > 0 {
			out.Lost = &api.LostMessages{Msgs: lost}
		}
	}
	return out
}

// stream returns the stream that a request is about.
func (r *request) stream() (*Stream, *api.Error) {
	s := r.account.Stream(r.Stream)
	if s == nil {
		return nil, api.ErrStreamNotFound
	}
	s.settle()
	return s, nil
}

// streamInfo answers api.StreamInfoKind.
func (r *request) streamInfo() (any, *api.Error) {
	var req api.StreamInfoRequest
	if e := api.DecodeOptional(r.body, &req, r.strict()); e != nil {
		return nil, e
	}
	s, e := r.stream()
	if e != nil {
		return nil, e
	}
	i := s.Info()
	i.Domain = r.account.engine.cfg.Domain
	i.Cluster = &api.ClusterInfo{Leader: r.account.engine.cfg.ServerName}
	resp := &api.StreamInfoResponse{Head: r.head(nil), StreamInfo: i}
	if req.DeletedDetails {
		i.State.Deleted = deleted(s.store)
	}
	if req.SubjectsFilter != "" {
		resp.Paged, i.State.Subjects = subjects(s.store, req.SubjectsFilter, req.Offset)
	}
	return resp, nil
}

// maxDeleted is how many sequences of gaps are listed.
const maxDeleted = 1 << 20

// deleted lists the sequences without messages.
func deleted(st store.Store) (seqs []uint64) {
	st.Gaps(func(first, last uint64) bool {
		for seq := first; seq <= last && len(seqs) < maxDeleted; seq++ {
			seqs = append(seqs, seq)
		}
		return len(seqs) < maxDeleted
	})
	return seqs
}

// subjects counts the messages of the subjects that match, of one page of them.
func subjects(st store.Store, filter string, offset int) (api.Paged, map[string]uint64) {
	all := make(map[string]uint64)
	st.Subjects(store.NewFilter(filter), func(subj []byte, s store.SubjectState) bool {
		all[string(subj)] = s.Messages
		return true
	})
	if len(all) == 0 {
		return api.Paged{}, nil
	}
	p, from, to := api.Page(len(all), offset, api.SubjectsLimit)
	if len(all) > api.SubjectsLimit || offset > 0 {
		page := make(map[string]uint64, to-from)
		for _, subj := range sortedKeys(all)[from:to] {
			page[subj] = all[subj]
		}
		all = page
	}
	return p, all
}

// matching returns the streams that have to do with a subject, sorted by name; all if it
// is empty.
func (a *Account) matching(filter string) []*Stream {
	var found []*Stream
	for _, s := range a.Streams() {
		ok := filter == ""
		for _, subj := range s.Config().Subjects {
			ok = ok || subject.Valid(filter) && subject.Overlap(subj, filter)
		}
		if ok {
			found = append(found, s)
		}
	}
	return found
}

// streamNames answers api.StreamNames.
func (r *request) streamNames() (any, *api.Error) {
	var req api.ListRequest
	if e := api.DecodeOptional(r.body, &req, r.strict()); e != nil {
		return nil, e
	}
	all := r.account.matching(req.Subject)
	p, from, to := api.Page(len(all), req.Offset, api.NamesLimit)
	resp := &api.StreamNamesResponse{Head: r.head(nil), Paged: p}
	for _, s := range all[from:to] {
		resp.Streams = append(resp.Streams, s.name)
	}
	return resp, nil
}

// listStreams answers api.StreamList.
func (r *request) listStreams() (any, *api.Error) {
	var req api.ListRequest
	if e := api.DecodeOptional(r.body, &req, r.strict()); e != nil {
		return nil, e
	}
	all := r.account.matching(req.Subject)
	p, from, to := api.Page(len(all), req.Offset, api.ListLimit)
	resp := &api.StreamListResponse{Head: r.head(nil), Paged: p, Streams: []*api.StreamInfo{}}
	for _, s := range all[from:to] {
		i := s.Info()
		i.Config = *s.Config()
		i.Domain = r.account.engine.cfg.Domain
		resp.Streams = append(resp.Streams, i)
	}
	return resp, nil
}

// deleteStream answers api.StreamDelete.
func (r *request) deleteStream() (any, *api.Error) {
	if !api.IsEmpty(r.body) {
		return nil, api.ErrNotEmptyRequest
	}
	a := r.account
	a.making.Lock()
	defer a.making.Unlock()
	s, e := r.stream()
	if e != nil {
		return nil, e
	}
	for _, c := range s.visibleConsumers() {
		a.adviseConsumerAction(c, "delete")
	}
	if err := s.destroy(); err != nil {
		a.engine.cfg.Log.Error("stream was not removed from the disk", "account", a.name, "stream", s.name, "error", err)
		return nil, api.Known(10050, err)
	}
	a.adviseStream(s.name, "delete")
	return &api.SuccessResponse{Head: r.head(nil), Success: true}, nil
}

// purgeStream answers api.StreamPurge.
func (r *request) purgeStream() (any, *api.Error) {
	var req api.PurgeRequest
	if e := api.DecodeOptional(r.body, &req, r.strict()); e != nil {
		return nil, e
	}
	if req.Seq > 0 && req.Keep > 0 {
		return nil, api.ErrBadRequest
	}
	s, e := r.stream()
	if e != nil {
		return nil, e
	}
	cfg := s.Config()
	switch {
	case cfg.Sealed:
		return nil, api.ErrStreamSealed
	case cfg.DenyPurge:
		return nil, api.ErrPurge("stream purge not permitted")
	}
	p := stream.Purge{Seq: req.Seq, Keep: req.Keep}
	if req.Filter != "" {
		if !subject.Valid(req.Filter) {
			return nil, api.ErrPurge("invalid subject")
		}
		p.Filter = store.NewFilter(req.Filter)
	}
	g, err := s.purge(&p)
	if err != nil {
		return nil, failure(err)
	}
	return &api.PurgeResponse{Head: r.head(nil), Success: true, Purged: g.Count}, nil
}

// purge removes messages, and returns when that is durable.
func (s *Stream) purge(p *stream.Purge) (stream.Gone, error) {
	s.mu.Lock()
	s.soil()
	g := s.machine.Purge(p)
	err := s.journal.gone(&g)
	s.visible.Store(max(s.visible.Load(), min(s.store.State().LastSeq, max(g.Compact, 1)-1)))
	s.count()
	s.rearm()
	consumers := s.sortedConsumers()
	s.mu.Unlock()
	for _, c := range consumers {
		c.mu.Lock()
		c.machine.Realign(p.Filter == nil)
		c.floor.Store(c.machine.Floor())
		c.mu.Unlock()
		c.work.kick()
	}
	if err != nil {
		return g, err
	}
	return g, s.journal.sync()
}
