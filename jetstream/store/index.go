package store

import "sync"

// index says where the messages of a stream are, in order and by subject. T is what
// leads to the bytes of a message. Who changes it holds mu, who reads it holds it for
// reading.
type index[T any] struct {
	mu       sync.RWMutex
	state    State // without Subjects and Deleted
	chunks   []*chunk[T]
	base     uint64 // chunk 0 begins with the sequence base*chunkLen
	subjects map[string]*topic
}

// chunkLen is how many sequences there are to a chunk.
const chunkLen = 512

// chunk is the entries of consecutive sequences.
type chunk[T any] struct {
	live    int // entries with a message
	entries [chunkLen]entry[T]
}

// entry is one message. The messages of a subject are linked, both ways.
type entry[T any] struct {
	topic      *topic // nil if there is no message
	time       int64
	prev, next uint64 // sequences of the same subject; 0 for none
	size       uint32 // as counted
	at         T
}

// topic is what there is of one subject.
type topic struct {
	subject string
	SubjectState
}

// slot returns the entry of a sequence, or nil if it has none.
func (x *index[T]) slot(seq uint64) *entry[T] {
	n := seq / chunkLen
	if n < x.base || n-x.base >= uint64(len(x.chunks)) {
		return nil
	}
	c := x.chunks[n-x.base]
	if c == nil {
		return nil
	}
	return &c.entries[seq%chunkLen]
}

// entry returns the entry of a message that is there, or nil.
func (x *index[T]) entry(seq uint64) *entry[T] {
	if e := x.slot(seq); e != nil && e.topic != nil {
		return e
	}
	return nil
}

// room returns the empty entry for a sequence above all others.
func (x *index[T]) room(seq uint64) *entry[T] {
	n := seq / chunkLen
	if len(x.chunks) == 0 {
		x.base = n
	}
	for n-x.base >= uint64(len(x.chunks)) {
		x.chunks = append(x.chunks, nil)
	}
	c := x.chunks[n-x.base]
	if c == nil {
		c = new(chunk[T])
		x.chunks[n-x.base] = c
	}
	c.live++
	return &c.entries[seq%chunkLen]
}

// add adds a message above all others. at leads to it, size is what it counts for.
func (x *index[T]) add(m *Message, at T, size int) {
	e := x.room(m.Seq)
	t := x.subjects[string(m.Subject)]
	if t == nil {
		t = &topic{subject: string(m.Subject)}
		if x.subjects == nil {
			x.subjects = make(map[string]*topic)
		}
		x.subjects[t.subject] = t
	}
	*e = entry[T]{topic: t, time: m.Time, prev: t.LastSeq, size: uint32(size), at: at}
	if t.Messages > 0 {
		x.slot(t.LastSeq).next = m.Seq
	} else {
		t.FirstSeq = m.Seq
	}
	t.LastSeq = m.Seq
	t.Messages++
	s := &x.state
	if s.Messages == 0 {
		s.FirstSeq, s.FirstTime = m.Seq, m.Time
	}
	s.Messages++
	s.Bytes += uint64(size)
	s.LastSeq, s.LastTime = m.Seq, m.Time
}

// skip makes seq the last sequence.
func (x *index[T]) skip(seq uint64) {
	s := &x.state
	if seq <= s.LastSeq {
		return
	}
	s.LastSeq = seq
	if s.Messages == 0 {
		s.FirstSeq = seq + 1
	}
}

// remove takes a message out and returns what led to it.
func (x *index[T]) remove(seq uint64) (at T, size int, ok bool) {
	e := x.entry(seq)
	if e == nil {
		return at, 0, false
	}
	at, size = e.at, int(e.size)
	t := e.topic
	if e.prev > 0 {
		x.slot(e.prev).next = e.next
	} else {
		t.FirstSeq = e.next
	}
	if e.next > 0 {
		x.slot(e.next).prev = e.prev
	} else {
		t.LastSeq = e.prev
	}
	if t.Messages--; t.Messages == 0 {
		delete(x.subjects, t.subject)
	}
	*e = entry[T]{}
	n := seq / chunkLen
	c := x.chunks[n-x.base]
	if c.live--; c.live == 0 {
		x.chunks[n-x.base] = nil
	}
	s := &x.state
	s.Messages--
	s.Bytes -= uint64(size)
	if seq == s.FirstSeq {
		x.findFirst(seq + 1)
	}
	return at, size, true
}

