package jetstream

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Snapshots: a copy of a stream is sent in chunks to whoever asked for it.

const (
	snapshotInterest = 2 * time.Second // for which a receiver is waited for
	snapshotGrace    = 200 * time.Millisecond
	snapshotPatience = 5 * time.Second // for which an acknowledgement is
)

// snapshotStream answers api.StreamSnapshot, and sends the copy after that.
func (r *request) snapshotStream() (any, *api.Error) {
	if api.IsEmpty(r.body) {
		return nil, api.ErrBadRequest
	}
	var req api.SnapshotRequest
	if e := api.Decode(r.body, &req, r.strict()); e != nil {
		return nil, e
	}
	s, e := r.stream()
	if e != nil {
		return nil, e
	}
	if !subject.ValidLiteralStrict(req.DeliverSubject) {
		return nil, api.ErrSnapshotDeliver
	}
	i := s.Info()
	sn := &snapshot{
		stream: s, to: []byte(req.DeliverSubject), consumers: !req.NoConsumers, id: eventID(),
		acks: make(chan struct{}, 1<<16),
	}
	chunk := clamp(req.ChunkSize, 128<<10, 1<<10, 1<<20)
	sn.chunk = chunk
	sn.window = max(clamp(req.WindowSize, 8<<20, 1<<10, 32<<20)/chunk, 1)
	stop := sn.watch()
	r.then = func() {
		defer stop()
		sn.run(r.origin)
	}
	cfg := i.Config
	return &api.SnapshotResponse{Head: r.head(nil), Config: &cfg, State: &i.State}, nil
}

// clamp bounds a number; usual is for 0.
func clamp(n, usual, low, high int) int {
	if n <= 0 {
		n = usual
	}
	return min(max(n, low), high)
}

// snapshot is a copy that is being sent. It implements io.Writer and Receiver.
type snapshot struct {
	stream    *Stream
	to        []byte
	consumers bool
	id        string
	chunk     int // bytes
	window    int // chunks that may be on their way
	acks      chan struct{}
	there     chan struct{} // somebody has begun to listen

	pending []byte // less than a chunk
	sent    int    // chunks
	acked   int
}

// Receive implements [Receiver]: a chunk has arrived.
func (sn *snapshot) Receive(*Incoming) (Worker, bool) {
	select {
	case sn.acks <- struct{}{}:
	default:
	}
	return nil, true
}

var (
	errNoInterest = errors.New("408 No Interest")
	errNoFlow     = errors.New("408 No Flow Response")
)

// watch notices when somebody begins to listen, until stop is called.
func (sn *snapshot) watch() (stop func()) {
	sn.there = make(chan struct{}, 1)
	bus := sn.stream.account.attached()
	if bus == nil {
		return func() {}
	}
	return bus.Watch(string(sn.to), func() {
		select {
		case sn.there <- struct{}{}:
		default:
		}
	})
}

// run sends everything, and how it ended.
func (sn *snapshot) run(client []byte) {
	a, began := sn.stream.account, sn.stream.account.engine.now()
	a.adviseSnapshot("create", sn.stream, began, client, nil)
	sub, err := a.subscribe("$JS.SNAPSHOT.ACK."+sn.stream.name+"."+sn.id+".>", sn)
	if err == nil {
		defer sub.End()
		err = sn.write()
	}
	status := "204"
	switch {
	case errors.Is(err, errNoInterest), errors.Is(err, errNoFlow):
		status = err.Error()
	case err != nil:
		status = "500 " + err.Error()
	}
	sn.send(nil, "", "NATS/1.0 "+status+"\r\n\r\n")
	a.adviseSnapshot("complete", sn.stream, began, client, err)
}

// send sends one message.
func (sn *snapshot) send(payload []byte, reply, block string) {
	a := sn.stream.account
	sender := a.sender()
	defer a.release(sender)
	out := &Outgoing{To: sn.to, Payload: payload}
	if reply != "" {
		out.Reply = []byte(reply)
	}
	if block != "" {
		out.Header = []byte(block)
	}
	sender.Send(out)
	sender.Flush()
}

