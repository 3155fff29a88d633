package store

import (
	"bytes"
	"testing"

	"github.com/dunlin-mq/dunlin/jetstream/vfs"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

func FuzzDecodeMessage(f *testing.F) {
	f.Add(AppendMessage(nil, &Message{Seq: 5, Time: 6, Subject: []byte("a.b"), Header: []byte("NATS/1.0\r\n\r\n"), Payload: []byte("x")}))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := DecodeMessage(b)
		if err != nil {
			return
		}
		if again := AppendMessage(nil, &m); !bytes.Equal(again, b) {
			t.Errorf("%x became %x", b, again)
		}
	})
}

// emptyLog is a log without messages.
type emptyLog struct{}

func (emptyLog) ReadAt([]byte, wal.Position) error          { return wal.ErrReleased }
func (emptyLog) ReadSome([]byte, wal.Position) (int, error) { return 0, wal.ErrReleased }
func (emptyLog) Sync() error                                { return nil }

// FuzzOpen opens a store whose checkpoint and segment are anything: whatever is
// found is consistent.
func FuzzOpen(f *testing.F) {
	var scratch []byte
	rec := appendRecord(nil, AppendMessage(nil, &Message{Seq: 1, Time: 1, Subject: []byte("a"), Payload: bytes.Repeat([]byte("y"), 200)}), true, &scratch)
	c := &Checkpoint{extra: []byte("extra"), state: State{FirstSeq: 1, LastSeq: 3, LastTime: 9}, gaps: []gap{{2, 2}}}
	f.Add(c.encode([]*segment{{number: 1, size: int64(len(rec))}})[12:], rec)
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, body, seg []byte) {
		fs := vfs.NewMemory()
		_ = fs.MkdirAll("d")
		put := func(name string, b []byte) {
			file, _ := fs.Create("d/" + name)
			_, _ = file.WriteAt(b, 0)
		}
		put(checkpointName, sign(body))
		put(segmentName(1), seg)
		s, _, err := OpenFile(fs, "d", emptyLog{}, Options{})
		if err != nil {
			return
		}
		var b Buffer
		n := uint64(0)
		for from := uint64(0); ; n++ {
			m, err := s.Next(nil, from, &b)
			if err != nil {
				break
			}
			from = m.Seq + 1
		}
		if st := s.State(); n != st.Messages || n > 0 && st.FirstSeq > st.LastSeq {
			t.Errorf("%d messages, state %+v", n, st)
		}
	})
}
