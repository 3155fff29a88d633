package server

import (
	"errors"
	"fmt"

	"github.com/dunlin-mq/dunlin/jetstream"
	"github.com/dunlin-mq/dunlin/server/internal/monitor"
)

// streamFacts tells the monitor about streams. It implements [monitor.JetStream].
type streamFacts struct{ s *Server }

// engine returns the engine; nil while there is none.
func (f streamFacts) engine() *jetstream.Engine {
	f.s.attaching.Lock()
	defer f.s.attaching.Unlock()
	return f.s.jetStream
}

// Usage implements [monitor.JetStream].
func (f streamFacts) Usage() *monitor.JszUsage {
	e := f.engine()
	if e == nil {
		return nil
	}
	o := f.s.Options()
	js := &o.JetStream
	u := &monitor.JszUsage{Config: monitor.JszConfig{
		MaxMemory: js.MaxMemory, MaxStorage: js.MaxFile, StoreDir: storeDir(o), SyncInterval: js.Sync, SyncAlways: js.Sync == 0,
		Domain: js.Domain, Strict: !js.Lenient,
	}, Limits: &monitor.JszLimits{
		MaxAckPending: js.Limits.MaxAckPending, MaxRequestBatch: js.Limits.MaxRequestBatch, DuplicateWindow: js.Limits.DuplicateWindow,
		DefaultMaxConsumers: js.Limits.DefaultMaxConsumers,
	}}
	if u.Limits.DefaultMaxConsumers == 0 {
		u.Limits.DefaultMaxConsumers = jetstream.DefaultMaxConsumers
	}
	u.API.Level = APILevel
	for _, a := range e.Accounts() {
		if !a.Enabled() {
			continue
		}
		i := a.Info()
		u.Accounts++
		u.Memory += i.Memory
		u.Storage += i.Store
		u.ReservedMemory += i.ReservedMemory
		u.ReservedStorage += i.ReservedStore
		u.Streams += i.Streams
		u.Consumers += i.Consumers
		u.API.Total += i.API.Total
		u.API.Errors += i.API.Errors
		for _, s := range a.Streams() {
			st := s.Info().State
			u.Messages += st.Msgs
			u.Bytes += st.Bytes
		}
	}
	return u
}

// Details implements [monitor.JetStream].
func (f streamFacts) Details(name string, d monitor.JszDetails) []monitor.JszAccount {
	var list []monitor.JszAccount
	for _, a := range f.engine().Accounts() {
		if !a.Enabled() || name != "" && a.Name() != name {
			continue
		}
		i := a.Info()
		acc := monitor.JszAccount{Name: a.Name(), ID: a.Name(), JszStats: monitor.JszStats{
			Memory: i.Memory, Storage: i.Store, ReservedMemory: uint64(i.Limits.MaxMemory), ReservedStorage: uint64(i.Limits.MaxStore),
			Accounts: 1, API: monitor.JszAPI{Level: APILevel, Total: i.API.Total, Errors: i.API.Errors},
		}}
		if d.Streams {
			for _, s := range a.Streams() {
				acc.Streams = append(acc.Streams, streamDetail(s, d))
			}
		}
		list = append(list, acc)
	}
	return list
}

// streamDetail describes a stream.
func streamDetail(s *jetstream.Stream, d monitor.JszDetails) monitor.JszStream {
	i := s.Info()
	out := monitor.JszStream{Name: i.Config.Name, Created: i.Created, State: i.State}
	if d.Config {
		out.Config = i.Config
	}
	if d.Consumers {
		for _, c := range s.Consumers() {
			ci := c.Info()
			if !d.Config {
				ci.Config = nil
			}
			out.Consumers = append(out.Consumers, ci)
		}
	}
	return out
}

// Check implements [monitor.JetStream].
func (f streamFacts) Check(acc, stream, consumer string) (missing bool, err error) {
	e := f.engine()
	if err := e.Err(); err != nil {
		return false, fmt.Errorf("JetStream write error: %w", err)
	}
	if list := e.Unloaded(); len(list) > 0 {
		return false, errors.New("JetStream stream '" + list[0] + "' could not be recovered")
	}
	if acc == "" {
		return false, nil
	}
	if f.s.accounts.Get(acc) == nil {
		return true, fmt.Errorf("JetStream account %q not found", acc)
	}
	if stream == "" {
		return false, nil
	}
	s := e.Account(acc).Stream(stream)
	if s == nil {
		return true, fmt.Errorf("JetStream stream %q not found on account %q", stream, acc)
	}
	if consumer != "" && s.Consumer(consumer) == nil {
		return true, fmt.Errorf("JetStream consumer %q not found for stream %q on account %q", consumer, stream, acc)
	}
	return false, nil
}
