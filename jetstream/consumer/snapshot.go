package consumer

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/dunlin-mq/dunlin/jetstream/api"
)

// snapshotVersion is the first byte of a snapshot.
const snapshotVersion = 1

// Snapshot appends the state that survives a restart to dst.
func (m *Machine) Snapshot(dst []byte) []byte {
	b := append(dst, snapshotVersion)
	for _, n := range []uint64{
		m.delivered.consumer, m.delivered.stream, m.floor.consumer, m.floor.stream, uint64(m.paused), uint64(m.active), uint64(m.acked),
		m.original.until,
	} {
		b = binary.AppendUvarint(b, n)
	}
	b = binary.AppendUvarint(b, uint64(m.pending.len()))
	for _, seq := range m.pending.order[m.pending.head:] {
		o := m.pending.get(seq)
		if o == nil {
			continue
		}
		for _, n := range []uint64{seq, o.first, o.consumer, uint64(o.delivered)} {
			b = binary.AppendUvarint(b, n)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(m.counts)))
	for _, seq := range slices.Sorted(maps.Keys(m.counts)) {
		b = binary.AppendUvarint(b, seq)
		b = binary.AppendUvarint(b, m.counts[seq])
	}
	b = appendSeqs(b, slices.Sorted(maps.Keys(m.dropped)))
	return appendSeqs(b, m.skip)
}

// appendSeqs appends ascending sequences.
func appendSeqs(b []byte, seqs []uint64) []byte {
	b = binary.AppendUvarint(b, uint64(len(seqs)))
	last := uint64(0)
	for _, seq := range seqs {
		b = binary.AppendUvarint(b, seq-last)
		last = seq
	}
	return b
}

func (r *numbers) seqs() []uint64 {
	n := r.length()
	if n == 0 {
		return nil
	}
	seqs := make([]uint64, n)
	last := uint64(0)
	for i := range seqs {
		last += r.next()
		seqs[i] = last
	}
	return seqs
}

// Restore returns a machine with the state of a snapshot.
func Restore(cfg *api.ConsumerConfig, facts Facts, messages Messages, host Host, snapshot []byte, now int64) (*Machine, error) {
	m := &Machine{facts: facts, messages: messages, host: host, idle: now}
	m.configure(cfg, now)
	if len(snapshot) == 0 || snapshot[0] != snapshotVersion {
		return nil, ErrEntry
	}
	r := numbers{snapshot[1:], false}
	m.delivered = position{r.next(), r.next()}
	m.floor = position{r.next(), r.next()}
	m.paused, m.active, m.acked = int64(r.next()), int64(r.next()), int64(r.next())
	m.original.until = r.next()
	for n := r.length(); n > 0; n-- {
		seq := r.next()
		o := m.pending.add(seq, out{first: r.next(), consumer: r.next(), delivered: int64(r.next())})
		m.pending.schedule(seq, o, m.deadline(seq, o))
	}
	if n := r.length(); n > 0 {
		m.counts = make(map[uint64]uint64, n)
		for range n {
			seq := r.next()
			m.counts[seq] = r.next()
		}
	}
	for _, seq := range r.seqs() {
		if m.dropped == nil {
			m.dropped = make(map[uint64]struct{})
		}
		m.dropped[seq] = struct{}{}
	}
	m.skip = r.seqs()
	if r.bad || len(r.b) > 0 {
		return nil, ErrEntry
	}
	m.pending.reschedule(m) // with the counts that are known now
	return m, nil
}
