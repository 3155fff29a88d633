package consumer

import "container/heap"

// pending are the messages that were delivered and not acknowledged yet.
type pending struct {
	bySeq map[uint64]*out
	// order is the sequences in the order of their first delivery, those before head
	// done with; it tells the acknowledgement floor.
	order []uint64
	head  int
	due   dueHeap // by deadline; some entries are out of date
}

// out is one message that is out.
type out struct {
	first     uint64 // consumer sequence of the first delivery
	consumer  uint64 // of the last delivery
	delivered int64  // when, unix nanoseconds
	deadline  int64  // when it is to be delivered again; 0 for never
	queued    bool   // it waits to be delivered again
}

// due is when something happens to a message.
type due struct {
	at  int64
	seq uint64
}

type dueHeap []due

func (h dueHeap) Len() int { return len(h) }
func (h dueHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].seq < h[j].seq
}
func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)   { *h = append(*h, x.(due)) }
func (h *dueHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// len returns how many messages are out.
func (p *pending) len() int { return len(p.bySeq) }

// get returns a message that is out, or nil.
func (p *pending) get(seq uint64) *out { return p.bySeq[seq] }

// add notes a first delivery.
func (p *pending) add(seq uint64, o out) *out {
	if p.bySeq == nil {
		p.bySeq = make(map[uint64]*out)
	}
	e := &o
	p.bySeq[seq] = e
	p.order = append(p.order, seq)
	return e
}

// remove forgets a message.
func (p *pending) remove(seq uint64) {
	delete(p.bySeq, seq)
	for p.head < len(p.order) && p.bySeq[p.order[p.head]] == nil {
		p.head++
	}
	switch {
	case len(p.bySeq) == 0:
		p.order, p.head, p.due = p.order[:0], 0, p.due[:0]
		if cap(p.order) > 4096 {
			*p = pending{} // it was much, and maps do not shrink
		}
	case p.head > 64 && p.head > len(p.order)/2:
		p.order = p.order[:copy(p.order, p.order[p.head:])]
		p.head = 0
	}
}

// lowest returns the message that was delivered first of those that are out.
func (p *pending) lowest() (uint64, *out) {
	if len(p.bySeq) == 0 {
		return 0, nil
	}
	seq := p.order[p.head]
	return seq, p.bySeq[seq]
}

// schedule sets the deadline of a message.
func (p *pending) schedule(seq uint64, o *out, at int64) {
	o.deadline = at
	if at == 0 {
		return
	}
	if len(p.due) > 2*len(p.bySeq)+64 {
		p.tidy()
	}
	p.push(due{at, seq})
}

// push is heap.Push without its allocation.
func (p *pending) push(d due) {
	p.due = append(p.due, d)
	heap.Fix(&p.due, len(p.due)-1)
}

// tidy drops deadlines that are out of date.
func (p *pending) tidy() {
	kept := p.due[:0]
	for _, d := range p.due {
		if o := p.bySeq[d.seq]; o != nil && o.deadline == d.at {
			kept = append(kept, d)
		}
	}
	p.due = kept
	heap.Init(&p.due)
}

// next returns the first deadline; 0 for none.
func (p *pending) next() int64 {
	for len(p.due) > 0 {
		d := p.due[0]
		if o := p.bySeq[d.seq]; o != nil && o.deadline == d.at {
			return d.at
		}
		p.pop()
	}
	return 0
}

// pop takes the first deadline out.
func (p *pending) pop() due {
	d := p.due[0]
	n := len(p.due) - 1
	p.due[0] = p.due[n]
	p.due = p.due[:n]
	if n > 0 {
		heap.Fix(&p.due, 0)
	}
	return d
}

// expired takes a message out of the deadlines whose time has come.
func (p *pending) expired(now int64) (uint64, *out, bool) {
	at := p.next()
	if at == 0 || at > now {
		return 0, nil, false
	}
	d := p.pop()
	return d.seq, p.bySeq[d.seq], true
}

// reschedule computes the deadlines anew, after the configuration has changed.
func (p *pending) reschedule(m *Machine) {
	for seq, o := range p.bySeq {
		if !o.queued {
			p.schedule(seq, o, m.deadline(seq, o))
		}
	}
}

// queue is sequences that wait, first in, first out.
type queue struct {
	seqs []uint64
	head int
}

func (q *queue) push(seq uint64) { q.seqs = append(q.seqs, seq) }
func (q *queue) len() int        { return len(q.seqs) - q.head }

// first returns the first one; the queue must not be empty.
func (q *queue) first() uint64 { return q.seqs[q.head] }

// drop forgets the first one.
func (q *queue) drop() {
	q.head++
	if q.head == len(q.seqs) {
		q.seqs, q.head = q.seqs[:0], 0
	}
}
