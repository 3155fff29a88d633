package store

import (
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"sync"

	"github.com/dunlin-mq/dunlin/jetstream/vfs"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

// Log is the log in which messages lie before they are in a segment. *wal.Log
// implements it.
type Log interface {
	ReadAt(p []byte, at wal.Position) error
	// ReadSome reads what there is from a position on, and returns how much.
	ReadSome(p []byte, at wal.Position) (int, error)
	// Sync waits until everything that was appended is durable.
	Sync() error
}

// Options say how a [File] keeps messages.
type Options struct {
	Compress    bool // messages, with S2
	SegmentSize int  // bytes; 16 MiB by default
}

// File is a [Store] in a directory. Messages lie in the log first; writing a checkpoint
// moves them to segments, see [File.Freeze].
type File struct {
	index[place]
	fs   vfs.FS
	dir  string
	log  Log
	opts Options

	// segments are those that are named by the present state; guarded by index.mu.
	segments map[uint32]*segment
	moved    uint64   // sequences up to it are in segments; guarded by index.mu
	lost     []uint64 // sequences that should be there, ascending; guarded by index.mu

	writing sync.Mutex // held while a checkpoint is written; guards the rest
	present *segment   // that is written to
	newest  uint32     // number of the newest segment
}

// place is where a message lies: in the log, or in a segment.
type place struct {
	at      uint64 // position in the log, or offset in the segment
	segment uint32 // 0: in the log
	size    uint32 // bytes of the message as encoded, or of the record
}

// OpenFile opens the store in a directory, which is made if it is not there, as the last
// checkpoint left it; extra is what [File.Freeze] was given then, nil if there is none.
// What happened since is in the log, for the caller to do again.
func OpenFile(fs vfs.FS, dir string, log Log, o Options) (f *File, extra []byte, err error) {
	if o.SegmentSize == 0 {
		o.SegmentSize = 16 << 20
	}
	if err := fs.MkdirAll(dir); err != nil {
		return nil, nil, err
	}
	f = &File{fs: fs, dir: dir, log: log, opts: o, segments: make(map[uint32]*segment)}
	if extra, err = f.restore(); err != nil {
		f.closeSegments()
		return nil, nil, err
	}
	return f, extra, nil
}

// State implements [Store].
func (s *File) State() State { return s.snapshot() }

// Size implements [Store]: as the reference server counts.
func (s *File) Size(subject, header, payload int) int {
	n := 22 + subject + payload + 8
	if header > 0 {
		n += 4 + header
	}
	return n
}

// Append implements [Store].
func (s *File) Append(m *Message, at wal.Position) error {
	size := s.Size(len(m.Subject), len(m.Header), len(m.Payload))
	encoded := EncodedSize(len(m.Subject), len(m.Header), len(m.Payload))
	if uint64(encoded) > math.MaxUint32 {
		return ErrEncoding
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(m, place{at: uint64(at), size: uint32(encoded)}, size)
	return nil
}

// Load implements [Store].
func (s *File) Load(seq uint64, b *Buffer) (Message, error) {
	s.mu.RLock()
	e, err := s.find(seq)
	if err != nil {
		s.mu.RUnlock()
		return Message{}, err
	}
	at := e.at
	s.mu.RUnlock()
	return s.load(seq, at, b)
}

// load reads the message at a place. What lies there may be moved meanwhile: then it
// is looked for again.
func (s *File) load(seq uint64, at place, b *Buffer) (Message, error) {
	for {
		m, err := s.read(seq, at, b)
		s.mu.RLock()
		e := s.entry(seq)
		var now place
		if e != nil {
			now = e.at
		}
		s.mu.RUnlock()
		switch {
		case e == nil:
			return Message{}, ErrNotFound
		case now != at:
			at = now
		case err != nil:
			return Message{}, &DamagedError{seq, s.name(at), err}
		default:
			return m, nil
		}
	}
}

// name describes a place.
func (s *File) name(at place) string {
	if at.segment == 0 {
		return fmt.Sprintf("log, position %d", at.at)
	}
	return fmt.Sprintf("%s, offset %d", path.Join(s.dir, segmentName(at.segment)), at.at)
}

// read reads the message at a place.
func (s *File) read(seq uint64, at place, b *Buffer) (m Message, err error) {
	buf, err := s.bytes(at, b)
	if err != nil {
		return m, err
	}
	if at.segment == 0 {
		m, err = DecodeMessage(buf)
	} else {
		m, err = parseRecord(buf, b)
	}
	if err == nil && m.Seq != seq {
		err = errOther
	}
	return m, err
}

// bytes returns the bytes at a place. Who reads one place after the other gets them in
// blocks.
func (s *File) bytes(at place, b *Buffer) ([]byte, error) {
	if got := b.ahead.get(at); got != nil {
		return got, nil
	}
	if b.ahead.follows(at) {
		if err := s.readAhead(at, &b.ahead); err == nil {
			if got := b.ahead.get(at); got != nil {
				return got, nil
			}
		}
	}
	b.ahead.last = place{at.at + uint64(at.size), at.segment, 0}
	buf := b.grow(int(at.size))
	if at.segment == 0 {
		return buf, s.log.ReadAt(buf, wal.Position(at.at))
	}
	seg := s.segment(at.segment)
	if seg == nil {
		return nil, errNoSegment
	}
	_, err := seg.file.ReadAt(buf, int64(at.at))
	return buf, err
}

func (s *File) segment(number uint32) *segment {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.segments[number]
}

// readAhead reads a block from a place on.
func (s *File) readAhead(at place, a *readAhead) error {
	a.grow()
	n, err := 0, error(nil)
	if at.segment == 0 {
		n, err = s.log.ReadSome(a.block, wal.Position(at.at))
	} else if seg := s.segment(at.segment); seg != nil {
		if n, err = seg.file.ReadAt(a.block, int64(at.at)); n > 0 {
			err = nil
		}
	}
	a.block, a.from = a.block[:n], at
	return err
}

// Reasons of a [DamagedError].
var (
	errNoSegment = errors.New("the file is not there")
	errOther     = errors.New("another message is there")
	errChecksum  = errors.New("checksum does not match")
)

// grow returns memory of a size.
func (b *Buffer) grow(n int) []byte {
	if cap(b.b) < n {
		b.b = make([]byte, n, n+n/4)
	}
	b.b = b.b[:n]
	return b.b
}

// Next implements [Store].
func (s *File) Next(f *Filter, from uint64, b *Buffer) (Message, error) {
	for {
		s.mu.RLock()
		seq, e := s.next(f, from)
		if e == nil {
			s.mu.RUnlock()
			return Message{}, ErrEOF
		}
		at := e.at
		s.mu.RUnlock()
		m, err := s.load(seq, at, b)
		if err == nil {
			return m, nil
		}
		from = seq + 1 // it went meanwhile, or is damaged
	}
}

// Last implements [Store].
func (s *File) Last(f *Filter, to uint64, b *Buffer) (Message, error) {
	for {
		s.mu.RLock()
		seq, e := s.last(f, to)
		if e == nil {
			s.mu.RUnlock()
			return Message{}, ErrNotFound
		}
		at := e.at
		s.mu.RUnlock()
		m, err := s.load(seq, at, b)
		if err == nil || seq == 0 {
			return m, err
		}
		to = seq - 1
	}
}

// Remove implements [Store].
func (s *File) Remove(seq uint64, erase bool) (int, bool) {
	s.mu.Lock()
	at, size, ok := s.remove(seq)
	var seg *segment
	if ok {
		seg = s.left(at)
	} else if i, lost := slices.BinarySearch(s.lost, seq); lost {
		s.lost = slices.Delete(s.lost, i, i+1)
	}
	s.mu.Unlock()
	if ok && erase && seg != nil {
		_ = seg.erase(at) // it is gone in any case; the bytes go with the segment
	}
	return size, ok
}

// left notes that a message no longer lies where it was, and returns its segment.
func (s *File) left(at place) *segment {
	seg := s.segments[at.segment]
	if seg != nil {
		seg.live -= int64(at.size)
	}
	return seg
}

// Compact implements [Store].
func (s *File) Compact(seq uint64) (messages, bytes uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, _ := slices.BinarySearch(s.lost, seq); i > 0 {
		s.lost = slices.Delete(s.lost, 0, i)
	}
	return s.compact(seq, func(at place) { s.left(at) })
}

// Lost returns the sequences of messages that could not be found again at the start.
func (s *File) Lost() []uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.lost)
}

// Close implements [Store].
func (s *File) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.closeSegments()
}

func (s *File) closeSegments() error {
	var errs []error
	for _, seg := range s.segments {
		errs = append(errs, seg.file.Close())
	}
	return errors.Join(errs...)
}

// Destroy implements [Store].
func (s *File) Destroy() error { return errors.Join(s.Close(), s.fs.RemoveAll(s.dir)) }
