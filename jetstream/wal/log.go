package wal

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/vfs"
)

// Options say how a log is kept. Zero values are defaults.
type Options struct {
	// SegmentSize is the length of a file, in bytes: a power of two, 64 MiB by default.
	// No entry is longer.
	SegmentSize int64
	// MaxBatch is how many bytes one write covers, 4 MiB by default. Four times as many
	// may wait to be written.
	MaxBatch int
	// Interval is how often the log is synced. 0 syncs before anybody is told that
	// something is durable; otherwise they are told when it is written.
	Interval time.Duration
}

// Waiter is told when what it waits for is durable.
type Waiter interface {
	// Durable is called by a goroutine of the log, and must not block. An error means that
	// nothing is known of what was appended, and never will be.
	Durable(err error)
}

// Errors of a log.
var (
	// ErrFull: the disk is full. What was appended before waits until there is room.
	ErrFull = errors.New("log: no space left on device")
	// ErrFailed: a write or a sync has failed, and the log takes nothing any more.
	ErrFailed = errors.New("log has failed")
	// ErrTooLarge: an entry is longer than a segment.
	ErrTooLarge = errors.New("log: entry is too large")
	// ErrClosed: the log was closed.
	ErrClosed = errors.New("log is closed")
	// ErrReleased: the position is before what the log still has.
	ErrReleased = errors.New("log: position was released")
)

// Log is an open log. It is safe for concurrent use.
type Log struct {
	fs   vfs.FS
	dir  string
	opts Options

	mu   sync.Mutex
	work sync.Cond // there is something to write, or the log closes
	room sync.Cond // something was written
	// Guarded by mu.
	queue    []*batch // to be written, in order; the last one still grows
	writing  []*batch
	recent   []*batch // written a short while ago, for readers
	spare    []*batch
	waiting  int                   // bytes in queue
	end      Position              // of the next entry
	durable  Position              // everything before it is
	written  Position              // everything before it is in a file
	segments map[uint64]*segment   // by number
	first    uint64                // number of the oldest segment
	free     []string              // names of files that can be used again
	unsynced map[*segment]struct{} // written since the last sync
	wanted   bool                  // somebody waits for what is in queue
	lazy     bool                  // nudge is about to be called
	full     bool
	closed   bool
	err      error
	damage   []Damage
	stats    Stats
	running  bool // the goroutine that writes

	done   sync.WaitGroup
	closer chan struct{} // closed by Close
}

// Stats count what a log has done.
type Stats struct {
	Bytes, Syncs uint64
}

// batch is entries of one segment that are written together.
type batch struct {
	segment uint64
	base    Position // of the first byte
	bytes   []byte
	waiters []Waiter
	next    bool // the segment ends with it
}

func (b *batch) end() Position { return b.base + Position(len(b.bytes)) }

// Open opens the log in a directory, which is made if it is not there. Replay has to
// be called before the first Append.
func Open(fs vfs.FS, dir string, o Options) (*Log, error) {
	if o.SegmentSize == 0 {
		o.SegmentSize = 64 << 20
	}
	if o.MaxBatch == 0 {
		o.MaxBatch = 4 << 20
	}
	if o.SegmentSize&(o.SegmentSize-1) != 0 || o.SegmentSize < 4096 {
		return nil, fmt.Errorf("log: segment size %d is no power of two", o.SegmentSize)
	}
	o.MaxBatch = min(o.MaxBatch, int(o.SegmentSize/2))
	if err := fs.MkdirAll(dir); err != nil {
		return nil, err
	}
	l := &Log{
		fs: fs, dir: dir, opts: o, segments: make(map[uint64]*segment), unsynced: make(map[*segment]struct{}),
		closer: make(chan struct{}),
	}
	l.work.L, l.room.L = &l.mu, &l.mu
	if err := l.find(); err != nil {
		l.closeFiles()
		return nil, err
	}
	return l, nil
}

