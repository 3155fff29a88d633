package consumer

import (
	"encoding/binary"
	"errors"

	"github.com/dunlin-mq/dunlin/jetstream/api"
)

// The entries that a machine logs, by their first byte. Numbers follow as varints.
const (
	entryDelivered byte = iota + 1 // stream sequence, consumer sequence, how often, when
	entryAcked                     // stream sequence
	entryAckedAll                  // stream sequence
	entryDropped                   // stream sequence
	entryReset                     // stream sequence that is delivered next
)

// ErrEntry is the error of an entry or a snapshot that cannot be read.
var ErrEntry = errors.New("state of the consumer cannot be read")

func (m *Machine) log(kind byte, numbers ...uint64) {
	m.entry = append(m.entry[:0], kind)
	for _, n := range numbers {
		m.entry = binary.AppendUvarint(m.entry, n)
	}
	m.host.Log(m.entry)
}

func (m *Machine) logDelivered(seq uint64, o *out, now int64) {
	b := append(m.entry[:0], entryDelivered)
	b = binary.AppendUvarint(b, seq)
	b = binary.AppendUvarint(b, o.consumer)
	b = binary.AppendUvarint(b, m.count(seq))
	m.entry = binary.AppendUvarint(b, uint64(now))
	m.host.Log(m.entry)
}

func (m *Machine) logAcked(seq uint64)    { m.log(entryAcked, seq) }
func (m *Machine) logAckedAll(seq uint64) { m.log(entryAckedAll, seq) }
func (m *Machine) logDropped(seq uint64)  { m.log(entryDropped, seq) }

// Replay applies an entry again, after a restart.
func (m *Machine) Replay(entry []byte) error {
	if len(entry) == 0 {
		return ErrEntry
	}
	r := numbers{entry[1:], false}
	seq := r.next()
	switch entry[0] {
	case entryDelivered:
		m.replayDelivered(seq, r.next(), r.next(), int64(r.next()), r.bad)
	case entryAcked:
		m.redoSettle(seq)
	case entryAckedAll:
		m.settleUpTo(seq)
	case entryDropped:
		m.drop(seq)
	case entryReset:
		m.reset(seq)
	default:
		return ErrEntry
	}
	if r.bad {
		return ErrEntry
	}
	m.recount = true
	return nil
}

// redoSettle is settle for a message that may be done with already.
func (m *Machine) redoSettle(seq uint64) {
	_, dropped := m.dropped[seq]
	if m.pending.get(seq) != nil || dropped {
		m.settle(seq)
	}
}

// replayDelivered is what took does to the state.
func (m *Machine) replayDelivered(seq, consumer, count uint64, at int64, bad bool) {
	if bad {
		return
	}
	m.delivered.consumer = max(m.delivered.consumer, consumer)
	m.delivered.stream = max(m.delivered.stream, seq)
	m.active = at
	for len(m.skip) > 0 && m.skip[0] <= seq {
		m.skip = m.skip[1:]
	}
	if count > 1 {
		if m.counts == nil {
			m.counts = make(map[uint64]uint64)
		}
		m.counts[seq] = count
	}
	if m.cfg.AckPolicy == api.AckNone {
		m.floor = m.delivered
		return
	}
	o := m.pending.get(seq)
	if o == nil {
		o = m.pending.add(seq, out{first: consumer})
	}
	o.consumer, o.delivered = consumer, at
	m.pending.schedule(seq, o, m.deadline(seq, o))
}

// numbers reads varints. After the first mistake it reads zeros.
type numbers struct {
	b   []byte
	bad bool
}

func (r *numbers) next() uint64 {
	v, n := binary.Uvarint(r.b)
	if r.bad = r.bad || n <= 0; r.bad {
		return 0
	}
	r.b = r.b[n:]
	return v
}

// length reads a number of elements of at least one byte each.
func (r *numbers) length() int {
	n := r.next()
	if r.bad = r.bad || n > uint64(len(r.b)); r.bad {
		return 0
	}
	return int(n)
}
