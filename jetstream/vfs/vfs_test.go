package vfs_test

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"testing"

	"github.com/dunlin-mq/dunlin/jetstream/vfs"
	"github.com/google/go-cmp/cmp"
)

func TestFileSystemsBehaveAlike(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]vfs.FS{"os": vfs.OS(), "memory": vfs.NewMemory()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.ToSlash(t.TempDir()) + "/a/b"
			check := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			check(f.MkdirAll(dir))
			check(f.MkdirAll(dir))
			one := path.Join(dir, "one")
			if _, err := f.Open(one); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("opened what is not there: %v", err)
			}
			file, err := f.Create(one)
			check(err)
			_, err = file.WriteAt([]byte("hello"), 3)
			check(err)
			check(file.Sync())
			check(file.Truncate(7))
			size, err := file.Size()
			check(err)
			b := make([]byte, size)
			_, err = file.ReadAt(b, 0)
			check(err)
			if string(b) != "\x00\x00\x00hell" {
				t.Errorf("read %q", b)
			}
			if n, err := file.ReadAt(b, 5); n != 2 || err == nil {
				t.Errorf("read beyond the end: %d, %v", n, err)
			}
			check(file.Close())
			check(f.Rename(one, path.Join(dir, "two")))
			check(f.SyncDir(dir))
			names, err := f.List(dir)
			check(err)
			if d := cmp.Diff([]string{"two"}, names); d != "" {
				t.Error(d)
			}
			check(f.Remove(path.Join(dir, "two")))
			check(f.RemoveAll(path.Dir(dir)))
			check(f.RemoveAll(path.Dir(dir)))
		})
	}
}

func TestDirectoriesBelongToOneProcess(t *testing.T) {
	t.Parallel()
	dir := filepath.ToSlash(t.TempDir())
	unlock, err := vfs.OS().Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := vfs.OS().Lock(dir); !errors.Is(err, vfs.ErrLocked) {
		t.Errorf("locked twice: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	unlock, err = vfs.OS().Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	_ = unlock()
}

func TestPowerCutLosesWhatWasNotSynced(t *testing.T) {
	t.Parallel()
	m := vfs.NewMemory()
	_ = m.MkdirAll("d")
	kept, _ := m.Create("d/kept")
	_, _ = kept.WriteAt([]byte("sure"), 0)
	_ = kept.Sync()
	_ = m.SyncDir("d")
	_, _ = kept.WriteAt([]byte("MAYBE"), 4)
	_, _ = m.Create("d/new")
	found := map[string]bool{}
	for seed := range uint64(200) {
		after := m.Crash(seed)
		f, err := after.Open("d/kept")
		if err != nil {
			t.Fatal(err)
		}
		size, _ := f.Size()
		b := make([]byte, size)
		_, _ = f.ReadAt(b, 0)
		if string(b[:4]) != "sure" {
			t.Fatalf("synced bytes became %q", b)
		}
		if _, err := after.Open("d/new"); err == nil {
			found["new"] = true
		}
		found[string(b)] = true
	}
	for _, want := range []string{"sure", "sureMAYBE", "sureMA", "new"} {
		if !found[want] {
			t.Errorf("never found %q", want)
		}
	}
}