// Append adds an entry whose data is the parts one behind the other, and returns the
// position of the first byte of them. It does not wait for the disk, unless very much
// waits to be written already.
func (l *Log) Append(stream uint64, kind byte, parts ...[]byte) (Position, error) {
	size := entryHead
	for _, p := range parts {
		size += len(p)
	}
	if int64(size) > l.opts.SegmentSize-segmentHead-2*markSize {
		return 0, ErrTooLarge
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.waiting > 4*l.opts.MaxBatch && l.err == nil && !l.closed && !l.full {
		l.wanted = true
		l.work.Signal()
		l.room.Wait()
	}
	if err := l.unable(); err != nil {
		return 0, err
	}
	b := l.batch(size)
	b.bytes = appendEntry(b.bytes, l.salt(b.segment), stream, kind, parts...)
	l.waiting += size
	l.end = b.end()
	if !l.lazy {
		l.lazy = true
		time.AfterFunc(lazily, l.nudge)
	}
	return b.end() - Position(size-entryHead), nil
}

// lazily is how long what nobody waits for may stay in memory.
const lazily = 50 * time.Millisecond

// nudge has written what was appended a while ago.
func (l *Log) nudge() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lazy, l.wanted = false, true
	l.work.Signal()
}

// unable returns why nothing can be appended.
func (l *Log) unable() error {
	switch {
	case l.err != nil:
		return l.err
	case l.closed:
		return ErrClosed
	case l.full:
		return ErrFull
	}
	return nil
}

// batch returns the batch that an entry of a size goes to.
func (l *Log) batch(size int) *batch {
	var last *batch
	if n := len(l.queue); n > 0 {
		last = l.queue[n-1]
	}
	at := l.offset(l.end)
	fits := at+int64(size)+2*markSize <= l.opts.SegmentSize
	if last != nil && fits && len(last.bytes)+size <= l.opts.MaxBatch {
		return last
	}
	b := l.newBatch()
	if !fits {
		l.endSegment(last)
		b.segment = l.number(l.end) + 1
		b.base = Position(b.segment)*Position(l.opts.SegmentSize) + segmentHead
		l.segments[b.segment] = &segment{number: b.segment, salt: newSalt()}
	} else {
		b.segment, b.base = l.number(l.end), l.end
	}
	b.bytes = appendMark(b.bytes, l.salt(b.segment), markBatch, l.durable)
	l.queue = append(l.queue, b)
	return b
}

// endSegment marks the end of the present segment, in the last batch or one of its
// own.
func (l *Log) endSegment(last *batch) {
	if last == nil {
		last = l.newBatch()
		last.segment, last.base = l.number(l.end), l.end
		l.queue = append(l.queue, last)
	}
	last.bytes = appendMark(last.bytes, l.salt(last.segment), markEnd, 0)
	last.next = true
	l.end = last.end()
}

// newBatch returns an empty batch.
func (l *Log) newBatch() *batch {
	if n := len(l.spare); n > 0 {
		b := l.spare[n-1]
		l.spare = l.spare[:n-1]
		*b = batch{bytes: b.bytes[:0], waiters: b.waiters[:0]}
		return b
	}
	return new(batch)
}

// number returns the number of the segment with a position, offset the place in its
// file.
func (l *Log) number(p Position) uint64  { return uint64(p) / uint64(l.opts.SegmentSize) }
func (l *Log) offset(p Position) int64   { return int64(uint64(p) % uint64(l.opts.SegmentSize)) }
func (l *Log) salt(number uint64) uint64 { return l.segments[number].salt }

// Commit has w told when everything that was appended so far is durable.
func (l *Log) Commit(w Waiter) {
	l.mu.Lock()
	if l.err != nil || l.closed && len(l.queue)+len(l.writing) == 0 {
		err := l.err
		if err == nil {
			err = ErrClosed
		}
		l.mu.Unlock()
		w.Durable(err)
		return
	}
	switch {
	case len(l.queue) > 0:
		b := l.queue[len(l.queue)-1]
		b.waiters = append(b.waiters, w)
	case len(l.writing) > 0:
		b := l.writing[len(l.writing)-1]
		b.waiters = append(b.waiters, w)
	default:
		l.mu.Unlock()
		w.Durable(nil)
		return
	}
	l.wanted = true
	l.work.Signal()
	l.mu.Unlock()
}

// syncWaiter is a goroutine that waits.
type syncWaiter chan error

