package store

import (
	"path"
	"slices"
)

// Moving messages out of the log, and out of segments of which little is left.

// flushAt is how many bytes of records are written at a time.
const flushAt = 1 << 20

// mover writes records to segments.
type mover struct {
	store   *File
	buf     []byte
	packed  []byte
	loads   Buffer
	moves   []move
	touched []*segment
}

// move is a message with the place where it was and where it will be.
type move struct {
	seq      uint64
	from, to place
}

// move moves what is still in the log, of what was there at the freezing, to segments,
// and what is left of sparse segments to others. It returns the segments that hold
// something, synced.
func (s *File) move(c *Checkpoint) ([]*segment, error) {
	m := &mover{store: s}
	for seq := c.moved + 1; seq <= c.state.LastSeq; seq++ {
		s.mu.RLock()
		at, e := s.from(seq)
		var from place
		if e != nil {
			from = e.at
		}
		s.mu.RUnlock()
		if e == nil || at > c.state.LastSeq {
			break
		}
		seq = at
		if err := m.take(seq, from); err != nil {
			return nil, err
		}
	}
	defer m.loads.Rest()
	if err := m.thin(c.state.LastSeq); err != nil {
		return nil, err
	}
	if err := m.flush(); err != nil {
		return nil, err
	}
	for _, seg := range m.touched {
		if err := seg.file.Sync(); err != nil {
			s.present = nil // nothing is known of what it holds
			return nil, err
		}
	}
	m.done(c)
	return m.used(), nil
}

// take takes one message.
func (m *mover) take(seq uint64, from place) error {
	msg, err := m.store.read(seq, from, &m.loads)
	if err != nil {
		s := m.store
		s.mu.RLock()
		e := s.entry(seq)
		gone := e == nil || e.at != from
		s.mu.RUnlock()
		if gone {
			return nil
		}
		if from.segment != 0 {
			return nil // damaged: it stays where it is
		}
		return err
	}
	body := AppendMessage(m.loads.again[:0], &msg)
	m.loads.again = body
	start := len(m.buf)
	m.buf = appendRecord(m.buf, body, m.store.opts.Compress, &m.packed)
	m.moves = append(m.moves, move{seq, from, place{uint64(start), 0, uint32(len(m.buf) - start)}})
	if len(m.buf) >= flushAt {
		return m.flush()
	}
	return nil
}

// flush writes the records that were collected.
func (m *mover) flush() error {
	s := m.store
	if len(m.buf) == 0 {
		return nil
	}
	if s.present == nil || s.present.size > 0 && s.present.size+int64(len(m.buf)) > int64(s.opts.SegmentSize) {
		if err := s.newSegment(); err != nil {
			return err
		}
	}
	seg := s.present
	if _, err := seg.file.WriteAt(m.buf, seg.size); err != nil {
		return err
	}
	if !slices.Contains(m.touched, seg) {
		m.touched = append(m.touched, seg)
	}
	for i := len(m.moves) - 1; i >= 0 && m.moves[i].to.segment == 0; i-- {
		m.moves[i].to.segment = seg.number
		m.moves[i].to.at += uint64(seg.size)
	}
	seg.size += int64(len(m.buf))
	m.buf = m.buf[:0]
	return nil
}

// newSegment begins another segment.
func (s *File) newSegment() error {
	f, err := s.fs.Create(path.Join(s.dir, segmentName(s.newest+1)))
	if err != nil {
		return err
	}
	s.newest++
	s.present = &segment{number: s.newest, file: f}
	s.mu.Lock()
	s.segments[s.newest] = s.present
	s.mu.Unlock()
	return nil
}

// done puts the new places in force.
func (m *mover) done(c *Checkpoint) {
	s := m.store
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, mv := range m.moves {
		if e := s.entry(mv.seq); e != nil && e.at == mv.from {
			s.left(mv.from)
			e.at = mv.to
			s.segments[mv.to.segment].live += int64(mv.to.size)
		}
	}
	s.moved = max(s.moved, c.state.LastSeq)
}

// sparse is the share of a segment that has to be wanted still, in percent, or it is
// written anew.
const sparse = 40

// thin takes what is left of sparse segments.
func (m *mover) thin(last uint64) error {
	s := m.store
	s.mu.RLock()
	thin := make(map[uint32]bool)
	for n, seg := range s.segments {
		if seg != s.present && seg.live > 0 && seg.live*100 < seg.size*sparse {
			thin[n] = true
		}
	}
	s.mu.RUnlock()
	if len(thin) == 0 {
		return nil
	}
	for seq := uint64(1); seq <= last; seq++ {
		s.mu.RLock()
		at, e := s.from(seq)
		var from place
		if e != nil {
			from = e.at
		}
		s.mu.RUnlock()
		if e == nil {
			break
		}
		if seq = at; thin[from.segment] {
			if err := m.take(seq, from); err != nil {
				return err
			}
		}
	}
	return nil
}

// used returns the segments with anything in them, in the order of their numbers.
func (m *mover) used() []*segment {
	s := m.store
	s.mu.RLock()
	defer s.mu.RUnlock()
	var used []*segment
	for _, seg := range s.segments {
		if seg.live > 0 || seg == s.present {
			used = append(used, seg)
		}
	}
	slices.SortFunc(used, func(a, b *segment) int { return int(a.number) - int(b.number) })
	return used
}

// sweep removes the segments that the checkpoint no longer names. Errors leave files
// behind that the next start removes.
func (s *File) sweep(used []*segment) {
	s.mu.Lock()
	var old []*segment
	for n, seg := range s.segments {
		if !slices.Contains(used, seg) {
			old = append(old, seg)
			delete(s.segments, n)
		}
	}
	s.mu.Unlock()
	for _, seg := range old {
		_ = seg.file.Close()
		_ = s.fs.Remove(path.Join(s.dir, segmentName(seg.number)))
	}
}
