package store

import "github.com/dunlin-mq/dunlin/jetstream/wal"

// Memory is a [Store] that is gone when the process is.
type Memory struct {
	index[body]
}

// body is the bytes of a message: subject, header block and payload, one behind the
// other.
type body struct {
	bytes           []byte
	subject, header int // lengths
}

// NewMemory returns an empty store.
func NewMemory() *Memory { return new(Memory) }

// State implements [Store].
func (s *Memory) State() State { return s.snapshot() }

// memoryOverhead is what a message counts for beside its bytes, as the reference
// server has it.
const memoryOverhead = 16

// Size implements [Store].
func (s *Memory) Size(subject, header, payload int) int {
	return subject + header + payload + memoryOverhead
}

// Append implements [Store].
func (s *Memory) Append(m *Message, _ wal.Position) error {
	b := make([]byte, 0, len(m.Subject)+len(m.Header)+len(m.Payload))
	b = append(append(append(b, m.Subject...), m.Header...), m.Payload...)
	size := s.Size(len(m.Subject), len(m.Header), len(m.Payload))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(m, body{b, len(m.Subject), len(m.Header)}, size)
	return nil
}

// message returns a message, whose bytes never change.
func (s *Memory) message(seq uint64, e *entry[body]) Message {
	b, sub, hdr := e.at.bytes, e.at.subject, e.at.subject+e.at.header
	return Message{
		Seq: seq, Time: e.time, Subject: b[:sub:sub], Header: b[sub:hdr:hdr], Payload: b[hdr:],
	}
}

// Load implements [Store].
func (s *Memory) Load(seq uint64, _ *Buffer) (Message, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e, err := s.find(seq)
	if err != nil {
		return Message{}, err
	}
	return s.message(seq, e), nil
}

// Next implements [Store].
func (s *Memory) Next(f *Filter, from uint64, _ *Buffer) (Message, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	seq, e := s.next(f, from)
	if e == nil {
		return Message{}, ErrEOF
	}
	return s.message(seq, e), nil
}

// Last implements [Store].
func (s *Memory) Last(f *Filter, to uint64, _ *Buffer) (Message, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	seq, e := s.last(f, to)
	if e == nil {
		return Message{}, ErrNotFound
	}
	return s.message(seq, e), nil
}

// Remove implements [Store]. Whoever holds the message still can read it, so nothing
// is overwritten.
func (s *Memory) Remove(seq uint64, _ bool) (int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, size, ok := s.remove(seq)
	return size, ok
}

// Compact implements [Store].
func (s *Memory) Compact(seq uint64) (messages, bytes uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.compact(seq, func(body) {})
}

// Close implements [Store].
func (s *Memory) Close() error { return nil }

// Destroy implements [Store].
func (s *Memory) Destroy() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chunks, s.subjects = nil, nil
	s.state = State{FirstSeq: s.state.LastSeq + 1, LastSeq: s.state.LastSeq}
	return nil
}