// Durable implements [Waiter].
func (w syncWaiter) Durable(err error) { w <- err }

// Sync waits until everything that was appended so far is durable.
func (l *Log) Sync() error {
	w := make(syncWaiter, 1)
	l.Commit(w)
	return <-w
}

// End returns the position behind everything that was appended.
func (l *Log) End() Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.end
}

// Err returns why the log takes nothing any more, nil while it does. A full disk is no
// such reason.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Full reports whether the disk is full.
func (l *Log) Full() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.full
}

// Stats returns what the log has done.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stats
}

// ReadAt reads bytes from a position on that were appended, whether they are written
// or not. All of them are of one entry. They may be overwritten once the log was told to
// release them, and then the result is anything.
func (l *Log) ReadAt(p []byte, at Position) error {
	l.mu.Lock()
	for _, list := range [...][]*batch{l.queue, l.writing, l.recent} {
		for _, b := range list {
			if at >= b.base && at+Position(len(p)) <= b.end() {
				copy(p, b.bytes[at-b.base:])
				l.mu.Unlock()
				return nil
			}
		}
	}
	s := l.segments[l.number(at)]
	if s == nil || s.file == nil {
		l.mu.Unlock()
		return ErrReleased
	}
	f := s.file
	l.mu.Unlock()
	_, err := f.ReadAt(p, l.offset(at))
	return err
}

// ReadSome reads up to len(p) bytes from a position on, of any entries, and returns how
// many: what is written, or at least what is waiting to be. The rest is as in ReadAt.
func (l *Log) ReadSome(p []byte, at Position) (int, error) {
	l.mu.Lock()
	for _, list := range [...][]*batch{l.queue, l.writing, l.recent} {
		for _, b := range list {
			if at >= b.base && at < b.end() {
				n := copy(p, b.bytes[at-b.base:])
				l.mu.Unlock()
				return n, nil
			}
		}
	}
	s := l.segments[l.number(at)]
	if s == nil || s.file == nil || at >= l.written {
		l.mu.Unlock()
		return 0, ErrReleased
	}
	f := s.file
	p = p[:min(uint64(len(p)), uint64(l.written-at), uint64(l.opts.SegmentSize-l.offset(at)))]
	l.mu.Unlock()
	n, err := f.ReadAt(p, l.offset(at))
	if n > 0 {
		err = nil
	}
	return n, err
}

// maxFree is how many files are kept to be used again.
const maxFree = 4

// Release says that nothing before a position is needed any more, and neither are the
// files with nothing else in them.
func (l *Log) Release(before Position) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.first < l.number(min(before, l.end)) {
		s := l.segments[l.first]
		if s != nil && s.file == nil || l.busy(l.first) {
			return // not even written
		}
		delete(l.segments, l.first)
		l.first++
		if s == nil {
			continue
		}
		delete(l.unsynced, s)
		_ = s.file.Close()
		_ = l.retire(s.name()) // it is found again at the next start
	}
}

// freePrefix begins the names of files that can be used again.
const freePrefix = "free-"

// retire makes a file one that can be used again, or removes it.
func (l *Log) retire(name string) error {
	if len(l.free) >= maxFree {
		return l.fs.Remove(path.Join(l.dir, name))
	}
	if err := l.fs.Rename(path.Join(l.dir, name), path.Join(l.dir, freePrefix+name)); err != nil {
		return err
	}
	l.free = append(l.free, freePrefix+name)
	return nil
}

// busy reports whether a segment is being written.
func (l *Log) busy(number uint64) bool {
	is := func(b *batch) bool { return b.segment == number }
	return slices.ContainsFunc(l.queue, is) || slices.ContainsFunc(l.writing, is)
}

// Close writes what waits, and ends the use of the log.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	running := l.running
	l.work.Broadcast()
	l.room.Broadcast()
	l.mu.Unlock()
	close(l.closer)
	if running {
		l.done.Wait()
	}
	l.closeFiles()
	return l.Err()
}

func (l *Log) closeFiles() {
	for _, s := range l.segments {
		if s.file != nil {
			_ = s.file.Close()
		}
	}
}
