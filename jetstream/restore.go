package jetstream

import (
	"encoding/binary"
	"errors"
	"io"
	"path"
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
	"github.com/dunlin-mq/dunlin/jetstream/vfs"
)

// Restores: a stream is made of a copy that comes in chunks.

// restorePrefix begins the names of files with copies that are coming in.
const restorePrefix = "restore-"

// restoreIdle is how long the next chunk may take.
const restoreIdle = 5 * time.Second

// restoreStream answers api.StreamRestore: it says where the copy is to be sent.
func (r *request) restoreStream() (any, *api.Error) {
	if api.IsEmpty(r.body) {
		return nil, api.ErrBadRequest
	}
	var req api.RestoreRequest
	if e := api.Decode(r.body, &req, r.strict()); e != nil {
		return nil, e
	}
	if req.Config.Name == "" {
		req.Config.Name = r.Stream
	}
	if req.Config.Name != r.Stream {
		return nil, api.ErrStreamMismatch
	}
	a := r.account
	cfg := req.Config.WithDefaults(a.bounds())
	if a.Stream(cfg.Name) != nil {
		return nil, api.ErrRestoreExists
	}
	if e := a.admitStream(cfg, nil); e != nil {
		return nil, e
	}
	if e := notBuilt(cfg); e != nil {
		return nil, e
	}
	rs := &restore{request: r, config: cfg, id: eventID(), began: a.engine.now()}
	if err := rs.listen(); err != nil {
		return nil, api.Known(10072)
	}
	a.adviseRestore("create", cfg.Name, rs.began, 0, r.origin)
	return &api.RestoreResponse{Head: r.head(nil), DeliverSubject: rs.subject()}, nil
}

// restore is a copy that is coming in. It implements Receiver and Worker.
type restore struct {
	request *request
	config  *api.StreamConfig
	id      string
	began   time.Time
	work    *activity
	sub     Subscription
	idle    *time.Timer

	mu     sync.Mutex
	chunks []chunk // guarded by mu

	// Of the activity alone.
	file vfs.File
	size int64
	over bool
}

// chunk is a chunk with where it is answered.
type chunk struct{ to, data []byte }

func (rs *restore) subject() string { return "$JS.SNAPSHOT.RESTORE." + rs.config.Name + "." + rs.id }

func (rs *restore) name() string {
	return path.Join(rs.request.account.engine.cfg.Dir, restorePrefix+rs.id)
}

// listen makes the file for the copy and begins to take it.
func (rs *restore) listen() error {
	e := rs.request.account.engine
	f, err := e.cfg.FS.Create(rs.name())
	if err != nil {
		return err
	}
	rs.file, rs.work = f, newActivity(nil)
	rs.work.run = rs.run
	rs.idle = time.AfterFunc(restoreIdle, rs.work.kick)
	rs.sub, err = rs.request.account.subscribe(rs.subject(), rs)
	return err
}

// Receive implements [Receiver].
func (rs *restore) Receive(m *Incoming) (Worker, bool) {
	if len(m.Reply) == 0 {
		return nil, true
	}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.chunks = append(rs.chunks, chunk{append([]byte(nil), m.Reply...), append([]byte(nil), m.Payload...)})
	return rs, true
}

// Wake implements [Worker].
func (rs *restore) Wake() { rs.work.kick() }

// Crowded implements [Worker].
func (rs *restore) Crowded() bool { return false }

// AwaitDrain implements [Worker].
func (rs *restore) AwaitDrain(time.Duration) time.Duration { return 0 }

// run takes the chunks that have come.
func (rs *restore) run() {
	if rs.over {
		return
	}
	rs.mu.Lock()
	chunks := rs.chunks
	rs.chunks = nil
	rs.mu.Unlock()
	if len(chunks) == 0 && !rs.idle.Stop() {
		rs.end() // nothing has come for too long
		return
	}
	rs.idle.Reset(restoreIdle)
	for _, c := range chunks {
		if len(c.data) == 0 {
			rs.finish(c.to)
			return
		}
		if _, err := rs.file.WriteAt(c.data, rs.size); err != nil {
			rs.fail(c.to, err)
			return
		}
		rs.size += int64(len(c.data))
		rs.answer(c.to, nil)
	}
}

