package jetstream

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
)

// Requests about single messages.

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// getMessage answers api.MsgGet.
func (r *request) getMessage() (any, *api.Error) {
	if len(r.body) == 0 {
		return nil, api.ErrBadRequest
	}
	var req api.MsgGetRequest
	if e := api.Decode(r.body, &req, r.strict()); e != nil {
		return nil, e
	}
	if !req.ValidGet() {
		return nil, api.ErrBadRequest
	}
	s, e := r.stream()
	if e != nil {
		return nil, e
	}
	var b store.Buffer
	msg, err := s.find(&req, &b)
	if err != nil {
		return nil, api.ErrNoMessageFound
	}
	m := &api.StoredMsg{
		Subject: string(msg.Subject), Seq: msg.Seq, Data: msg.Payload, Time: time.Unix(0, msg.Time).UTC(),
	}
	if !req.NoHeaders {
		m.Header = msg.Header
	}
	return &api.MsgGetResponse{Head: r.head(nil), Message: m}, nil
}

// find finds the one message that is asked for.
func (s *Stream) find(req *api.MsgGetRequest, b *store.Buffer) (store.Message, error) {
	v := view{s}
	from := req.Seq
	if req.StartTime != nil {
		from = v.SeqAt(req.StartTime.UnixNano())
	}
	switch {
	case req.LastFor != "":
		return v.Last(store.NewFilter(req.LastFor), s.visible.Load(), b)
	case req.NextFor != "":
		return v.Next(store.NewFilter(req.NextFor), from, b)
	case req.StartTime != nil:
		return v.Next(nil, from, b)
	}
	return v.Load(req.Seq, b)
}

// deleteMessage answers api.MsgDelete.
func (r *request) deleteMessage() (any, *api.Error) {
	if api.IsEmpty(r.body) {
		return nil, api.ErrBadRequest
	}
	var req api.MsgDeleteRequest
	if e := api.Decode(r.body, &req, r.strict()); e != nil {
		return nil, e
	}
	s, e := r.stream()
	if e != nil {
		return nil, e
	}
	cfg := s.Config()
	switch {
	case cfg.Sealed:
		return nil, api.ErrStreamSealed
	case cfg.DenyDelete:
		return nil, api.ErrDelete("message delete not permitted")
	}
	if e := s.remove(req.Seq, !req.NoErase); e != nil {
		return nil, e
	}
	return &api.SuccessResponse{Head: r.head(nil), Success: true}, nil
}

// remove removes one message, and returns when that is durable.
func (s *Stream) remove(seq uint64, erase bool) *api.Error {
	s.mu.Lock()
	s.soil()
	g, err := s.machine.Delete(seq, erase)
	if err != nil {
		s.mu.Unlock()
		if errors.Is(err, stream.ErrNoMessage) {
			return api.Known(10043, seq)
		}
		return api.ErrDelete(err.Error())
	}
	err = s.journal.gone(&g)
	s.count()
	s.rearm()
	s.mu.Unlock()
	if err = errors.Join(err, s.journal.sync()); err != nil {
		return failure(err)
	}
	return nil
}
