package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/vfs"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/google/go-cmp/cmp"
)

// fakeLog holds encoded messages as the log does.
type fakeLog struct{ b []byte }

func (l *fakeLog) ReadAt(p []byte, at wal.Position) error {
	if int(at)+len(p) > len(l.b) {
		return errors.New("beyond the end")
	}
	copy(p, l.b[at:])
	return nil
}

func (l *fakeLog) ReadSome(p []byte, at wal.Position) (int, error) { return copy(p, l.b[at:]), nil }

func (l *fakeLog) Sync() error { return nil }

func (l *fakeLog) append(m *store.Message) wal.Position {
	at := wal.Position(len(l.b))
	l.b = store.AppendMessage(l.b, m)
	return at
}

// model is the simplest store that can be.
type model struct {
	msgs []store.Message
	last uint64
}

func (m *model) find(seq uint64) int {
	return slices.IndexFunc(m.msgs, func(x store.Message) bool { return x.Seq == seq })
}

func (m *model) next(pattern string, from uint64) (store.Message, bool) {
	for _, x := range m.msgs {
		if x.Seq >= from && subject.Match(pattern, x.Subject) {
			return x, true
		}
	}
	return store.Message{}, false
}

func (m *model) lastOf(pattern string, to uint64) (store.Message, bool) {
	for _, x := range slices.Backward(m.msgs) {
		if x.Seq <= to && subject.Match(pattern, x.Subject) {
			return x, true
		}
	}
	return store.Message{}, false
}

func (m *model) count(pattern string, from, to uint64) (n uint64) {
	for _, x := range m.msgs {
		if x.Seq >= from && x.Seq <= to && subject.Match(pattern, x.Subject) {
			n++
		}
	}
	return n
}

var patterns = []string{">", "a.*", "a.1", "b.*", "*.3", "nobody"}

// compare asks both everything.
func (m *model) compare(t *testing.T, st store.Store) {
	t.Helper()
	s := st.State()
	want := store.State{Messages: uint64(len(m.msgs)), LastSeq: m.last, FirstSeq: s.FirstSeq, LastTime: s.LastTime, Subjects: s.Subjects}
	for _, x := range m.msgs {
		want.Bytes += uint64(st.Size(len(x.Subject), len(x.Header), len(x.Payload)))
	}
	if len(m.msgs) > 0 {
		want.FirstSeq, want.FirstTime = m.msgs[0].Seq, m.msgs[0].Time
		want.Deleted = m.last - want.FirstSeq + 1 - want.Messages
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Fatalf("state: %s", d)
	}
	var b store.Buffer
	for _, p := range patterns {
		f := store.NewFilter(p)
		for _, from := range []uint64{0, m.last / 3, m.last / 2, m.last, m.last + 1} {
			want, ok := m.next(p, from)
			got, err := st.Next(f, from, &b)
			if ok != (err == nil) || ok && !same(&want, &got) {
				t.Fatalf("next %s from %d: want %v, got %v, %v", p, from, want, got, err)
			}
			want, ok = m.lastOf(p, from)
			got, err = st.Last(f, from, &b)
			if ok != (err == nil) || ok && !same(&want, &got) {
				t.Fatalf("last %s to %d: want %v, got %v, %v", p, from, want, got, err)
			}
			for _, to := range []uint64{from, from + 5, m.last} {
				if want, got := m.count(p, from, to), st.Count(f, from, to); want != got {
					t.Fatalf("count %s from %d to %d: want %d, got %d", p, from, to, want, got)
				}
			}
		}
	}
}

func same(a, b *store.Message) bool {
	return a.Seq == b.Seq && a.Time == b.Time && bytes.Equal(a.Subject, b.Subject) && bytes.Equal(a.Header, b.Header) && bytes.Equal(a.Payload, b.Payload)
}

func TestStoresDoWhatTheModelDoes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			dir, log := t.TempDir(), new(fakeLog)
			o := store.Options{SegmentSize: 2000, Compress: seed%2 == 0}
			file, _, err := store.OpenFile(vfs.OS(), dir, log, o)
			if err != nil {
				t.Fatal(err)
			}
			memory := store.NewMemory()
			var m model
			for step := range 400 {
				switch op := r.IntN(20); {
				case op < 13:
					m.last += 1 + uint64(r.IntN(20)/19)*3
					msg := store.Message{
						Seq: m.last, Time: int64(step), Subject: fmt.Appendf(nil, "%c.%d", 'a'+r.IntN(2), r.IntN(5)),
						Payload: bytes.Repeat([]byte{byte(step)}, r.IntN(200)),
					}
					if r.IntN(2) == 0 {
						msg.Header = []byte("NATS/1.0\r\nA: b\r\n\r\n")
					}
					m.msgs = append(m.msgs, msg)
					at := log.append(&msg)
					if err := errors.Join(memory.Append(&msg, 0), file.Append(&msg, at)); err != nil {
						t.Fatal(err)
					}
				case op < 17:
					if m.last == 0 {
						continue
					}
					seq := 1 + r.Uint64N(m.last)
					i := m.find(seq)
					_, inMemory := memory.Remove(seq, false)
					_, inFile := file.Remove(seq, r.IntN(2) == 0)
					if inMemory != (i >= 0) || inFile != (i >= 0) {
						t.Fatalf("remove %d: %v, %v, model %v", seq, inMemory, inFile, i >= 0)
					}
					if i >= 0 {
						m.msgs = slices.Delete(m.msgs, i, i+1)
					}
				case op == 17:
					seq := r.Uint64N(m.last + 3)
					if seq > m.last/2 && r.IntN(4) > 0 {
						continue
					}
					memory.Compact(seq)
					file.Compact(seq)
					m.msgs = slices.DeleteFunc(m.msgs, func(x store.Message) bool { return x.Seq < seq })
					m.last = max(m.last, max(seq, 1)-1)
				case op == 18:
					if err := file.Freeze([]byte("extra")).Write(); err != nil {
						t.Fatal(err)
					}
				default:
					if err := errors.Join(file.Freeze([]byte("more")).Write(), file.Close()); err != nil {
						t.Fatal(err)
					}
					var extra []byte
					if file, extra, err = store.OpenFile(vfs.OS(), dir, log, o); err != nil || string(extra) != "more" {
						t.Fatalf("extra %q, %v", extra, err)
					}
					if lost := file.Lost(); len(lost) > 0 {
						t.Fatalf("lost %v", lost)
					}
				}
				if step%10 == 0 {
					m.compare(t, memory)
					m.compare(t, file)
				}
			}
			if err := file.Destroy(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
