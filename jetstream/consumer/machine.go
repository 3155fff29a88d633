package consumer

import (
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
)

// Messages is what a consumer reads of its stream: nothing that a power cut could
// take back. A [store.Store] has these methods.
type Messages interface {
	State() store.State
	LastSeq() uint64
	Load(seq uint64, b *store.Buffer) (store.Message, error)
	Next(f *store.Filter, from uint64, b *store.Buffer) (store.Message, error)
	Last(f *store.Filter, to uint64, b *store.Buffer) (store.Message, error)
	Count(f *store.Filter, from, to uint64) uint64
	Subjects(f *store.Filter, fn func(subject []byte, s store.SubjectState) bool)
	SeqAt(time int64) uint64
}

// Delivery is a message on its way to a client.
type Delivery struct {
	Subject []byte // that the message was published on
	Reply   []byte // where it is acknowledged
	Header  []byte
	Payload []byte
}

// Host takes the effects of a machine. Its methods are called during those of the
// machine and do not call back; slices are theirs during the call.
type Host interface {
	// Deliver sends a message to an inbox. It is false if nobody listens there.
	Deliver(to []byte, d *Delivery) bool
	// Send sends a header block without a payload to an inbox.
	Send(to, reply, block []byte)
	// Interest reports whether anybody listens on a subject, in a queue group if that
	// is not empty.
	Interest(subject, group string) bool
	// Log writes down a change of the state. It is not waited for.
	Log(entry []byte)
	// Answer sends an empty message once everything that was logged is durable.
	Answer(reply []byte)
	// Done says that the consumer does not need a message any more.
	Done(seq uint64)
	// Advise publishes an event.
	Advise(e *Event)
}

// EventKind is what an [Event] is about.
type EventKind uint8

// The kinds of events.
const (
	MaxDeliveries EventKind = iota
	Naked
	Terminated
	Pinned
	Unpinned
	Acked // a sample
)

// Event is something that is published about a consumer.
type Event struct {
	Kind                   EventKind
	ConsumerSeq, StreamSeq uint64
	Deliveries             uint64
	Reason                 string // of Terminated and Unpinned
	Group, PinID           string
	Delay                  time.Duration // of Acked: since the delivery
}

// Facts are what a machine knows of its stream.
type Facts struct {
	Stream   string
	Consumer string
	// Account is the hash of the account for longer acknowledgement subjects; empty
	// for the shorter ones. Domain belongs to it.
	Account, Domain string
	// Releases says that the stream wants to know what is not needed any more.
	Releases bool
}

// Machine is the state of one consumer. It belongs to one goroutine at a time.
type Machine struct {
	cfg      *api.ConsumerConfig
	facts    Facts
	messages Messages
	host     Host
	filter   *store.Filter

	// The state that survives a restart.
	delivered position
	floor     position // up to where everything was acknowledged
	pending   pending
	counts    map[uint64]uint64   // how often messages were delivered, above once
	dropped   map[uint64]struct{} // delivered often enough, and never acknowledged
	skip      []uint64            // sequences to be delivered before all others (last per subject)
	paused    int64               // until when

	again  queue // pending messages to be delivered again
	active int64 // when a message was delivered last; 0 for never
	acked  int64 // when one was acknowledged last

	ahead    uint64 // matching messages above delivered.stream, up to counted
	counted  uint64
	recount  bool
	examined uint64 // up to where no further message matches
	original original
	sample   int // percent of acknowledgements that are told of

	pulls pulls
	push  push
	group group
	idle  int64 // since when nobody has been interested; 0 while somebody is

	buf   store.Buffer
	reply []byte
	block []byte
	entry []byte
}

// position is how far a consumer is, in both sequences.
type position struct{ consumer, stream uint64 }

// New returns a machine that begins where its configuration says, which is complete
// and valid.
func New(cfg *api.ConsumerConfig, facts Facts, messages Messages, host Host, now int64) *Machine {
	m := &Machine{facts: facts, messages: messages, host: host}
	m.configure(cfg, now)
	if cfg.PauseUntil != nil {
		m.paused = cfg.PauseUntil.UnixNano()
	}
	m.start()
	m.idle = now
	return m
}

// configure puts a configuration in force.
func (m *Machine) configure(cfg *api.ConsumerConfig, now int64) {
	m.cfg = cfg
	m.filter = store.NewFilter(cfg.Filters()...)
	m.sample = sampleOf(cfg.SampleFreq)
	m.push.configure(cfg, now)
	m.recount, m.examined = true, 0
}

// Config returns the configuration in force.
func (m *Machine) Config() *api.ConsumerConfig { return m.cfg }

// Update changes the configuration, as far as the API allows.
func (m *Machine) Update(cfg *api.ConsumerConfig, now int64) {
	old := m.cfg
	m.configure(cfg, now)
	if old.DeliverSubject != cfg.DeliverSubject {
		m.againAll()
	}
	if old.AckWait != cfg.AckWait || len(old.BackOff) != len(cfg.BackOff) {
		m.pending.reschedule(m)
	}
	m.group.configure(cfg)
}

// start sets the position where delivery begins.
func (m *Machine) start() {
	s := m.messages.State()
	next := uint64(1)
	switch m.cfg.DeliverPolicy {
	case api.DeliverAll:
		next = s.FirstSeq
	case api.DeliverLast:
		next = s.LastSeq + 1
		if msg, err := m.messages.Last(m.filter, s.LastSeq, &m.buf); err == nil {
			next = msg.Seq
		}
	case api.DeliverNew:
		next = s.LastSeq + 1
	case api.DeliverByStartSequence:
		next = max(m.cfg.OptStartSeq, s.FirstSeq)
	case api.DeliverByStartTime:
		if m.cfg.OptStartTime != nil {
			next = m.messages.SeqAt(m.cfg.OptStartTime.UnixNano())
		}
	case api.DeliverLastPerSubject:
		next = m.startLastPerSubject(&s)
	}
	next = max(next, 1)
	m.delivered.stream, m.floor.stream = next-1, next-1
	m.original.until = s.LastSeq
	m.recount = true
}
