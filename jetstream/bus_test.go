package jetstream

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/vfs"
	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// testBus is an account in memory. It implements Bus.
type testBus struct {
	mu    sync.Mutex
	subs  map[*testSub]struct{}
	inbox int
}

type testSub struct {
	bus     *testBus
	subject string
	r       Receiver
}

func newTestBus() *testBus { return &testBus{subs: make(map[*testSub]struct{})} }

func (b *testBus) Subscribe(subject, _ string, r Receiver) (Subscription, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &testSub{b, subject, r}
	b.subs[s] = struct{}{}
	return s, nil
}

func (s *testSub) End() {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	delete(s.bus.subs, s)
}

func (b *testBus) match(subj string) (list []*testSub) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subs {
		if subject.Match(s.subject, subj) {
			list = append(list, s)
		}
	}
	return list
}

func (b *testBus) Interest(subject, _ string) bool { return len(b.match(subject)) > 0 }
func (b *testBus) Watch(string, func()) func()     { return func() {} }
func (b *testBus) Sender() Sender                  { return b }
func (b *testBus) Flush()                          {}
func (b *testBus) Drain(time.Duration)             {}
func (b *testBus) Send(m *Outgoing) bool {
	shown := m.Subject
	if len(shown) == 0 {
		shown = m.To
	}
	return b.deliver(string(m.To), &Incoming{Subject: shown, Reply: m.Reply, Header: m.Header, Payload: m.Payload})
}

func (b *testBus) deliver(to string, m *Incoming) (taken bool) {
	for _, s := range b.match(to) {
		w, ok := s.r.Receive(m)
		taken = taken || ok
		if w != nil {
			w.Wake()
		}
	}
	return taken
}

// reply is a message that was received.
type reply struct{ subject, reply, header, payload string }

// ear collects messages. It implements Receiver.
type ear chan reply

func (e ear) Receive(m *Incoming) (Worker, bool) {
	e <- reply{string(m.Subject), string(m.Reply), string(m.Header), string(m.Payload)}
	return nil, true
}

// rig is an engine with one account.
type rig struct {
	engine *Engine
	bus    *testBus
}

// openRig opens an engine on a file system.
func openRig(fs vfs.FS) (*rig, error) {
	e, err := Open(Config{FS: fs, Dir: "js", MaxMemory: -1, MaxStore: -1, MaxBufferedMsgs: 1000, MaxBufferedSize: 1 << 20, ServerName: "test"})
	if err != nil {
		return nil, err
	}
	r := &rig{e, newTestBus()}
	return r, e.Account("A").Attach(r.bus, noLimits, nil)
}

// request publishes a message with an inbox and returns what comes back, false if the
// engine fails before that.
func (r *rig) request(subj, header, payload string) (reply, bool) {
	r.bus.mu.Lock()
	r.bus.inbox++
	inbox := fmt.Sprintf("_INBOX.%d", r.bus.inbox)
	r.bus.mu.Unlock()
	e := make(ear, 100)
	sub, _ := r.bus.Subscribe(inbox, "", e)
	defer sub.End()
	r.bus.deliver(subj, &Incoming{Subject: []byte(subj), Reply: []byte(inbox), Header: []byte(header), Payload: []byte(payload)})
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case m := <-e:
			return m, true
		case <-tick.C:
			if r.engine.Err() != nil {
				return reply{}, false
			}
		}
	}
}

// api makes a request to the API and decodes the answer into v.
func (r *rig) api(what string, body, v any) bool {
	text := ""
	if body != nil {
		b, _ := json.Marshal(body)
		text = string(b)
	}
	m, ok := r.request("$JS.API."+what, "", text)
	return ok && json.Unmarshal([]byte(m.payload), v) == nil
}

// close closes the engine.
func (r *rig) close(t *testing.T) {
	t.Helper()
	if err := r.engine.Close(); err != nil {
		t.Error(err)
	}
}

// openMemoryRig opens an engine with a stream S in memory and a consumer C.
func openMemoryRig() (*rig, error) {
	fs := vfs.NewMemory()
	r, err := openRig(fs)
	if err != nil {
		return nil, err
	}
	var v any
	r.api("STREAM.CREATE.S", map[string]any{"name": "S", "subjects": []string{"s.*"}, "storage": "memory", "allow_direct": true}, &v)
	r.api("CONSUMER.CREATE.S.C", map[string]any{"stream_name": "S", "config": map[string]any{"durable_name": "C", "ack_policy": "explicit"}}, &v)
	r.request("s.1", "", "hello")
	return r, nil
}
