package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
)

// A checkpoint is a file that says which segments there are and which messages in
// them count: everything else that is needed to open a store is found in the segments.
//
//	 0  8 bytes  "dunlinC1"
//	 8  4        CRC-32C of what follows
//	12           numbers as varints: first and last sequence, time of the last message,
//	             then the segments with number and bytes in use, then the gaps between
//	             first and last sequence with the distance from the one before and
//	             the length, then the length of what the caller keeps here, and that
const checkpointMagic = "dunlinC1"

// Names of the file, and of one that is being written.
const (
	checkpointName = "checkpoint"
	checkpointNew  = "checkpoint.new"
)

// Checkpoint is a state of a store on its way to the disk.
type Checkpoint struct {
	store *File
	extra []byte
	state State
	gaps  []gap
	moved uint64 // as of the freezing
}

// gap is a range of sequences without messages.
type gap struct{ first, last uint64 }

// Freeze captures the state of now, to be written by Write. It is called by who changes
// the store, which may go on at once.
func (s *File) Freeze(extra []byte) *Checkpoint {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c := &Checkpoint{store: s, extra: extra, state: s.state, moved: s.moved}
	s.gaps(func(first, last uint64) bool {
		c.gaps = append(c.gaps, gap{first, last})
		return true
	})
	return c
}

// Write writes the checkpoint. After that nothing that happened before the freezing is
// needed from the log any more. It may be called by any goroutine while the store is
// being changed; of two checkpoints that are written the one frozen later has to be
// written later.
func (c *Checkpoint) Write() error {
	s := c.store
	s.writing.Lock()
	defer s.writing.Unlock()
	used, err := s.move(c)
	if err != nil {
		return err
	}
	// What was removed meanwhile was not moved: that has to be durable as well, or a power
	// cut would take it back, and there would be nothing to go back to.
	if err := s.log.Sync(); err != nil {
		return err
	}
	if err := s.replace(c.encode(used)); err != nil {
		return err
	}
	s.sweep(used)
	return nil
}

// encode returns the contents of the file.
func (c *Checkpoint) encode(used []*segment) []byte {
	b := make([]byte, 0, 256+len(c.extra))
	for _, n := range []uint64{c.state.FirstSeq, c.state.LastSeq, uint64(c.state.LastTime), uint64(len(used))} {
		b = binary.AppendUvarint(b, n)
	}
	for _, seg := range used {
		b = binary.AppendUvarint(b, uint64(seg.number))
		b = binary.AppendUvarint(b, uint64(seg.size))
	}
	b = binary.AppendUvarint(b, uint64(len(c.gaps)))
	at := c.state.FirstSeq
	for _, g := range c.gaps {
		b = binary.AppendUvarint(b, g.first-at)
		b = binary.AppendUvarint(b, g.last-g.first)
		at = g.last
	}
	b = binary.AppendUvarint(b, uint64(len(c.extra)))
	return sign(append(b, c.extra...))
}

// sign puts magic and checksum in front of what a checkpoint says.
func sign(body []byte) []byte {
	b := append(make([]byte, 0, 12+len(body)), checkpointMagic...)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(body, castagnoli))
	return append(b, body...)
}

// replace puts contents in the place of the checkpoint file.
func (s *File) replace(contents []byte) (err error) {
	name := path.Join(s.dir, checkpointNew)
	f, err := s.fs.Create(name)
	if err != nil {
		return err
	}
	if _, err = f.WriteAt(contents, 0); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := s.fs.Rename(name, path.Join(s.dir, checkpointName)); err != nil {
		return err
	}
	return s.fs.SyncDir(s.dir)
}

// saved is what a checkpoint file says.
type saved struct {
	state    State
	segments []segment
	gaps     []gap
	extra    []byte
}

// errCheckpoint is the error of a checkpoint file that cannot be read.
var errCheckpoint = errors.New("checkpoint is damaged")

func (c *saved) parse(b []byte) error {
	if len(b) < 12 || string(b[:8]) != checkpointMagic || binary.LittleEndian.Uint32(b[8:]) != crc32.Checksum(b[12:], castagnoli) {
		return errCheckpoint
	}
	b = b[12:]
	bad := false
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		if bad = bad || n <= 0; bad {
			return 0
		}
		b = b[n:]
		return v
	}
	c.state.FirstSeq, c.state.LastSeq, c.state.LastTime = next(), next(), int64(next())
	for n := next(); n > 0 && !bad; n-- {
		c.segments = append(c.segments, segment{number: uint32(next()), size: int64(next())})
	}
	at := c.state.FirstSeq
	for n := next(); n > 0 && !bad; n-- {
		first := at + next()
		at = first + next()
		c.gaps = append(c.gaps, gap{first, at})
	}
	n := next()
	if bad || n != uint64(len(b)) {
		return errCheckpoint
	}
	c.extra = b
	return nil
}