// findFirst makes the first message from a sequence on the first one.
func (x *index[T]) findFirst(from uint64) {
	s := &x.state
	if s.Messages == 0 {
		s.FirstSeq, s.FirstTime = s.LastSeq+1, 0
		x.chunks, x.base = nil, 0
		if len(x.subjects) == 0 {
			x.subjects = nil // maps do not shrink
		}
		return
	}
	seq, e := x.from(from)
	s.FirstSeq, s.FirstTime = seq, e.time
	n := 0
	for n < len(x.chunks) && x.chunks[n] == nil {
		n++
	}
	if n > 0 {
		x.chunks = append(x.chunks[:0], x.chunks[n:]...)
		x.base += uint64(n)
	}
}

// from returns the first message from a sequence on; nil if there is none.
func (x *index[T]) from(seq uint64) (uint64, *entry[T]) {
	seq = max(seq, x.base*chunkLen)
	for seq <= x.state.LastSeq {
		n := seq/chunkLen - x.base
		if n >= uint64(len(x.chunks)) {
			break
		}
		c := x.chunks[n]
		if c == nil {
			seq = (n + x.base + 1) * chunkLen
			continue
		}
		for i := seq % chunkLen; i < chunkLen; i++ {
			if c.entries[i].topic != nil {
				return (n+x.base)*chunkLen + i, &c.entries[i]
			}
		}
		seq = (n + x.base + 1) * chunkLen
	}
	return 0, nil
}

// next returns the first message from a sequence on that f lets through; nil if there
// is none.
func (x *index[T]) next(f *Filter, seq uint64) (uint64, *entry[T]) {
	if lit, ok := f.Literal(); ok {
		return x.nextOf(x.subjects[lit], seq)
	}
	if f != nil && len(x.subjects) <= fewSubjects {
		return x.nextOfFew(f, seq)
	}
	var last *topic // that was let through, or not
	passed := f == nil
	for {
		at, e := x.from(seq)
		if e == nil {
			return 0, nil
		}
		if f != nil && e.topic != last {
			last = e.topic
			passed = f.matches(last.subject)
		}
		if passed {
			return at, e
		}
		seq = at + 1
	}
}

// fewSubjects is up to how many subjects the next message is looked for by subject
// instead of by sequence.
const fewSubjects = 64

// nextOfFew is next by subject.
func (x *index[T]) nextOfFew(f *Filter, seq uint64) (uint64, *entry[T]) {
	first, found := uint64(0), (*entry[T])(nil)
	for subj, t := range x.subjects {
		if t.LastSeq < seq || found != nil && t.FirstSeq > first || !f.matches(subj) {
			continue
		}
		if at, e := x.nextOf(t, seq); e != nil && (found == nil || at < first) {
			first, found = at, e
		}
	}
	return first, found
}

// nextOf returns the first message of a subject from a sequence on; nil if there is
// none. Who goes through a subject finds the next one at once.
func (x *index[T]) nextOf(t *topic, seq uint64) (uint64, *entry[T]) {
	switch {
	case t == nil || t.LastSeq < seq:
		return 0, nil
	case seq <= t.FirstSeq:
		return t.FirstSeq, x.slot(t.FirstSeq)
	}
	if e := x.entry(seq - 1); e != nil && e.topic == t {
		return e.next, x.slot(e.next)
	}
	// from whichever end is likely to be nearer
	if seq-t.FirstSeq < t.LastSeq-seq {
		at := t.FirstSeq
		for at < seq {
			at = x.slot(at).next
		}
		return at, x.slot(at)
	}
	at := t.LastSeq
	for {
		e := x.slot(at)
		if e.prev < seq {
			return at, e
		}
		at = e.prev
	}
}