// Write implements io.Writer: full chunks are sent.
func (sn *snapshot) Write(b []byte) (int, error) {
	sn.pending = append(sn.pending, b...)
	for len(sn.pending) >= sn.chunk {
		if err := sn.sendChunk(sn.pending[:sn.chunk]); err != nil {
			return 0, err
		}
		sn.pending = append(sn.pending[:0], sn.pending[sn.chunk:]...)
	}
	return len(b), nil
}

// sendChunk sends a full chunk as soon as the window allows.
func (sn *snapshot) sendChunk(b []byte) error {
	if sn.sent == 0 {
		if err := sn.awaitInterest(); err != nil {
			return err
		}
	}
	patience := time.NewTimer(snapshotPatience)
	defer patience.Stop()
	for sn.sent-sn.acked >= sn.window {
		select {
		case <-sn.acks:
			sn.acked++
		case <-patience.C:
			if !sn.interest() {
				return errNoInterest
			}
			return errNoFlow
		case <-sn.stream.gone:
			return ErrClosed
		}
	}
	sn.sent++
	reply := "$JS.SNAPSHOT.ACK." + sn.stream.name + "." + sn.id + "." + strconv.Itoa(len(b)) + "." + strconv.Itoa(sn.sent)
	sn.send(b, reply, "")
	return nil
}

func (sn *snapshot) interest() bool {
	bus := sn.stream.account.attached()
	return bus != nil && bus.Interest(string(sn.to), "")
}

// awaitInterest waits for the receiver. Clients begin to listen when they have the answer
// to their request, and a subscription for all of their inboxes looks as if they did
// already: so they get a moment in any case.
func (sn *snapshot) awaitInterest() error {
	wait := snapshotInterest
	if sn.interest() {
		wait = snapshotGrace
	}
	limit := time.NewTimer(wait)
	defer limit.Stop()
	select {
	case <-sn.there:
	case <-limit.C:
	case <-sn.stream.gone:
		return ErrClosed
	}
	if !sn.interest() {
		return errNoInterest
	}
	return nil
}

// write writes the archive. Messages that go meanwhile are left out; what is published
// meanwhile is not in it.
func (sn *snapshot) write() error {
	a, err := newArchiver(sn)
	if err != nil {
		return err
	}
	s := sn.stream
	s.mu.Lock()
	text, err := json.Marshal(s.config)
	head := manifest{id: s.id, created: s.created, config: text}
	consumers := s.sortedConsumers()
	s.mu.Unlock()
	if err == nil {
		err = a.part(partStream, head.append(nil))
	}
	if err != nil {
		return err
	}
	v := view{s}
	last := v.State().LastSeq
	n, err := sn.writeMessages(a, v, last)
	if err != nil {
		return err
	}
	for _, c := range consumers {
		if !sn.consumers {
			break
		}
		cm, err := c.manifest()
		if err != nil {
			return err
		}
		if cm != nil {
			if err := a.part(partConsumer, cm.append(nil)); err != nil {
				return err
			}
		}
	}
	end := binary.LittleEndian.AppendUint64(nil, last)
	if err := a.part(partEnd, binary.LittleEndian.AppendUint64(end, n)); err != nil {
		return err
	}
	if err := a.w.Close(); err != nil {
		return err
	}
	if len(sn.pending) > 0 {
		if sn.sent == 0 {
			if err := sn.awaitInterest(); err != nil {
				return err
			}
		}
		sn.send(sn.pending, "", "")
	}
	return nil
}

// writeMessages writes the messages up to a sequence, and returns how many.
func (sn *snapshot) writeMessages(a *archiver, v view, last uint64) (n uint64, err error) {
	var b store.Buffer
	var head []byte
	for from := uint64(1); from <= last; {
		msg, err := v.Next(nil, from, &b)
		if errors.Is(err, store.ErrEOF) || err == nil && msg.Seq > last {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		head = store.AppendMessageHead(head[:0], &msg)
		if err := a.part(partMessage, head, msg.Header, msg.Payload); err != nil {
			return n, err
		}
		from = msg.Seq + 1
		n++
	}
	return n, nil
}