// answer answers a chunk.
func (rs *restore) answer(to []byte, v any) {
	a := rs.request.account
	sender := a.sender()
	defer a.release(sender)
	sender.Send(&Outgoing{To: to, Payload: encode(v)})
	sender.Flush()
}

// fail ends the restore with an error.
func (rs *restore) fail(to []byte, err error) {
	rs.end()
	rs.answer(to, rs.response(nil, api.Known(10062, err)))
}

func (rs *restore) response(i *api.StreamInfo, e *api.Error) any {
	return &api.StreamCreateResponse{
		Head: api.Head{Type: api.TypePrefix + "stream_create" + api.TypeSuffix, Error: e}, StreamInfo: i,
	}
}

// end removes what was made for the restore.
func (rs *restore) end() {
	rs.over = true
	rs.sub.End()
	rs.idle.Stop()
	_ = rs.file.Close()
	_ = rs.request.account.engine.cfg.FS.Remove(rs.name()) // a start removes what is left
}

// finish makes the stream of the copy, and answers how it went.
func (rs *restore) finish(to []byte) {
	a := rs.request.account
	a.making.Lock()
	defer a.making.Unlock()
	if e := a.admitStream(rs.config, nil); e != nil {
		rs.end()
		rs.answer(to, rs.response(nil, e))
		return
	}
	s, err := a.unpack(rs.config, io.NewSectionReader(rs.file, 0, rs.size))
	if err != nil {
		rs.fail(to, err)
		return
	}
	rs.end()
	a.adviseRestore("complete", s.name, rs.began, rs.size, rs.request.origin)
	a.adviseStream(s.name, "create")
	rs.answer(to, rs.response(s.Info(), nil))
}

// unpack makes a stream of an archive. Nobody sees it before it is complete and durable.
func (a *Account) unpack(cfg *api.StreamConfig, r io.Reader) (*Stream, error) {
	s, err := a.assemble(cfg)
	if err != nil {
		return nil, err
	}
	err = s.fill(r)
	if err == nil {
		err = s.journal.sync()
	}
	if err == nil {
		err = s.recovered()
	}
	if err == nil {
		err = s.checkpoint()
	}
	if err != nil {
		s.countAs(0)
		return nil, errors.Join(err, s.removeFiles())
	}
	return s, a.enter(s)
}

// fill stores what is in an archive.
func (s *Stream) fill(r io.Reader) error {
	ar, err := newArchiveReader(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.soil()
	stored := uint64(0)
	for first := true; ; first = false {
		kind, data, err := ar.next()
		if err != nil {
			return err
		}
		if first != (kind == partStream) {
			return errArchive
		}
		switch kind {
		case partStream:
		case partMessage:
			if err := s.fillMessage(data); err != nil {
				return err
			}
			stored++
		case partConsumer:
			if err := s.fillConsumer(data); err != nil {
				return err
			}
		case partEnd:
			if len(data) != 16 || binary.LittleEndian.Uint64(data[8:]) != stored {
				return errArchive
			}
			last := binary.LittleEndian.Uint64(data)
			s.machine.Pass(last)
			_, err := s.journal.append(stream.EntryPassed, seqBytes(last))
			return err
		default:
			return errArchive
		}
	}
}

// fillMessage stores one message as it was.
func (s *Stream) fillMessage(data []byte) error {
	msg, err := store.DecodeMessage(data)
	if err != nil {
		return err
	}
	if msg.Seq <= s.store.State().LastSeq {
		return errArchive
	}
	at, err := s.journal.message(&msg)
	if err != nil {
		return err
	}
	return s.store.Append(&msg, at)
}

// fillConsumer makes one consumer as it was.
func (s *Stream) fillConsumer(data []byte) error {
	c := cursor{b: append([]byte(nil), data...)}
	var m consumerManifest
	if m.parse(&c); c.bad || !api.ValidName(m.name) {
		return errArchive
	}
	s.lastID++
	m.id, m.applied = s.lastID, 0
	return s.restoreConsumer(&m)
}
