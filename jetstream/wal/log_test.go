package wal_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"github.com/dunlin-mq/dunlin/jetstream/vfs"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
	"github.com/google/go-cmp/cmp"
)

// entries opens a log and returns what is in it.
func entries(t *testing.T, fs vfs.FS, dir string, o wal.Options) (*wal.Log, []string) {
	t.Helper()
	l, err := wal.Open(fs, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := l.Replay(func(_ wal.Position, e *wal.Entry) error {
		got = append(got, fmt.Sprintf("%d/%d %s", e.Stream, e.Kind, e.Data))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return l, got
}

func TestWhatWasAppendedIsReplayed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := wal.Options{SegmentSize: 4096}
	var want []string
	for round := range 4 {
		l, got := entries(t, vfs.OS(), dir, o)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("round %d: %s", round, d)
		}
		for i := range 40 {
			data := fmt.Sprintf("%d-%d-%s", round, i, bytes.Repeat([]byte("x"), i*7))
			at, err := l.Append(uint64(i), 1, []byte(data[:3]), []byte(data[3:]))
			if err != nil {
				t.Fatal(err)
			}
			b := make([]byte, len(data))
			if err := l.ReadAt(b, at); err != nil || string(b) != data {
				t.Fatalf("read %q, %v at once", b, err)
			}
			want = append(want, fmt.Sprintf("%d/1 %s", i, data))
			if i%7 == 0 {
				if err := l.Sync(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReleasedSegmentsAreUsedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := wal.Options{SegmentSize: 4096}
	l, _ := entries(t, vfs.OS(), dir, o)
	data := bytes.Repeat([]byte("y"), 500)
	for range 200 {
		if _, err := l.Append(1, 1, data); err != nil {
			t.Fatal(err)
		}
		if err := l.Sync(); err != nil {
			t.Fatal(err)
		}
		l.Release(l.End())
	}
	names, err := vfs.OS().List(dir)
	if err != nil || len(names) > 3 {
		t.Errorf("files %v, %v", names, err)
	}
	if _, err := l.Append(2, 2, []byte("last")); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l, got := entries(t, vfs.OS(), dir, o)
	defer l.Close()
	if got[len(got)-1] != "2/2 last" || len(got) > 9 || len(l.Damage()) > 0 {
		t.Errorf("replayed %d entries, the last one %s, damage %v", len(got), got[len(got)-1], l.Damage())
	}
}

func TestAppendersShareSyncs(t *testing.T) {
	t.Parallel()
	l, _ := entries(t, vfs.OS(), t.TempDir(), wal.Options{})
	defer l.Close()
	var wg sync.WaitGroup
	for n := range 16 {
		wg.Go(func() {
			for range 20 {
				if _, err := l.Append(uint64(n), 1, []byte("hello")); err != nil {
					t.Error(err)
				}
				if err := l.Sync(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if s := l.Stats(); s.Syncs >= 320 {
		t.Errorf("%d syncs for 320 commits", s.Syncs)
	}
}
