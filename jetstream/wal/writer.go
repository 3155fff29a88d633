package wal

import (
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/vfs"
)

// start starts the goroutines of the log.
func (l *Log) start() {
	l.running = true
	l.done.Go(l.write)
	if l.opts.Interval > 0 {
		l.done.Go(l.syncNowAndThen)
	}
}

// write writes what was appended, until the log is closed.
func (l *Log) write() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		for (len(l.queue) == 0 || !l.wanted) && !l.closed {
			l.work.Wait()
		}
		l.wanted = false
		if len(l.queue) == 0 || l.err != nil {
			if l.opts.Interval > 0 && l.err == nil {
				l.syncNow()
			}
			l.giveUp()
			return
		}
		l.writing, l.queue = l.queue, l.writing[:0]
		l.waiting = 0
		l.mu.Unlock()
		err := l.writeOut(l.writing)
		l.mu.Lock()
		if err != nil {
			l.err = fmt.Errorf("%w: %w", ErrFailed, err)
		} else {
			l.written = l.writing[len(l.writing)-1].end()
			if l.opts.Interval == 0 {
				l.durable = l.written
			}
		}
		l.room.Broadcast()
		l.land()
	}
}

// giveUp tells everybody who waits that there is nothing to wait for.
func (l *Log) giveUp() {
	err := l.err
	if err == nil {
		err = ErrClosed
	}
	for _, b := range l.queue {
		for _, w := range b.waiters {
			w.Durable(err)
		}
	}
	l.queue = nil
}

// land tells those who wait for what was written, and keeps it for readers a while.
func (l *Log) land() {
	for i, b := range l.writing {
		for j, w := range b.waiters {
			w.Durable(l.err)
			b.waiters[j] = nil
		}
		l.recent = append(l.recent, b)
		l.writing[i] = nil
	}
	l.writing = l.writing[:0]
	kept := 0
	for i := len(l.recent) - 1; i >= 0; i-- {
		if kept += cap(l.recent[i].bytes); kept > 2*l.opts.MaxBatch || len(l.recent)-i > maxRecent {
			for _, b := range l.recent[:i+1] {
				if len(l.spare) < 4 && cap(b.bytes) <= l.opts.MaxBatch {
					l.spare = append(l.spare, b)
				}
			}
			l.recent = append(l.recent[:0], l.recent[i+1:]...)
			break
		}
	}
}

// maxRecent is how many batches are kept for readers.
const maxRecent = 64

// retryFull is how soon it is tried again to write to a full disk.
const retryFull = 100 * time.Millisecond

// writeOut writes batches and syncs them.
func (l *Log) writeOut(batches []*batch) error {
	touched := make(map[*segment]struct{}, 1)
	for _, b := range batches {
		// A segment is durable before the next one begins: what is missing in the middle
		// of the log is damage, never a write that came too late.
		if b.segment > 0 && b.base == l.begin(b.segment) {
			if err := l.syncBefore(b.segment, touched); err != nil {
				return err
			}
		}
		s, err := l.writeBatch(b)
		for errors.Is(err, vfs.ErrFull) && l.awaitRoom() {
			s, err = l.writeBatch(b)
		}
		if err != nil {
			return err
		}
		touched[s] = struct{}{}
	}
	l.hasRoom()
	if l.opts.Interval > 0 {
		l.mu.Lock()
		for s := range touched {
			l.unsynced[s] = struct{}{}
		}
		l.mu.Unlock()
		return nil
	}
	for s := range touched {
		if err := s.file.Sync(); err != nil {
			return err
		}
	}
	l.count(0, len(touched))
	return nil
}

// begin is the position of the first entry of a segment.
func (l *Log) begin(number uint64) Position {
	return Position(number)*Position(l.opts.SegmentSize) + segmentHead
}

// syncBefore syncs the segment before one that is about to begin.
func (l *Log) syncBefore(number uint64, touched map[*segment]struct{}) error {
	l.mu.Lock()
	s := l.segments[number-1]
	_, waits := l.unsynced[s]
	delete(l.unsynced, s)
	l.mu.Unlock()
	if _, written := touched[s]; s == nil || !written && !waits {
		return nil
	}
	delete(touched, s)
	l.count(0, 1)
	return s.file.Sync()
}

// awaitRoom waits a little for room on the disk; false if the log is being closed.
func (l *Log) awaitRoom() bool {
	l.mu.Lock()
	l.full = true
	l.room.Broadcast()
	l.mu.Unlock()
	t := time.NewTimer(retryFull)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-l.closer:
		return false
	}
}

// hasRoom notes that the disk is not full.
func (l *Log) hasRoom() {
	l.mu.Lock()
	l.full = false
	l.mu.Unlock()
}

func (l *Log) count(bytes, syncs int) {
	l.mu.Lock()
	l.stats.Bytes += uint64(bytes)
	l.stats.Syncs += uint64(syncs)
	l.mu.Unlock()
}

// writeBatch writes one batch, whose file is made if it has none.
func (l *Log) writeBatch(b *batch) (*segment, error) {
	l.mu.Lock()
	s := l.segments[b.segment]
	l.mu.Unlock()
	if s.file == nil {
		f, err := l.makeFile(s)
		if err != nil {
			return nil, err
		}
		l.mu.Lock()
		s.file = f
		l.mu.Unlock()
	}
	_, err := s.file.WriteAt(b.bytes, l.offset(b.base))
	l.count(len(b.bytes), 0)
	return s, err
}

// makeFile makes the file of a segment: of one that is not needed any more, if there
// is one.
func (l *Log) makeFile(s *segment) (vfs.File, error) {
	name := path.Join(l.dir, s.name())
	l.mu.Lock()
	old := ""
	if n := len(l.free); n > 0 {
		old = l.free[n-1]
		l.free = l.free[:n-1]
	}
	l.mu.Unlock()
	var f vfs.File
	var err error
	if old != "" {
		// That it is free has to be durable before it gets other contents, or a power cut
		// would leave a hole among the segments before.
		if err = l.fs.SyncDir(l.dir); err != nil {
			return nil, err
		}
		if err = l.fs.Rename(path.Join(l.dir, old), name); err == nil {
			f, err = l.fs.Open(name)
		}
	} else {
		f, err = l.fs.Create(name)
	}
	if err != nil {
		return nil, err
	}
	if _, err = f.WriteAt(s.head(), 0); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = l.fs.SyncDir(l.dir)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// syncNowAndThen syncs the log at its interval.
func (l *Log) syncNowAndThen() {
	t := time.NewTicker(l.opts.Interval)
	defer t.Stop()
	for {
		select {
		case <-l.closer:
			return
		case <-t.C:
			l.mu.Lock()
			l.syncNow()
			l.mu.Unlock()
		}
	}
}

// syncNow syncs what was written since the last time. It is called with mu held, and
// gives it up meanwhile.
func (l *Log) syncNow() {
	list := l.unsynced
	l.unsynced = make(map[*segment]struct{})
	l.mu.Unlock()
	var err error
	for s := range list {
		err = errors.Join(err, s.file.Sync())
	}
	l.mu.Lock()
	l.stats.Syncs += uint64(len(list))
	if err != nil && l.err == nil {
		l.err = fmt.Errorf("%w: %w", ErrFailed, err)
	}
}
