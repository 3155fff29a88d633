package jetstream

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/protocol/header"
)

// Requests to the API: how they come in, who works on them, how they are answered.

// request is a request to the API.
type request struct {
	api.Request
	account *Account
	subject string
	reply   []byte
	header  []byte
	body    []byte
	origin  []byte // who sent it, as advisories have it; nil for the server itself
	then    func() // run in a goroutine of its own after the answer was sent; nil for nothing
}

// desk works on the requests of an engine, several at a time.
type desk struct {
	mu      sync.Mutex
	free    sync.Cond
	waiting []*request
	busy    int
	closed  bool
}

const (
	maxRequests = 10_000 // that wait
	maxClerks   = 16     // requests that are worked on at a time
)

// take has a request worked on. It is false if too many wait.
func (d *desk) take(r *request) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || len(d.waiting) >= maxRequests {
		return false
	}
	d.waiting = append(d.waiting, r)
	if d.busy < maxClerks {
		d.busy++
		go d.work()
	}
	return true
}

// work works on requests until there are none.
func (d *desk) work() {
	for {
		d.mu.Lock()
		if len(d.waiting) == 0 {
			d.busy--
			d.free.Broadcast()
			d.mu.Unlock()
			return
		}
		r := d.waiting[0]
		d.waiting[0] = nil
		d.waiting = d.waiting[1:]
		d.mu.Unlock()
		r.handle()
	}
}

// close waits until all requests are worked on, and takes none any more.
func (d *desk) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for d.busy > 0 {
		d.free.Wait()
	}
}

// listen begins to take requests and acknowledgements.
func (a *Account) listen() error {
	ears := map[string]Receiver{
		api.Prefix + ">":    apiEar{a, ""},
		api.AckPrefix + ">": ackEar{a},
		"$JS.FC.>":          flowEar{a},
	}
	if d := a.engine.cfg.Domain; d != "" {
		ears["$JS."+d+".API.>"] = apiEar{a, "$JS." + d + ".API."}
	}
	for subj, r := range ears {
		sub, err := a.subscribe(subj, r)
		if err != nil {
			return err
		}
		a.mu.Lock()
		a.subs = append(a.subs, sub)
		a.mu.Unlock()
	}
	return nil
}

// apiEar receives requests, on subjects with another prefix if that is not empty.
type apiEar struct {
	account *Account
	prefix  string
}

var nextPrefix = []byte(api.Prefix + "CONSUMER.MSG.NEXT.")

// Receive implements [Receiver].
func (e apiEar) Receive(m *Incoming) (Worker, bool) {
	subj := m.Subject
	if e.prefix != "" {
		subj = append([]byte(api.Prefix), subj[len(e.prefix):]...)
	}
	if rest, ok := bytes.CutPrefix(subj, nextPrefix); ok {
		return e.next(rest, m)
	}
	text := string(subj)
	r := &request{Request: api.ParseRequest(text), account: e.account, subject: text}
	switch r.Kind {
	case api.Unknown:
		return nil, true // silence
	case api.DirectGet:
		if s := e.account.Stream(r.Stream); s == nil || !s.direct() {
			return nil, false
		}
		if len(m.Reply) == 0 {
			return nil, true
		}
	}
	r.reply, r.header, r.body = bytes.Clone(m.Reply), bytes.Clone(m.Header), bytes.Clone(m.Payload)
	if m.Origin != nil {
		r.origin = m.Origin.Describe()
	}
	e.account.engine.desk.take(r)
	return nil, true
}

// next receives a pull request; rest is what follows the prefix of its subject.
func (e apiEar) next(rest []byte, m *Incoming) (Worker, bool) {
	stream, name, _ := bytes.Cut(rest, []byte{'.'})
	c := e.account.consumer(stream, name)
	if c == nil {
		return nil, false
	}
	if c.post(callPull, m) {
		return c, true
	}
	return nil, true
}

// consumer returns a consumer by its names, or nil.
func (a *Account) consumer(stream, name []byte) *Consumer {
	a.mu.RLock()
	s := a.streams[string(stream)]
	a.mu.RUnlock()
	if s == nil {
		return nil
	}
	s.roster.RLock()
	defer s.roster.RUnlock()
	return s.consumers[string(name)]
}

// ackEar receives acknowledgements.
type ackEar struct{ account *Account }

// Receive implements [Receiver].
func (e ackEar) Receive(m *Incoming) (Worker, bool) {
	var a api.AckSubject
	if !a.Parse(m.Subject) {
		return nil, false
	}
	c := e.account.consumer(a.Stream, a.Consumer)
	if c == nil || c.ackNone {
		return nil, false
	}
	if c.post(callAck, m) {
		return c, true
	}
	return nil, true
}

// flowEar receives answers of flow control.
type flowEar struct{ account *Account }

// Receive implements [Receiver].
func (e flowEar) Receive(m *Incoming) (Worker, bool) {
	tokens := bytes.Split(m.Subject, []byte{'.'})
	if len(tokens) != 5 {
		return nil, false
	}
	c := e.account.consumer(tokens[2], tokens[3])
	if c == nil {
		return nil, false
	}
	if c.post(callFlow, m) {
		return c, true
	}
	return nil, true
}

