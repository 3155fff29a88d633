package wal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/dunlin-mq/dunlin/jetstream/vfs"
)

// Entry is one entry of the log.
type Entry struct {
	Stream uint64
	Kind   byte // below 0xf0
	Data   []byte
}

// Damage is a part of the log that cannot be read.
type Damage struct {
	File     string
	From, To int64 // offsets in the file
}

// String says what is damaged.
func (d Damage) String() string { return fmt.Sprintf("%s: bytes %d to %d", d.File, d.From, d.To) }

// Damage returns what Replay could not read.
func (l *Log) Damage() []Damage {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.damage
}

// find opens the segments that there are.
func (l *Log) find() error {
	names, err := l.fs.List(l.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		number, ok := parseName(name)
		if !ok {
			if strings.HasPrefix(name, freePrefix) {
				l.free = append(l.free, name)
			}
			continue
		}
		f, err := l.fs.Open(path.Join(l.dir, name))
		if err != nil {
			return err
		}
		s := &segment{number: number, file: f}
		head := make([]byte, segmentHead)
		if _, err := f.ReadAt(head, 0); err != nil || !s.parseHead(head) {
			// A file that is used again has its new name before its new head, or its
			// head did not get to the disk: nothing in it was ever durable.
			_ = f.Close()
			if err := l.retire(name); err != nil {
				return err
			}
			continue
		}
		l.segments[number] = s
	}
	l.first = ^uint64(0)
	for number := range l.segments {
		l.first = min(l.first, number)
	}
	if len(l.segments) == 0 {
		l.first = 0
	}
	return nil
}

// Replay calls fn with every entry that the log still has, in order; data is valid
// during the call. It is called once, before the first Append. An error of fn ends it.
func (l *Log) Replay(fn func(Position, *Entry) error) error {
	last := uint64(0)
	for number := range l.segments {
		last = max(last, number)
	}
	for number := l.first; number <= last; number++ {
		s := l.segments[number]
		if s == nil {
			if len(l.segments) > 0 {
				l.damage = append(l.damage, Damage{File: segmentName(number), To: l.opts.SegmentSize})
			}
			continue
		}
		if err := l.replaySegment(s, number == last, fn); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.segments) == 0 {
		l.segments[0] = &segment{salt: newSalt()}
		l.end = segmentHead
	}
	l.durable, l.written = l.end, l.end
	l.start()
	return nil
}

// read reads a whole segment.
func (l *Log) read(s *segment) ([]byte, error) {
	size, err := s.file.Size()
	if err != nil {
		return nil, err
	}
	b := make([]byte, min(size, l.opts.SegmentSize))
	if _, err := s.file.ReadAt(b, 0); err != nil && !errors.Is(err, fs.ErrClosed) && len(b) == 0 {
		return nil, err
	}
	return b, nil
}

// replaySegment replays one segment. The last one may have a torn end: what was being
// written when the power went, of which nobody was told that it was durable.
func (l *Log) replaySegment(s *segment, last bool, fn func(Position, *Entry) error) error {
	b, err := l.read(s)
	if err != nil {
		return err
	}
	base := Position(s.number) * Position(l.opts.SegmentSize)
	at := segmentHead
	durable := Position(0) // everything before it was, as marks further on say
	sure := false          // durable was looked for
	for {
		var e Entry
		n := parseEntry(b[at:], s.salt, &e)
		if n == 0 {
			if !sure {
				sure = true
				durable = l.durableIn(b[at:], s.salt)
			}
			next := at + resync(b[at:], s.salt)
			if next <= at && !last {
				l.damage = append(l.damage, Damage{s.name(), int64(at), int64(len(b))})
			}
			if next <= at || last && base+Position(next) >= durable {
				break // the end
			}
			l.damage = append(l.damage, Damage{s.name(), int64(at), int64(next)})
			at = next
			continue
		}
		here := base + Position(at) + entryHead
		at += n
		if e.Kind == markEnd {
			break
		}
		if e.Kind >= markBatch {
			continue
		}
		if err := fn(here, &e); err != nil {
			return err
		}
	}
	l.end = base + Position(at)
	if last {
		return wipe(s.file, b, at)
	}
	return nil
}

// wipe makes sure that nothing behind the end of the log is ever taken for a part of
// it.
func wipe(f vfs.File, b []byte, at int) error {
	n := min(len(b)-at, entryHead)
	if n <= 0 {
		return nil
	}
	clean := true
	for _, c := range b[at:] {
		if c != 0 {
			clean = false
			break
		}
	}
	if clean {
		return nil
	}
	if err := f.Truncate(int64(at)); err != nil {
		return err
	}
	return f.Sync()
}

// resync returns where the next entry begins; 0 if there is none.
func resync(b []byte, salt uint64) int {
	var e Entry
	for i := 1; i+entryHead <= len(b); i++ {
		if parseEntry(b[i:], salt, &e) > 0 {
			return i
		}
	}
	return 0
}

// durableIn returns the highest position of which marks in b say that everything
// before it was durable.
func (l *Log) durableIn(b []byte, salt uint64) Position {
	highest := Position(0)
	for at := resync(b, salt); at > 0; {
		var e Entry
		n := parseEntry(b[at:], salt, &e)
		if n == 0 {
			skip := resync(b[at:], salt)
			if skip == 0 {
				break
			}
			at += skip
			continue
		}
		if e.Kind == markBatch && len(e.Data) == 8 {
			highest = max(highest, Position(binary.LittleEndian.Uint64(e.Data)))
		}
		at += n
	}
	return highest
}
