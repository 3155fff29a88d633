package store

// What stores have in common: questions that the index answers alone.

// snapshot returns the state.
func (x *index[T]) snapshot() State {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := x.state
	s.Subjects = len(x.subjects)
	if s.Messages > 0 {
		s.Deleted = s.LastSeq - s.FirstSeq + 1 - s.Messages
	}
	return s
}

// LastSeq implements [Store].
func (x *index[T]) LastSeq() uint64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.state.LastSeq
}

// find returns the entry of a sequence, or why there is none.
func (x *index[T]) find(seq uint64) (*entry[T], error) {
	if seq > x.state.LastSeq {
		return nil, ErrEOF
	}
	if e := x.entry(seq); e != nil {
		return e, nil
	}
	return nil, ErrNotFound
}

// Skip implements [Store].
func (x *index[T]) Skip(seq uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.skip(seq)
}

// Subject implements [Store].
func (x *index[T]) Subject(subject []byte) (SubjectState, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	t := x.subjects[string(subject)]
	if t == nil {
		return SubjectState{}, false
	}
	return t.SubjectState, true
}

// Subjects implements [Store].
func (x *index[T]) Subjects(f *Filter, fn func(subject []byte, s SubjectState) bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if lit, ok := f.Literal(); ok {
		if t := x.subjects[lit]; t != nil {
			fn([]byte(lit), t.SubjectState)
		}
		return
	}
	for subj, t := range x.subjects {
		if f.matches(subj) && !fn([]byte(subj), t.SubjectState) {
			return
		}
	}
}

// Count implements [Store].
func (x *index[T]) Count(f *Filter, from, to uint64) uint64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.count(f, from, to)
}

// SeqAt implements [Store].
func (x *index[T]) SeqAt(time int64) uint64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.seqAt(time)
}

// Gaps implements [Store].
func (x *index[T]) Gaps(fn func(first, last uint64) bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	x.gaps(fn)
}

// compact removes everything below a sequence and calls gone with what led to it.
func (x *index[T]) compact(seq uint64, gone func(T)) (messages, bytes uint64) {
	for {
		at, e := x.from(x.state.FirstSeq)
		if e == nil || at >= seq {
			break
		}
		where, size, _ := x.remove(at)
		gone(where)
		messages++
		bytes += uint64(size)
	}
	s := &x.state
	if seq > s.LastSeq+1 {
		s.LastSeq = seq - 1
	}
	if s.Messages == 0 {
		s.FirstSeq = max(seq, s.FirstSeq)
	}
	return messages, bytes
}