// position reads how far a receiver is, of its answer to flow control.
func position(block []byte) (consumer, stream uint64) {
	read := func(name string) uint64 {
		v, _ := header.Get(block, name)
		n, _ := strconv.ParseUint(string(v), 10, 64)
		return n
	}
	if len(block) == 0 {
		return 0, 0
	}
	return read("Nats-Last-Consumer"), read("Nats-Last-Stream")
}

// tooNew reports whether a request needs a newer server than this.
func tooNew(block []byte) bool {
	if len(block) == 0 {
		return false
	}
	v, ok := header.Get(block, api.HeaderRequiredLevel)
	if !ok {
		return false
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(v)))
	return err != nil || n > api.Level
}

// handle works on a request and answers it.
func (r *request) handle() {
	if r.Kind == api.DirectGet {
		r.direct()
		return
	}
	answer, failed := r.answer()
	if answer == nil {
		return
	}
	a := r.account
	a.requests.total.Add(1)
	if failed {
		a.requests.errors.Add(1)
	}
	body := encode(answer)
	sender := a.sender()
	if len(r.reply) > 0 {
		sender.Send(&Outgoing{To: r.reply, Payload: body})
	}
	r.audit(sender, body)
	sender.Flush()
	a.release(sender)
	if r.then != nil {
		go r.then()
	}
}

// encode writes an answer; nothing for nil.
func encode(v any) []byte {
	if v == nil {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil // every answer can be written
	}
	return b
}

// head is the beginning of an answer.
func (r *request) head(err *api.Error) api.Head {
	return api.Head{Type: api.TypePrefix + r.Type + api.TypeSuffix, Error: err}
}

// strict reports whether unknown fields are mistakes.
func (r *request) strict() bool { return !r.account.engine.cfg.Lenient }

// answer carries out a request and returns what it is answered with; nil for nothing.
func (r *request) answer() (answer any, failed bool) {
	if err := r.precheck(); err != nil {
		return r.refusal(err), true
	}
	h, ok := r.account.engine.handlers[r.Kind]
	if !ok {
		return nil, false
	}
	answer, err := h(r)
	if err != nil {
		return r.refusal(err), true
	}
	return answer, false
}

func (r *request) precheck() *api.Error {
	switch {
	case tooNew(r.header):
		return api.ErrRequiredLevel
	case r.account.disabled():
		return api.ErrNotEnabledForAccount
	case r.Kind == api.ClusterOnly:
		return api.ErrClusterRequired
	}
	return nil
}

// refusal is the answer to a request that failed: with the fields that are always
// there.
func (r *request) refusal(err *api.Error) any {
	h := r.head(err)
	switch r.Kind {
	case api.StreamInfoKind:
		return &api.StreamInfoResponse{Head: h}
	case api.StreamNames:
		return &api.StreamNamesResponse{Head: h}
	case api.StreamList:
		return &api.StreamListResponse{Head: h, Streams: []*api.StreamInfo{}}
	case api.ConsumerNames:
		return &api.ConsumerNamesResponse{Head: h, Consumers: []string{}}
	case api.ConsumerList:
		return &api.ConsumerListResponse{Head: h, Consumers: []*api.ConsumerInfo{}}
	case api.StreamPurge:
		return &api.PurgeResponse{Head: h}
	case api.StreamRestore:
		return &api.RestoreResponse{Head: h}
	case api.ConsumerReset:
		return &api.ResetResponse{Head: h}
	case api.ConsumerPause:
		return &api.PauseResponse{Head: h}
	}
	return &h
}

// handlers returns what carries out each kind of request.
func handlers() map[api.Kind]func(*request) (any, *api.Error) {
	return map[api.Kind]func(*request) (any, *api.Error){
		api.Info:                  (*request).accountInfo,
		api.StreamCreate:          (*request).createStream,
		api.StreamUpdate:          (*request).updateStream,
		api.StreamNames:           (*request).streamNames,
		api.StreamList:            (*request).listStreams,
		api.StreamInfoKind:        (*request).streamInfo,
		api.StreamDelete:          (*request).deleteStream,
		api.StreamPurge:           (*request).purgeStream,
		api.StreamSnapshot:        (*request).snapshotStream,
		api.StreamRestore:         (*request).restoreStream,
		api.MsgGet:                (*request).getMessage,
		api.MsgDelete:             (*request).deleteMessage,
		api.ConsumerCreate:        (*request).createConsumer,
		api.ConsumerDurableCreate: (*request).createConsumer,
		api.ConsumerNames:         (*request).consumerNames,
		api.ConsumerList:          (*request).listConsumers,
		api.ConsumerInfoKind:      (*request).consumerInfo,
		api.ConsumerDelete:        (*request).deleteConsumer,
		api.ConsumerPause:         (*request).pauseConsumer,
		api.ConsumerUnpin:         (*request).unpinConsumer,
		api.ConsumerReset:         (*request).resetConsumer,
	}
}