// last returns the newest message up to a sequence that f lets through; nil if there
// is none.
func (x *index[T]) last(f *Filter, to uint64) (uint64, *entry[T]) {
	best, found := uint64(0), (*entry[T])(nil)
	consider := func(t *topic) {
		if t == nil || t.LastSeq <= best {
			return
		}
		at := t.LastSeq
		for at > to {
			at = x.slot(at).prev
		}
		if at > best {
			best, found = at, x.slot(at)
		}
	}
	if lit, ok := f.Literal(); ok {
		consider(x.subjects[lit])
		return best, found
	}
	if f == nil && to >= x.state.LastSeq { // the usual case: hardly ever a gap
		for at := x.state.LastSeq; at >= x.state.FirstSeq && at > 0; at-- {
			if e := x.entry(at); e != nil {
				return at, e
			}
		}
		return 0, nil
	}
	for subj, t := range x.subjects {
		if f.matches(subj) {
			consider(t)
		}
	}
	return best, found
}

// count returns how many messages from one sequence to another f lets through.
func (x *index[T]) count(f *Filter, from, to uint64) uint64 {
	s := &x.state
	from, to = max(from, s.FirstSeq), min(to, s.LastSeq)
	if s.Messages == 0 || from > to {
		return 0
	}
	if f == nil {
		return x.countAll(from, to)
	}
	if lit, ok := f.Literal(); ok {
		return x.countOf(x.subjects[lit], from, to)
	}
	n := uint64(0)
	if to-from < uint64(len(x.subjects)) {
		for seq, e := x.next(f, from); e != nil && seq <= to; seq, e = x.next(f, seq+1) {
			n++
		}
		return n
	}
	for subj, t := range x.subjects {
		if t.LastSeq >= from && t.FirstSeq <= to && f.matches(subj) {
			n += x.countOf(t, from, to)
		}
	}
	return n
}

// countAll counts the messages in a range that lies within the stream.
func (x *index[T]) countAll(from, to uint64) uint64 {
	s := &x.state
	if from == s.FirstSeq && to == s.LastSeq {
		return s.Messages
	}
	if s.Messages == s.LastSeq-s.FirstSeq+1 {
		return to - from + 1
	}
	n := uint64(0)
	for seq := from; seq <= to; {
		i := seq/chunkLen - x.base
		end := (seq/chunkLen+1)*chunkLen - 1
		switch c := x.chunks[i]; {
		case c == nil:
		case seq%chunkLen == 0 && end <= to:
			n += uint64(c.live)
		default:
			for ; seq <= min(end, to); seq++ {
				if c.entries[seq%chunkLen].topic != nil {
					n++
				}
			}
		}
		seq = end + 1
		if i+1 >= uint64(len(x.chunks)) {
			break
		}
	}
	return n
}

// countOf counts the messages of a subject in a range.
func (x *index[T]) countOf(t *topic, from, to uint64) uint64 {
	if t == nil {
		return 0
	}
	if t.LastSeq < from || t.FirstSeq > to {
		return 0
	}
	at := t.LastSeq
	after := uint64(0) // messages behind the range
	for ; at > to; at = x.slot(at).prev {
		after++
	}
	// From there on back to the beginning of the range, or from the beginning of all up to
	// it, whichever is likely to be shorter.
	n := uint64(0)
	if at > from && at-from > max(from, t.FirstSeq)-t.FirstSeq {
		n = t.Messages - after
		for at := t.FirstSeq; at < from; at = x.slot(at).next {
			n--
		}
		return n
	}
	for ; at >= from && at > 0; at = x.slot(at).prev {
		n++
	}
	return n
}

// seqAt returns the first message that is not older than a time.
func (x *index[T]) seqAt(time int64) uint64 {
	s := &x.state
	lo, hi := s.FirstSeq, s.LastSeq+1 // the answer is in [lo, hi]
	for lo < hi {
		mid := lo + (hi-lo)/2
		seq, e := x.from(mid)
		switch {
		case e == nil || seq >= hi:
			hi = mid
		case e.time < time:
			lo = seq + 1
		default:
			hi = mid
		}
	}
	if seq, e := x.from(lo); e != nil {
		return seq
	}
	return s.LastSeq + 1
}

// gaps calls fn with the ranges of sequences without a message.
func (x *index[T]) gaps(fn func(first, last uint64) bool) {
	s := &x.state
	if s.Messages == 0 {
		return
	}
	for at := s.FirstSeq; at <= s.LastSeq; {
		seq, e := x.from(at)
		if e == nil {
			seq = s.LastSeq + 1
		}
		if seq > at && !fn(at, seq-1) {
			return
		}
		at = seq + 1
	}
}
