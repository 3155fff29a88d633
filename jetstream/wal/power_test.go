package wal_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/jetstream/vfs"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

// TestPowerCut cuts the power after every operation of a workload, with many outcomes
// of each: everything that was durable is replayed, in order, nothing twice, and
// nothing that was not appended.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	o := wal.Options{SegmentSize: 4096}
	// workload appends until something fails, and returns what it appended and how much of
	// that is durable, counted from what was released.
	workload := func(fs vfs.FS) (appended []string, durable int) {
		l, err := wal.Open(fs, "log", o)
		if err != nil {
			return nil, 0
		}
		defer l.Close()
		if err := l.Replay(func(wal.Position, *wal.Entry) error { return nil }); err != nil {
			return nil, 0
		}
		for i := range 60 {
			data := fmt.Sprintf("%d-%s", i, strings.Repeat("x", i*11%400))
			if _, err := l.Append(uint64(i%3), 1, []byte(data)); err != nil {
				return appended, durable
			}
			appended = append(appended, data)
			if i%4 == 3 {
				if l.Sync() != nil {
					return appended, durable
				}
				durable = len(appended)
			}
			if i == 40 {
				l.Release(l.End())
			}
		}
		return appended, durable
	}
	whole := vfs.NewMemory()
	workload(whole)
	total := whole.Ops()
	if total < 30 {
		t.Fatalf("the workload has %d operations", total)
	}
	for n := range total + 1 {
		fs := vfs.NewMemory()
		fs.CutAfter(n)
		appended, durable := workload(fs)
		for seed := range uint64(20) {
			l, err := wal.Open(fs.Crash(seed), "log", o)
			if err != nil {
				t.Fatalf("cut after %d, seed %d: %v", n, seed, err)
			}
			var got []string
			if err := l.Replay(func(_ wal.Position, e *wal.Entry) error {
				got = append(got, string(e.Data))
				return nil
			}); err != nil {
				t.Fatalf("cut after %d, seed %d: %v", n, seed, err)
			}
			// what was released may be gone; from there on it is what was appended
			first := 0
			if len(got) > 0 {
				for first < len(appended) && appended[first] != got[0] {
					first++
				}
			}
			for i, g := range got {
				if first+i >= len(appended) || appended[first+i] != g {
					t.Fatalf("cut after %d, seed %d: entry %d is %.20s", n, seed, i, g)
				}
			}
			if first > 41 || durable > first+len(got) && durable > 0 && (len(got) > 0 || durable > 41) {
				t.Fatalf("cut after %d, seed %d: %d were durable, entries %d to %d are there", n, seed, durable, first, first+len(got))
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestFailedSyncIsFinal makes one sync fail: nothing is said to be durable any more.
func TestFailedSyncIsFinal(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMemory()
	l, _ := entries(t, fs, "log", wal.Options{})
	if _, err := l.Append(1, 1, []byte("fine")); err != nil || l.Sync() != nil {
		t.Fatal("not even that")
	}
	broken := errors.New("broken")
	fs.Fail(func(o vfs.Op) error {
		if o.Kind == "sync" {
			return broken
		}
		return nil
	})
	if _, err := l.Append(1, 1, []byte("lost")); err != nil {
		t.Fatal(err)
	}
	if err := l.Sync(); !errors.Is(err, wal.ErrFailed) || !errors.Is(err, broken) {
		t.Errorf("sync: %v", err)
	}
	fs.Fail(nil) // the disk is fine again, but who knows what it has
	if _, err := l.Append(1, 1, []byte("more")); !errors.Is(err, wal.ErrFailed) {
		t.Errorf("append: %v", err)
	}
	if err := l.Sync(); !errors.Is(err, wal.ErrFailed) {
		t.Errorf("sync: %v", err)
	}
	_ = l.Close()
}

// TestFullDisk makes the disk full for a while: appending is refused, and what was
// appended before becomes durable when there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMemory()
	l, _ := entries(t, fs, "log", wal.Options{})
	tried := make(chan struct{}, 100)
	fs.Fail(func(o vfs.Op) error {
		if o.Kind == "write" || o.Kind == "create" {
			select {
			case tried <- struct{}{}:
			default:
			}
			return vfs.ErrFull
		}
		return nil
	})
	if _, err := l.Append(1, 1, []byte("waits")); err != nil {
		t.Fatal(err)
	}
	durable := make(chan error, 1)
	go func() { durable <- l.Sync() }()
	<-tried
	<-tried // the second attempt: the log knows
	if _, err := l.Append(1, 1, []byte("refused")); !errors.Is(err, wal.ErrFull) {
		t.Errorf("append: %v", err)
	}
	fs.Fail(nil)
	if err := <-durable; err != nil {
		t.Errorf("sync: %v", err)
	}
	if _, err := l.Append(1, 1, []byte("taken")); err != nil {
		t.Errorf("append: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, got := entries(t, fs, "log", wal.Options{})
	if len(got) != 2 || got[0] != "1/1 waits" || got[1] != "1/1 taken" {
		t.Errorf("replayed %q", got)
	}
}

// TestDamageIsConfined flips bits in the middle of the log: the entries there are lost,
// named by place, and those behind them are not.
func TestDamageIsConfined(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMemory()
	l, _ := entries(t, fs, "log", wal.Options{})
	var places []wal.Position
	for i := range 20 {
		at, err := l.Append(1, 1, fmt.Appendf(nil, "entry %02d", i))
		if err != nil || l.Sync() != nil {
			t.Fatal(err)
		}
		places = append(places, at)
	}
	_ = l.Close()
	f, err := fs.Open("log/0000000000000000.log")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{0xff, 0xff, 0xff}, int64(places[7])); err != nil {
		t.Fatal(err)
	}
	l, got := entries(t, fs, "log", wal.Options{})
	defer l.Close()
	if len(got) != 19 || got[6] != "1/1 entry 06" || got[7] != "1/1 entry 08" || got[18] != "1/1 entry 19" {
		t.Errorf("replayed %q", got)
	}
	if d := l.Damage(); len(d) != 1 || d[0].From > int64(places[7]) || d[0].To <= int64(places[7]) {
		t.Errorf("damage %v", d)
	}
}
