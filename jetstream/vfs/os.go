package vfs

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"syscall"
)

// OS returns the file system of the machine. Directories that it makes are for the
// owner alone, and so are files.
func OS() FS { return osFS{} }

type osFS struct{}

// Open implements [FS].
func (osFS) Open(name string) (File, error) { return openOS(name, os.O_RDWR) }

// Create implements [FS].
func (osFS) Create(name string) (File, error) {
	return openOS(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
}

func openOS(name string, flag int) (File, error) {
	f, err := os.OpenFile(filepath.FromSlash(name), flag, 0o600)
	if err != nil {
		return nil, full(err)
	}
	return osFile{f}, nil
}

// Rename implements [FS].
func (osFS) Rename(from, to string) error {
	return os.Rename(filepath.FromSlash(from), filepath.FromSlash(to))
}

// Remove implements [FS].
func (osFS) Remove(name string) error { return os.Remove(filepath.FromSlash(name)) }

// RemoveAll implements [FS].
func (osFS) RemoveAll(name string) error { return os.RemoveAll(filepath.FromSlash(name)) }

// List implements [FS].
func (osFS) List(dir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.FromSlash(dir))
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	slices.Sort(names)
	return names, nil
}

// MkdirAll implements [FS].
func (f osFS) MkdirAll(dir string) error {
	err := os.Mkdir(filepath.FromSlash(dir), 0o700)
	switch {
	case err == nil:
		return f.SyncDir(path.Dir(dir))
	case errors.Is(err, fs.ErrExist):
		return nil
	case !errors.Is(err, fs.ErrNotExist) || path.Dir(dir) == dir:
		return full(err)
	}
	if err := f.MkdirAll(path.Dir(dir)); err != nil {
		return err
	}
	return f.MkdirAll(dir)
}

// SyncDir implements [FS].
func (osFS) SyncDir(dir string) error {
	d, err := os.Open(filepath.FromSlash(dir))
	if err != nil {
		return err
	}
	return errors.Join(syncDir(d), d.Close())
}

// osFile is a file of the machine.
type osFile struct{ *os.File }

// Size implements [File].
func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// WriteAt implements [File].
func (f osFile) WriteAt(b []byte, at int64) (int, error) {
	n, err := f.File.WriteAt(b, at)
	return n, full(err)
}

// Sync implements [File].
func (f osFile) Sync() error { return full(syncData(f.File)) }

// full makes the error of a full disk one that is the same everywhere.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return errors.Join(ErrFull, err)
	}
	return err
}