// restore brings the store to the state of the last checkpoint.
func (s *File) restore() (extra []byte, err error) {
	names, err := s.fs.List(s.dir)
	if err != nil {
		return nil, err
	}
	var c saved
	if slices.Contains(names, checkpointName) {
		b, err := s.readAll(checkpointName)
		if err != nil {
			return nil, err
		}
		if err := c.parse(b); err != nil {
			return nil, fmt.Errorf("%s: %w", path.Join(s.dir, checkpointName), err)
		}
		extra = c.extra
	}
	wanted := make(map[string]bool)
	for i := range c.segments {
		wanted[segmentName(c.segments[i].number)] = true
		s.newest = max(s.newest, c.segments[i].number)
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".seg") && !wanted[name] || name == checkpointNew {
			if err := s.fs.Remove(path.Join(s.dir, name)); err != nil {
				return nil, err
			}
		}
	}
	if extra == nil {
		return nil, nil
	}
	return extra, s.rebuild(&c)
}

// readAll reads a whole file.
func (s *File) readAll(name string) ([]byte, error) {
	f, err := s.fs.Open(path.Join(s.dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	b := make([]byte, size)
	_, err = f.ReadAt(b, 0)
	return b, err
}

// found is a message in a segment.
type found struct {
	seq     uint64
	time    int64
	at      place
	counted uint32
	subject string
}

// rebuild makes the index of the messages in the segments.
func (s *File) rebuild(c *saved) error {
	var all []found
	for i := range c.segments {
		seg := &c.segments[i]
		f, err := s.fs.Open(path.Join(s.dir, segmentName(seg.number)))
		if errors.Is(err, fs.ErrNotExist) {
			continue // its messages are lost
		}
		if err != nil {
			return err
		}
		seg.file = f
		s.segments[seg.number] = seg
		if all, err = s.scan(seg, all); err != nil {
			return err
		}
	}
	// A message that was moved to another segment may still be in the old one: the
	// newer one counts.
	sort.SliceStable(all, func(i, j int) bool {
		a, b := &all[i], &all[j]
		return a.seq < b.seq || a.seq == b.seq && a.at.segment > b.at.segment
	})
	gaps := c.gaps
	next := c.state.FirstSeq
	for i := range all {
		m := &all[i]
		for len(gaps) > 0 && gaps[0].last < m.seq {
			next = s.lose(next, gaps[0].first)
			next = max(next, gaps[0].last+1)
			gaps = gaps[1:]
		}
		if m.seq < next || len(gaps) > 0 && m.seq >= gaps[0].first || m.seq > c.state.LastSeq {
			continue
		}
		s.lose(next, m.seq)
		next = m.seq + 1
		s.add(&Message{Seq: m.seq, Time: m.time, Subject: []byte(m.subject)}, m.at, int(m.counted))
		s.segments[m.at.segment].live += int64(m.at.size)
	}
	for _, g := range gaps {
		next = s.lose(next, g.first)
		next = max(next, g.last+1)
	}
	if c.state.LastSeq > 0 {
		s.lose(next, c.state.LastSeq+1)
	}
	s.skip(c.state.LastSeq)
	s.state.LastTime = c.state.LastTime
	if s.state.Messages == 0 {
		s.state.FirstSeq, s.state.LastSeq = c.state.FirstSeq, c.state.LastSeq
		if len(s.lost) > 0 {
			s.state.FirstSeq = c.state.LastSeq + 1
		}
	}
	s.moved = c.state.LastSeq
	return nil
}

// lose notes that the messages from one sequence up to another are not there, and
// returns where to go on.
func (s *File) lose(from, to uint64) uint64 {
	for ; from < to && len(s.lost) < maxLost; from++ {
		s.lost = append(s.lost, from)
	}
	return max(from, to)
}

// maxLost is of how many lost messages the sequences are kept.
const maxLost = 100_000

// scan finds the messages in a segment. A record that cannot be read costs only that
// one: its length leads to the next, or that is searched for.
func (s *File) scan(seg *segment, all []found) ([]found, error) {
	size, err := seg.file.Size()
	if err != nil {
		return nil, err
	}
	b := make([]byte, min(size, seg.size))
	if len(b) > 0 {
		if _, err := seg.file.ReadAt(b, 0); err != nil {
			return nil, err
		}
	}
	var buf Buffer
	for at := 0; at+recordHead <= len(b); {
		n := uint64(binary.LittleEndian.Uint32(b[at+4:])) + recordHead
		if n > uint64(len(b)-at) {
			at++
			continue
		}
		rec := b[at : at+int(n)]
		m, err := parseRecord(rec, &buf)
		if err != nil {
			if rec[8] == flagErased && binary.LittleEndian.Uint32(rec) == crc32.Checksum(rec[4:], castagnoli) {
				at += int(n)
				continue
			}
			at++
			continue
		}
		all = append(all, found{
			seq: m.Seq, time: m.Time, at: place{uint64(at), seg.number, uint32(n)},
			counted: uint32(s.Size(len(m.Subject), len(m.Header), len(m.Payload))), subject: string(m.Subject),
		})
		at += int(n)
	}
	return all, nil
}
