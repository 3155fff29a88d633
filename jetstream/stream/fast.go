package stream

import (
	"bytes"
	"strconv"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Fast-ingest batches: messages of one publisher that are numbered, and acknowledged
// several at a time. They are stored as they come. What a message is stands at the end
// of its reply subject: .ID.FLOW.GAP.SEQ.OP.$FI

// FastSuffix ends the reply subjects of such messages.
const FastSuffix = ".$FI"

// FastOp is what a message of a fast batch asks for.
type FastOp uint8

// The operations.
const (
	FastStart FastOp = iota
	FastAppend
	FastCommit // with this message
	FastEnd    // without it
	FastPing
)

// FastMessage is what a reply subject says.
type FastMessage struct {
	ID   string
	Flow int  // every how many messages an acknowledgement is wanted
	Fail bool // the batch ends with the first gap or error
	Seq  uint64
	Op   FastOp
}

const (
	defaultFlow = 10
	maxFlow     = 65535
	maxFast     = 1000 // batches of a stream
	fastShare   = 500  // messages of all batches between two acknowledgements
)

// ParseFast reads a reply subject that ends in FastSuffix.
func ParseFast(reply []byte) (m FastMessage, ok bool) {
	rest, ok := bytes.CutSuffix(reply, []byte(FastSuffix))
	if !ok || subject.Count(rest) < 6 {
		return m, false
	}
	last := func() string {
		i := bytes.LastIndexByte(rest, '.')
		tok := rest[i+1:]
		rest = rest[:i]
		return string(tok)
	}
	op, err1 := strconv.Atoi(last())
	seq, err2 := strconv.ParseUint(last(), 10, 64)
	gap := last()
	flow, err3 := strconv.Atoi(last())
	m = FastMessage{ID: last(), Flow: flow, Fail: gap == "fail", Seq: seq, Op: FastOp(op)}
	switch {
	case err1 != nil || err2 != nil || err3 != nil, op < 0 || op > 4, gap != "ok" && gap != "fail", m.ID == "":
		return m, false
	case m.Op == FastStart && seq != 1, (m.Op == FastAppend || m.Op == FastEnd) && seq < 2:
		return m, false
	}
	if m.Flow <= 0 {
		m.Flow = defaultFlow
	}
	m.Flow = min(m.Flow, maxFlow)
	return m, true
}

// FastBatch is a fast batch that is being published.
type FastBatch struct {
	Last    uint64 // number of the last message that was taken
	Stored  uint64 // stream sequence of the last one that was stored
	flow    int
	since   int // messages since the last acknowledgement
	touched int64
}

// Fast returns the batch of a message, nil if there is none; one that begins is made. full
// says that there are too many.
func (m *Machine) Fast(f *FastMessage, now int64) (b *FastBatch, full bool) {
	b = m.fast[f.ID]
	if b == nil && f.Seq == 1 && f.Op != FastPing {
		if len(m.fast) >= maxFast {
			return nil, true
		}
		if m.fast == nil {
			m.fast = make(map[string]*FastBatch)
		}
		b = &FastBatch{flow: f.Flow}
		m.fast[f.ID] = b
	}
	if b != nil {
		b.touched = now
	}
	return b, false
}

// Interval is every how many messages a batch is acknowledged now.
func (m *Machine) Interval(b *FastBatch) int {
	return max(1, min(b.flow, fastShare/max(len(m.fast), 1)))
}

// Due counts a message, and reports whether it is time for an acknowledgement.
func (m *Machine) Due(b *FastBatch) bool {
	if b.since++; b.since < m.Interval(b) {
		return false
	}
	b.since = 0
	return true
}

// EndFast forgets a batch.
func (m *Machine) EndFast(id string) { delete(m.fast, id) }

// abandonFast forgets those that nobody goes on with.
func (m *Machine) abandonFast(now int64) {
	for id, b := range m.fast {
		if now-b.touched >= int64(DefaultBatchInactive) {
			delete(m.fast, id)
		}
	}
}
